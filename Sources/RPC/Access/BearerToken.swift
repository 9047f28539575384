/// The token in `Authorization: Bearer TOKEN`, of HTTP and of gRPC's metadata.
enum BearerToken {
    /// The bytes behind the scheme's name, which is written in any case; none where it is another scheme.
    static func read(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let scheme: StaticString = "bearer "
        let count = scheme.utf8CodeUnitCount
        guard value.count > count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        for index in 0..<count {
            let byte = value[index]
            let small = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            guard small == scheme.utf8Start[index] else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        }
        let token = value[count...].drop { $0 == UInt8(ascii: " ") }
        return UnsafeRawBufferPointer(rebasing: token)
    }
}
