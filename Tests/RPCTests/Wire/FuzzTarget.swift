import CShims
import Glibc
import WireMessages

// What the fuzzer runs, and what the suite runs again over the fuzzer's corpus: Tests/Fuzz compiles this file together
// with the parts of RPC that know no sockets (and then defines FUZZING).
#if !FUZZING
import RPC
#endif

private let inflatedBytesMax = 1 << 20
private let bodyBytesMax = 1 << 20

/// Takes any bytes; traps when a promise of the decoding path does not hold.
///
/// The first byte says how they arrive: whole or in pieces of that many bytes. The rest is a stream of packets; and,
/// so that deep parts are reached without a header, also a meta, a compressed message and a message.
func fuzzOne(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[1...])
    let whole = decodeStream(rest, pieceBytes: rest.count)
    let pieces = decodeStream(rest, pieceBytes: max(1, Int(first)))
    precondition(whole == pieces, "pieces of \(first) bytes decode to something else")
    _ = metaReadersAgree(rest)
    unpackEverything(rest)
    for compression in [Compression.snappy, .gzip, .zlib] { inflateAndUnpack(rest, compression) }
}

/// What came out of a stream: packets, a digest of their bytes, whether it ended badly.
private struct Decoded: Equatable {
    var packets = 0
    var digest: UInt64 = 14_695_981_039_346_656_037
    var failed = false

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes { digest = (digest ^ UInt64(byte)) &* 1_099_511_628_211 }
        digest = (digest ^ UInt64(bytes.count)) &* 1_099_511_628_211
    }
}

private func decodeStream(_ stream: UnsafeRawBufferPointer, pieceBytes: Int) -> Decoded {
    var decoder = FrameDecoder(bodyBytesMax: bodyBytesMax)
    var decoded = Decoded()
    var offset = 0
    while offset < stream.count {
        let end = min(offset + pieceBytes, stream.count)
        // Memory of its own, so that reading past a piece is seen.
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - offset, alignment: 1)
        piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: stream[offset..<end]))
        defer { piece.deallocate() }
        offset = end
        var input = UnsafeRawBufferPointer(piece)
        pieceLoop: while true {
            switch decoder.next(&input) {
            case .frame(let frame):
                decoded.packets += 1
                decoded.add(frame.meta)
                decoded.add(frame.payload)
                handle(frame)
            case .needMore:
                precondition(input.isEmpty)
                precondition(decoder.heldCapacity <= max(64, 2 * end), "more memory than twice what came")
                precondition(decoder.heldCapacity <= FrameDecoder.headerBytes + bodyBytesMax)
                break pieceLoop
            case .bad:
                decoded.failed = true
                return decoded
            }
        }
    }
    return decoded
}

private func handle(_ frame: Frame) {
    #if FUZZ_CANARY
    // A planted fault, to see that the fuzzer finds what it should: no seed has a payload of three bytes.
    precondition(frame.payload.count != 3, "the planted fault")
    #endif
    _ = metaReadersAgree(frame.meta)
    lookAt(frame)
    guard let meta = RPCMeta.read(frame.meta), let compression = Compression(rawValue: meta.compressType)
    else { return }
    if compression == .none { unpackEverything(frame.payload) } else { inflateAndUnpack(frame.payload, compression) }
}

/// What a server looks at before it looks for the method: names, sizes, what the meta asks for, the checksum.
private func lookAt(_ frame: Frame) {
    guard let meta = RPCMeta.read(frame.meta) else { return }
    let attachment = Int(meta.attachmentSize)
    guard meta.service != nil, meta.method != nil, Compression(rawValue: meta.compressType) != nil, attachment >= 0,
        attachment <= frame.payload.count
    else {
        precondition(meta.refusal(payloadBytes: frame.payload.count).code == RPCErrorCode.badRequest.rawValue)
        return
    }
    let cut = frame.payload.count - attachment
    let message = UnsafeRawBufferPointer(rebasing: frame.payload[..<cut])
    let behind = UnsafeRawBufferPointer(rebasing: frame.payload[cut...])
    let refusal = meta.features.refusal(message: message, attachment: behind, knowsCallers: false)
    precondition(!meta.features.isPlain || refusal == nil, "a meta that asks for nothing is refused")
    guard refusal == nil, meta.features.checksumType == ChecksumType.crc32c.rawValue else { return }
    // What was taken for whole is not any more with one bit turned.
    let turned = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
    defer { turned.deallocate() }
    guard message.count > 0 else { return }
    turned.copyMemory(from: message)
    turned[message.count / 2] ^= 1
    precondition(
        meta.features.refusal(message: UnsafeRawBufferPointer(turned), attachment: behind, knowsCallers: false) != nil,
        "a damaged message has the checksum of a whole one")
}

private func inflateAndUnpack(_ bytes: UnsafeRawBufferPointer, _ compression: Compression) {
    var inflater = Inflater(bytesMax: inflatedBytesMax)
    guard let message = try? inflater.inflate(bytes, compression) else { return }
    precondition(message.count <= inflatedBytesMax)
    unpackEverything(message)
}

