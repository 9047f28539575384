import CShims

// What the fuzzer runs, and what the suite runs again over its corpus: see Tests/Fuzz/run.sh.
#if !FUZZING
import ProtoJSON
#endif

/// Takes any bytes as a message's JSON and as a message; traps when a promise of the mapping does not hold.
///
/// The first two bytes choose the type of the message among those that the methods take and answer.
func fuzzJSON(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return }
    let type = messageTypesOfMethods[(Int(bytes[0]) << 8 | Int(bytes[1])) % messageTypesOfMethods.count]
    // Memory of its own, so that reading past the end is seen.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count - 2, alignment: 1)
    input.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[2...]))
    defer { input.deallocate() }
    readAsJSON(UnsafeRawBufferPointer(input), type)
    readAsMessage(UnsafeRawBufferPointer(input), type)
}

private let messageTypesOfMethods = MethodCatalog.methods.flatMap { [$0.request, $0.response] }

/// What is read from JSON is a message of the type, and is read again from the JSON that is written of it.
private func readAsJSON(_ json: UnsafeRawBufferPointer, _ type: MessageType) {
    guard let message = try? MessageEncoder.encode(json, as: type) else { return }
    message.withUnsafeBytes { bytes in
        precondition(isMessage(bytes, type), "what is made of JSON is no message")
        guard let written = try? MessageDecoder.decode(bytes, as: type, indents: false) else {
            fatalError("what was read from JSON cannot be written as JSON: \(Array(bytes))")
        }
        expectMeans(written, message, type)
    }
}

/// What is written of a message as JSON says all of it that the .proto knows: read and written again it is the same.
private func readAsMessage(_ bytes: UnsafeRawBufferPointer, _ type: MessageType) {
    var repaired: [UInt8] = []
    let isTaken = (try? MessageDecoder.decode(bytes, as: type, repairsTexts: true, into: &repaired)) != nil
    guard let written = try? MessageDecoder.decode(bytes, as: type, indents: false) else { return }
    precondition(isTaken, "what needs no repair is refused where it may be repaired")
    precondition(String(validating: written, as: UTF8.self) != nil, "the JSON is not UTF-8")
    guard let message = try? written.withUnsafeBytes({ try MessageEncoder.encode($0, as: type) }) else {
        fatalError("the JSON of a message is refused: \(String(decoding: written, as: UTF8.self))")
    }
    expectMeans(written, message, type)
    expectMeans(repaired, message, type)
}

/// The JSON means this message, and no other.
private func expectMeans(_ json: [UInt8], _ message: [UInt8], _ type: MessageType) {
    #if FUZZ_CANARY
    // A planted fault, to see that the fuzzer finds what it should: the text "x" in the first field.
    precondition(!message.starts(with: [0x0A, 1, UInt8(ascii: "x")]), "the planted fault")
    #endif
    guard let again = try? json.withUnsafeBytes({ try MessageEncoder.encode($0, as: type) }), again == message else {
        fatalError("the JSON says something else: \(String(decoding: json, as: UTF8.self)) of \(type.name)")
    }
}

private func isMessage(_ bytes: UnsafeRawBufferPointer, _ type: MessageType) -> Bool {
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let message = protobuf_c_message_unpack(type.descriptor, nil, bytes.count, start) else { return false }
    protobuf_c_message_free_unpacked(message, nil)
    return true
}
