import WireMessages

/// Packs a message by protobuf-c's functions of its type.
func packed<Message>(
    _ message: UnsafeMutablePointer<Message>, _ size: (UnsafePointer<Message>?) -> Int,
    _ write: (UnsafePointer<Message>?, UnsafeMutablePointer<UInt8>?) -> Int
) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size(message)) { buffer, count in
        count = write(message, buffer.baseAddress)
    }
}

/// Unpacks a message, passes it to `body` and frees it.
func unpacked<Message, Result>(
    _ bytes: [UInt8],
    _ unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) -> UnsafeMutablePointer<Message>?,
    _ free: (UnsafeMutablePointer<Message>?, UnsafeMutablePointer<ProtobufCAllocator>?) -> Void,
    read: (Message) throws(ClientError) -> Result
) throws(ClientError) -> Result {
    guard let message = unpack(nil, bytes.count, bytes) else { throw .badAnswer("\(Message.self) does not parse") }
    defer { free(message, nil) }
    return try read(message.pointee)
}

extension Array where Element == UInt8 {
    /// `withUnsafeBytes` with a typed error.
    func reading<Result>(
        _ body: (UnsafeRawBufferPointer) throws(ClientError) -> Result
    ) throws(ClientError) -> Result {
        let result = withUnsafeBytes { bytes -> Swift.Result<Result, ClientError> in
            do throws(ClientError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// `compactMap` with a typed error, for the items of a repeated field.
func collected<Value>(
    _ count: Int, _ item: (Int) throws(ClientError) -> Value?
) throws(ClientError) -> [Value] {
    var values: [Value] = []
    for index in 0..<count {
        if let value = try item(index) { values.append(value) }
    }
    return values
}
