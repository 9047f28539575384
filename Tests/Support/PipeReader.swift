import Foundation
import Glibc
import Synchronization

/// The test's end of a child's output.
final class PipeReader: Sendable {
    private let descriptor: Int32
    /// Read and not yet asked for.
    private let buffered = Mutex<[UInt8]>([])

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func line(of program: String) throws -> String {
        try buffered.withLock { bytes in
            var end = bytes.firstIndex(of: UInt8(ascii: "\n"))
            while end == nil, case let more = try piece(of: program), !more.isEmpty {
                end = more.firstIndex(of: UInt8(ascii: "\n")).map { $0 + bytes.count }
                bytes += more
            }
            let line = String(decoding: bytes[..<(end ?? bytes.count)], as: UTF8.self)
            bytes.removeFirst(min(bytes.count, (end ?? bytes.count) + 1))
            return line
        }
    }

    func rest(of program: String) throws -> [UInt8] {
        try buffered.withLock { bytes in
            while case let more = try piece(of: program), !more.isEmpty { bytes += more }
            defer { bytes = [] }
            return bytes
        }
    }

    /// What can be read now, at least a byte; empty at the end.
    private func piece(of program: String) throws -> [UInt8] {
        let end = Date(timeIntervalSinceNow: ChildProcess.patience)
        while true {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&wanted, 1, 1_000) > 0 {
                let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                    count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
                }
                if !bytes.isEmpty || errno != EINTR { return bytes }
            }
            guard Date() < end else {
                throw ChildProcess.Failure("\(program) has printed nothing for \(ChildProcess.patience) s")
            }
        }
    }
}
