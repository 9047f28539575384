import Policy
import RPC
import Settlement
import WireMessages

/// `CalculationService.CalculateBatch`: up to 65,536 claims of one region in columns; nothing is kept.
struct CalculateBatchMethod: Sendable {
    let regions: ServedRegions

    func handle(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        var asked: ServedRegion?
        do throws(RequestProblem) {
            guard let batch = try BatchRequest(message, context) else {
                return unreadable("CalculateBatchRequest", context)
            }
            let scratch = unsafeDowncast(context.state, to: CalculationScratch.self)
            guard let region = regions.present(for: scratch).region(named: batch.request.region) else {
                return regions.unknown(batch.request.region)
            }
            asked = region
            let input = try BatchInput(batch.request, region, context.arena)
            let claims = try ClaimColumns(batch.claims)
            var outcomes = try OutcomeColumns(claims.count, context.arena)
            let wantLayers = batch.request.want_layers != 0
            var layers = wantLayers ? try LayerColumns(claims: claims.count, context.arena) : nil
            var errors = BatchErrors()
            region.tables.settle(
                claims, input.tables, outcomes: &outcomes, layers: &layers,
                refused: { row, refusal in errors.append(refusal, row: row) })
            return try answer(input, claims, region, outcomes, layers, errors, &reply, context)
        } catch {
            return refused(error, asked)
        }
    }

    private func answer(
        _ input: BatchInput, _ claims: ClaimColumns, _ region: ServedRegion, _ output: OutcomeColumns,
        _ layers: LayerColumns?, _ errors: BatchErrors, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) throws(RequestProblem) -> CallStatus {
        var outcomes = Jiesuan__V1__OutcomeColumns()
        jiesuan__v1__outcome_columns__init(&outcomes)
        output.link(&outcomes)
        var layerColumns = Jiesuan__V1__LayerColumns()
        jiesuan__v1__layer_columns__init(&layerColumns)
        layers?.link(&layerColumns, names: region.layers)
        let items = try errors.messages(claims, input, region, context.arena, regions.chinese(context))

        var response = Jiesuan__V1__CalculateBatchResponse()
        jiesuan__v1__calculate_batch_response__init(&response)
        response.claims = UInt32(claims.count)
        response.n_errors = items.count
        response.errors = items.baseAddress
        response.n_accumulator_names = region.accumulators.count
        response.accumulator_names = region.accumulators.pointers
        response.n_accumulators = input.tables.years.count
        response.accumulators = input.tables.years.baseAddress
        response.n_account_balance = input.tables.accounts.count
        response.account_balance = input.tables.accounts.baseAddress
        response.policy_digest = region.digest[0]
        return withUnsafeMutablePointer(to: &outcomes) { outcomes in
            withUnsafeMutablePointer(to: &layerColumns) { layerColumns in
                response.outcomes = outcomes
                response.layers = layers == nil ? nil : layerColumns
                // For columns the size pass is a multiplication per field.
                let size = jiesuan__v1__calculate_batch_response__get_packed_size(&response)
                guard let room = reply.reserve(size) else { return reply.tooLarge }
                let target = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                reply.commit(jiesuan__v1__calculate_batch_response__pack(&response, target))
                return .ok
            }
        }
    }
}

/// The refused claims of a batch.
struct BatchErrors {
    private var items: [(row: Int, refusal: Refusal)] = []

    mutating func append(_ refusal: Refusal, row: Int) { items.append((row, refusal)) }

    /// The texts that all errors of one refusal share; made once, because a batch may have 65,536 errors.
    private struct Shared {
        let field: UnsafeMutablePointer<CChar>
        let rule: UnsafeMutablePointer<CChar>
        let message: UnsafeMutablePointer<CChar>

        init(
            _ refusal: Refusal, _ region: ServedRegion, _ arena: Arena, _ chinese: ChineseRefusals?, isBrief: Bool
        ) throws(RequestProblem) {
            let text = RefusalText(refusal: refusal, pack: region.pack, claim: nil, facts: nil)
            field = try arena.string(text.batchField)
            rule = try arena.string(text.rule)
            let words = chinese?.message(
                Int32(refusal.code.rawValue), field: text.batchField, rule: text.rule, text.message,
                isBrief: isBrief)
            message = try arena.string(words ?? text.message)
        }
    }

    /// One `ItemError` each, in the arena; their texts in Chinese where `chinese` is there.
    func messages(
        _ claims: ClaimColumns, _ input: BatchInput, _ region: ServedRegion, _ arena: Arena,
        _ chinese: ChineseRefusals?
    ) throws(RequestProblem) -> UnsafeMutableBufferPointer<UnsafeMutablePointer<Jiesuan__V1__ItemError>?> {
        let messages: UnsafeMutableBufferPointer<Jiesuan__V1__ItemError> = try arena.array(items.count)
        let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<Jiesuan__V1__ItemError>?> =
            try arena.array(items.count)
        var known: [UInt64: Shared] = [:]
        for (index, item) in items.enumerated() {
            guard let message = messages.baseAddress.map({ $0 + index }) else { break }
            let code = item.refusal.code.rawValue
            let key = UInt64(code) << 48 | UInt64(item.refusal.field.rawValue) << 32 | UInt64(item.refusal.detail)
            var shared = known[key]
            if shared == nil {
                shared = try Shared(
                    item.refusal, region, arena, chinese, isBrief: items.count > BatchLimit.detailedErrorsMax)
                known[key] = shared
            }
            jiesuan__v1__item_error__init(message)
            message.pointee.item = UInt32(item.row)
            message.pointee.code = Jiesuan__V1__DomainError(rawValue: UInt32(code))
            message.pointee.field = shared?.field
            message.pointee.value = try arena.string(
                region.value(of: item.refusal, claims, input, row: item.row), bytesMax: BatchLimit.valueBytesMax)
            message.pointee.rule = shared?.rule
            message.pointee.message = shared?.message
            pointers.initializeElement(at: index, to: message)
        }
        return pointers
    }
}

extension Arena {
    /// `string` as a C string that lives as long as the request, its first characters where it has more than
    /// `bytesMax` bytes.
    func string(
        _ string: String, bytesMax: Int = Int.max
    ) throws(RequestProblem) -> UnsafeMutablePointer<CChar> {
        let bytes: UnsafeMutableBufferPointer<CChar> = try array(min(string.utf8.count, bytesMax) + 1)
        var index = 0
        for character in string.unicodeScalars {
            let encoded = UTF8.encode(character) ?? UTF8.encodedReplacementCharacter
            guard index + encoded.count < bytes.count else { break }
            for byte in encoded {
                bytes[index] = CChar(bitPattern: byte)
                index += 1
            }
        }
        bytes[index] = 0
        return bytes.baseAddress!
    }
}
