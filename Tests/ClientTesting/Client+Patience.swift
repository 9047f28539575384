import Client
import TestSupport

extension Client {
    /// A client that gives up a server which neither answers nor reads for `Patience.seconds`, so that its test fails
    /// where it waits.
    package static func connect(host: String, port: Int) throws(ClientError) -> Client {
        let client = try connect(host: host, port: port, answerBytesMax: earlyAnswerBytesMax)
        client.patience = UInt64(Patience.seconds * 1e9)
        return client
    }
}
