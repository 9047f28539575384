import Glibc
import Testing

/// An answer of HTTP as it came.
package struct HTTPAnswer: Equatable, Sendable {
    package var status = 0
    /// By their names in small letters.
    package var fields: [String: String] = [:]
    package var body: [UInt8] = []

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// A socket that sends any bytes to a server of HTTP/1 and reads its answers one by one.
package final class HTTPSocket {
    private let descriptor: Int32
    private var received: [UInt8] = []

    package init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // A suite that hangs tells nobody which test it was.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let connected = withUnsafeBytes(of: address) {
            connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        try #require(connected == 0)
    }

    deinit { close(descriptor) }

    package func send(_ text: String) { send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { return }
            sent += count
        }
    }

    /// A request with the fields that every one needs, and its answer.
    package func call(
        _ path: String, _ body: [UInt8], type: String = "application/json", fields: String = ""
    ) -> HTTPAnswer? {
        send(Array(Self.head(path, bytes: body.count, type: type, fields: fields).utf8) + body)
        return receive()
    }

    package func call(_ path: String, _ body: String, fields: String = "") -> HTTPAnswer? {
        call(path, Array(body.utf8), fields: fields)
    }

    package static func head(
        _ path: String, bytes: Int, type: String = "application/json", fields: String = ""
    ) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: \(bytes)\r\n\(fields)\r\n"
    }

    /// The next answer; nil: the server has closed before its end.
    ///
    /// - Parameter isHead: it answers HEAD, and has no body whatever its length says.
    package func receive(isHead: Bool = false) -> HTTPAnswer? {
        var headEnd = end(of: [0x0D, 0x0A, 0x0D, 0x0A])
        while headEnd == nil {
            guard more() else { return nil }
            headEnd = end(of: [0x0D, 0x0A, 0x0D, 0x0A])
        }
        let lines = String(decoding: received[..<headEnd!], as: UTF8.self).split(separator: "\r\n")
        var answer = HTTPAnswer()
        answer.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":")!
            answer.fields[line[..<colon].lowercased()] = String(line[line.index(colon, offsetBy: 2)...])
        }
        let length = isHead ? 0 : Int(answer.fields["content-length"] ?? "0")!
        while received.count < headEnd! + length { guard more() else { return nil } }
        answer.body = Array(received[headEnd!..<(headEnd! + length)])
        received.removeSubrange(..<(headEnd! + length))
        return answer
    }

    /// The next bytes, of whatever protocol; nil: the server has closed before that many came.
    package func receive(bytes count: Int) -> [UInt8]? {
        while received.count < count { guard more() else { return nil } }
        defer { received.removeSubrange(..<count) }
        return Array(received[..<count])
    }

    /// Whether the server has closed, after everything that it sent was received.
    package var isAtEnd: Bool { received.isEmpty && !more() }

    private func end(of mark: [UInt8]) -> Int? {
        guard received.count >= mark.count else { return nil }
        for start in 0...(received.count - mark.count) where received[start..<(start + mark.count)].elementsEqual(mark) {
            return start + mark.count
        }
        return nil
    }

    private func more() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { Issue.record("there came neither an answer nor an end in a minute") }
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}
