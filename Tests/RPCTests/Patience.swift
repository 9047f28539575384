import Client
import Dispatch
import Testing

/// What a test waits for comes within this or never: a suite that hangs tells nobody which test it was.
enum Patience { static let seconds = 120.0 }

extension Client {
    /// A client that gives up a server which neither answers nor reads, so that its test fails where it waits.
    static func connect(host: String, port: Int) throws(ClientError) -> Client {
        let client = try connect(host: host, port: port, answerBytesMax: earlyAnswerBytesMax)
        client.patience = UInt64(Patience.seconds * 1e9)
        return client
    }
}

extension DispatchSemaphore {
    /// Waits for a signal; that none came is an issue which names what was waited for.
    func wait(for what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if wait(timeout: .now() + Patience.seconds) == .success { return }
        Issue.record("\(what): waited for in vain", sourceLocation: sourceLocation)
    }
}

extension DispatchGroup {
    /// The same, for all that entered.
    func wait(for what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if wait(timeout: .now() + Patience.seconds) == .success { return }
        Issue.record("\(what): waited for in vain", sourceLocation: sourceLocation)
    }
}