/// protobuf-c over every request message: with an arena, and with malloc, where the sanitizer watches every block.
private func unpackEverything(_ bytes: UnsafeRawBufferPointer) {
    let arena = Arena(bytesMax: 1 << 20, firstBytes: 4096, keptBytes: 4096)
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    func unpack(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
        arena.reset()
        let inArena = protobuf_c_message_unpack(descriptor, arena.allocator, bytes.count, start)
        precondition(arena.heldBytes <= 1 << 20, "the arena passed its limit")
        let alone = protobuf_c_message_unpack(descriptor, nil, bytes.count, start)
        precondition(inArena == nil || alone != nil, "the arena accepts what malloc does not")
        precondition(inArena != nil || alone == nil || arena.isExhausted, "the arena refuses without being full")
        protobuf_c_message_free_unpacked(alone, nil)
    }
    #if FUZZING
    // A few of them, by the message's size: all of them take a hundred times as long.
    for place in 0..<4 { unpack(requestTypes[(4 * bytes.count + place) % requestTypes.count]) }
    #else
    for request in requestTypes { unpack(request) }
    #endif
}

/// The requests of all methods, each once.
nonisolated(unsafe) private let requestTypes: [UnsafePointer<ProtobufCMessageDescriptor>] = {
    // Unsafe in name only: the descriptions are constants of the program.
    let services = [
        jiesuan__v1__account_service__descriptor, jiesuan__v1__calculation_service__descriptor,
        jiesuan__v1__clearing_service__descriptor, jiesuan__v1__filing_service__descriptor,
        jiesuan__v1__policy_service__descriptor, jiesuan__v1__registry_service__descriptor,
        jiesuan__v1__settlement_service__descriptor, jiesuan__v1__year_end_service__descriptor,
    ]
    let inputs = services.flatMap { service in (0..<Int(service.n_methods)).map { service.methods[$0].input } }
    return Set(inputs.compactMap { $0 }).sorted()
}()

/// Holds the hand-written meta reader against protobuf-c's; traps where they differ. Whether protobuf-c accepted.
func metaReadersAgree(_ bytes: UnsafeRawBufferPointer) -> Bool {
    func demand(_ holds: Bool, _ what: StaticString) {
        if !holds { fatalError("\(what) differs in the meta \(Array(bytes))") }
    }
    let ours = RPCMeta.read(bytes)
    let theirs = baidu_std__rpc_meta__unpack(nil, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    defer { baidu_std__rpc_meta__free_unpacked(theirs, nil) }
    guard let meta = theirs?.pointee else {
        demand(ours == nil, "acceptance")
        return false
    }
    guard let ours else {
        demand(false, "acceptance")
        return true
    }
    demand(ours.hasRequest == (meta.request != nil) && ours.hasResponse == (meta.response != nil), "presence")
    demand(ours.compressType == meta.compress_type, "compress_type")
    demand(ours.correlationID == meta.correlation_id, "correlation_id")
    demand(ours.attachmentSize == meta.attachment_size, "attachment_size")
    // Over a second occurrence protobuf-c forgets the first one's numbers.
    let once = occurrences(of: 1, bytes) <= 1 && occurrences(of: 2, bytes) <= 1
    if let request = meta.request?.pointee {
        demand(equal(ours.service, request.service_name) && equal(ours.method, request.method_name), "a name")
        demand(!once || ours.timeoutMilliseconds == request.timeout_ms, "timeout_ms")
    }
    demand(featuresAgree(ours.features, meta, hasZero: userFieldsHaveZero(bytes)), "one of the fields 6 to 13")
    if let response = meta.response?.pointee {
        demand(!once || ours.errorCode == response.error_code, "error_code")
        demand(equal(ours.errorText, response.error_text), "error_text")
    }
    return true
}

/// How often a field stands in a message that was read already.
private func occurrences(of number: UInt32, _ bytes: UnsafeRawBufferPointer) -> Int {
    var fields = WireFields(bytes)
    var count = 0
    while !fields.isAtEnd, let field = fields.next(), fields.skip(field) { count += field.number == number ? 1 : 0 }
    return count
}

/// - Parameter hasZero: protobuf-c sees less of a key or a value than there is.
private func featuresAgree(_ ours: MetaFeatures, _ theirs: BaiduStd__RpcMeta, hasZero: Bool) -> Bool {
    let checksum = UnsafeBufferPointer(start: theirs.checksum_value.data, count: theirs.checksum_value.len)
    var language = AnswerLanguage.english
    for index in 0..<theirs.n_user_fields {
        guard let entry = theirs.user_fields[index]?.pointee, let value = entry.value else { continue }
        guard strcasecmp(entry.key, AnswerLanguage.fieldName) == 0 else { continue }
        language = AnswerLanguage(accepting: UnsafeRawBufferPointer(start: value, count: strlen(value)))
    }
    return ours.hasAuthentication == (theirs.authentication_data.len > 0)
        && ours.contentType == theirs.content_type && ours.checksumType == theirs.checksum_type
        && ours.checksumBytes == checksum.count && ours.checksumHasAttachment == (theirs.checksum_with_attachment != 0)
        && (checksum.count != Checksum.valueBytes || ours.checksumValue == checksum.reduce(0) { $0 << 8 | UInt32($1) })
        && (hasZero || ours.language == language)
}

private func userFieldsHaveZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var fields = WireFields(bytes)
    while !fields.isAtEnd, let field = fields.next() {
        if field.number == 9, field.wireType == 2 {
            guard let entry = fields.bytes(field) else { return true }
            if entry.contains(0) { return true }
        } else if !fields.skip(field) {
            return true
        }
    }
    return false
}

/// protobuf-c ends texts with a zero and forgets their length; one that is missing is empty.
private func equal(_ ours: UnsafeRawBufferPointer?, _ theirs: UnsafeMutablePointer<CChar>) -> Bool {
    guard let ours else { return theirs.pointee == 0 }
    let visible = ours.prefix { $0 != 0 }
    return visible.count == strlen(theirs) && zip(visible, 0...).allSatisfy { $0 == UInt8(bitPattern: theirs[$1]) }
}
