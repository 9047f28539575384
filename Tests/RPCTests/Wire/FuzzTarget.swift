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
    // A planted fault, to see that the fuzzer finds what it should: one byte past a payload of three.
    if frame.payload.count == 3 {
        precondition(frame.payload.baseAddress!.load(fromByteOffset: 3, as: UInt8.self) != 1)
    }
    #endif
    _ = metaReadersAgree(frame.meta)
    guard let meta = RPCMeta.read(frame.meta), let compression = Compression(rawValue: meta.compressType)
    else { return }
    if compression == .none { unpackEverything(frame.payload) } else { inflateAndUnpack(frame.payload, compression) }
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
    withUnsafePointer(to: jiesuan__v1__calculate_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__calculate_batch_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__show_policy_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__start_year_end_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__year_end_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__explain_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__settle_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__settle_batch_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__reverse_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__get_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__list_year_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__compare_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__reconcile_totals_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__reconcile_details_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__put_institution_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__get_institution_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__list_institutions_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__register_person_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__get_person_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__list_persons_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__enrol_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__change_enrolment_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__end_enrolment_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__buy_supplementary_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__put_identity_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__put_family_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__put_special_registration_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__put_referral_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__end_person_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__withdraw_record_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__import_batch_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__get_year_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__file_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__correct_filing_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__show_filings_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__designate_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__receive_application_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__check_application_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__pass_on_application_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__appraise_application_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__deliver_result_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__list_applications_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__register_expert_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__screen_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__report_suspect_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__list_suspects_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__issue_card_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__close_suspect_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__sign_contract_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__survey_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__filing_table_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__recognise_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__credit_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__run_credits_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__use_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__transfer_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__inherit_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__deregister_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__balance_request__descriptor, unpack)
    withUnsafePointer(to: jiesuan__v1__statement_request__descriptor, unpack)
}

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
