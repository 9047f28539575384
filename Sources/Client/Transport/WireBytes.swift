import WireMessages

/// A message's bytes, by protobuf-c's own functions of its type.
func packed<Message>(
    _ message: UnsafeMutablePointer<Message>, _ size: (UnsafePointer<Message>?) -> Int,
    _ write: (UnsafePointer<Message>?, UnsafeMutablePointer<UInt8>?) -> Int
) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size(message)) { buffer, count in
        count = write(message, buffer.baseAddress)
    }
}

/// Reads a message of `bytes` and frees it again.
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
    /// `withUnsafeBytes` that throws what `body` throws.
    func reading<Result>(
        _ body: (UnsafeRawBufferPointer) throws(ClientError) -> Result
    ) throws(ClientError) -> Result {
        let result = withUnsafeBytes { bytes -> Swift.Result<Result, ClientError> in
            do throws(ClientError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// The items of a repeated field, without empty entries; `compactMap` would forget what is thrown.
func collected<Value>(
    _ count: Int, _ item: (Int) throws(ClientError) -> Value?
) throws(ClientError) -> [Value] {
    var values: [Value] = []
    for index in 0..<count {
        if let value = try item(index) { values.append(value) }
    }
    return values
}
