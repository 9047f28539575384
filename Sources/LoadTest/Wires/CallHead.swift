import Client
import Glibc
import RPC

/// Header and meta of a method's requests, encoded once; body size and correlation id are filled in with each.
package struct CallHead {
    /// From 2^28 to below 2^35 a varint has five bytes: an id is patched in place.
    static let idMin: Int64 = 1 << 28
    static let idEnd: Int64 = 1 << 35
    static let idBytes = 5

    /// What it is about, for protocols that have names and no packets.
    let call: CallName
    let bytes: [UInt8]
    private let metaBytes: Int

    package init(_ method: RemoteMethod, _ compression: Compression = .none) {
        self.init(CallName(method, compression), token: [])
    }

    /// The same, which says who calls.
    func with(token: [UInt8]) -> CallHead { CallHead(call, token: token) }

    private init(_ call: CallName, token: [UInt8]) {
        self.call = call
        let (method, compression) = (call.method, call.compression)
        let room =
            FrameDecoder.headerBytes
            + MetaWriter.requestBytesMax(
                service: method.service.count, method: method.method.count, token: token.count)
        var meta = 0
        bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let base = UnsafeMutableRawPointer(buffer.baseAddress!)
            meta = method.service.withUnsafeBytes { service in
                method.method.withUnsafeBytes { name in
                    token.withUnsafeBytes { token in
                        MetaWriter.request(
                            service: service, method: name, timeoutMilliseconds: 0,
                            compressType: compression.rawValue, correlationID: Self.idMin, token: token,
                            to: base + FrameDecoder.headerBytes)
                    }
                }
            }
            MetaWriter.header(bodyBytes: meta, metaBytes: meta, to: base)
            count = FrameDecoder.headerBytes + meta
        }
        metaBytes = meta
    }

    @inline(__always)
    func write(to target: UnsafeMutableRawPointer, id: Int64, messageBytes: Int) {
        bytes.withUnsafeBytes { _ = memcpy(target, $0.baseAddress!, $0.count) }
        target.storeBytes(of: UInt32(metaBytes + messageBytes).bigEndian, toByteOffset: 4, as: UInt32.self)
        let start = target + bytes.count - Self.idBytes
        for index in 0..<Self.idBytes {
            let more: UInt8 = index < Self.idBytes - 1 ? 0x80 : 0
            start.storeBytes(of: UInt8(id >> Int64(7 * index) & 0x7F) | more, toByteOffset: index, as: UInt8.self)
        }
    }
}

/// A method and how its requests are compressed; an object, so that a wire knows it again by its identity.
final class CallName {
    let method: RemoteMethod
    let path: String
    let compression: Compression

    init(_ method: RemoteMethod, _ compression: Compression) {
        path =
            "/" + String(decoding: method.service, as: UTF8.self) + "/" + String(decoding: method.method, as: UTF8.self)
        self.method = method
        self.compression = compression
    }
}
