import CShims
import Glibc
import Ledger
import ProtoJSON
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// A method whose requests may name persons by the platform's number (psn_no).
///
/// Before the method sees it, such a request becomes one by our numbers; a refusal says again what was sent, and an
/// answer has the platform's number beside ours. So methods, journal and replay know one number of a person. A request
/// by our numbers is looked through for such texts and left as it is, an answer while nobody has such a number.
struct NamedMethod: Sendable {
    private let method: Method
    private let access: LedgerAccess
    private let request: PersonFields?
    private let answer: PersonFields?
    private let type: MethodType
    private let requestID: RequestID?

    /// A person who was looked up.
    private struct Found: Sendable {
        let name: PersonName
        let field: PersonField
        let number: UInt64
    }

    /// nil: neither request nor answer names persons.
    init?(_ method: Method, _ access: LedgerAccess) {
        let described = MethodCatalog.methods.first { $0.service == method.service && $0.name == method.name }
        guard let described else { preconditionFailure("\(method.service)/\(method.name) is in no .proto file") }
        self.method = method
        self.access = access
        type = described
        request = PersonFields(described.request, isAnswer: false)
        answer = PersonFields(described.response, isAnswer: true)
        requestID = method.placement == .reader ? nil : RequestID(described.request)
        if request == nil, answer == nil { return nil }
    }

    func handle(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        do throws(CallFailure) {
            var found: [Found] = []
            let numbered = try byNumber(bytes, &found, context)
            let status = method.handler(numbered, &reply, context)
            guard status.isOK else { return Self.naming(status, found) }
            return try withNos(&reply, context)
        } catch {
            return error.status
        }
    }

    // MARK: Requests

    /// The request by our numbers: the same bytes, or others in the worker's arena.
    private func byNumber(
        _ bytes: UnsafeRawBufferPointer, _ found: inout [Found], _ context: WorkerContext
    ) throws(CallFailure) -> UnsafeRawBufferPointer {
        // What does not parse is the method's to refuse.
        guard let request, request.haveNo(bytes), let message = unpacked(bytes, type.request, context) else {
            return bytes
        }
        found = try askRegister { registry throws(DomainRefusal) in
            var found: [Found] = []
            var unknown: DomainRefusal?
            var owner: PersonName?
            try request.each(message) { (memory, pair, region) throws(DomainRefusal) in
                let no = string(memory.load(fromByteOffset: pair.no, as: UnsafePointer<CChar>?.self))
                if no.isEmpty { return }
                let sent = memory.load(fromByteOffset: pair.number, as: UInt64.self)
                let name = PersonName(sent, no: no, region: region)
                let number: UInt64
                do throws(DomainRefusal) { number = try registry.person(name, pair.field) } catch {
                    guard requestID != nil, error.code == .personUnknown,
                        let before = registry.people.person(before: name)
                    else { throw error }
                    number = before
                    unknown = unknown ?? error
                }
                memory.storeBytes(of: number, toByteOffset: pair.number, as: UInt64.self)
                found.append(Found(name: name, field: pair.field, number: number))
                if memory == message, pair.field == .person { owner = name }
            }
            try requestID?.check(message, owner: owner, unknown: unknown, access.ledger)
            return found
        }
        let base = UnsafePointer(message.assumingMemoryBound(to: ProtobufCMessage.self))
        let count = protobuf_c_message_get_packed_size(base)
        guard let room = context.arena.allocate(max(1, count)) else {
            throw CallFailure(unreadable(type.request.name, context))
        }
        protobuf_c_message_pack(base, room.assumingMemoryBound(to: UInt8.self))
        return UnsafeRawBufferPointer(start: room, count: count)
    }

    /// The refusal with the platform's numbers in place of ours, which were not sent.
    private static func naming(_ status: CallStatus, _ found: [Found]) -> CallStatus {
        let parts = status.parts
        let text = Array(status.text.utf8)
        func part(_ range: Range<Int>) -> String {
            String(decoding: text[range.clamped(to: 0..<text.count)], as: UTF8.self)
        }
        for person in found where person.name.number == 0 {
            // Of a share of "heirs" the field is "heirs.person".
            let named = part(parts.field)
            let isIt = named == person.field.number || named.hasSuffix("." + person.field.number)
            guard !parts.isEmpty, isIt, part(parts.value) == "\(person.number)" else { continue }
            let (field, value) = (String(named.dropLast(person.field.number.count)) + person.field.no, person.name.no)
            return .failed(
                status.code,
                "\(part(0..<parts.field.lowerBound))\(field)=\(value)\(part(parts.value.upperBound..<text.count))",
                FailureParts(
                    name: part(0..<max(0, parts.field.lowerBound - 1)), field: field, value: value,
                    rule: part(parts.rule), message: part(parts.message(of: text.count)), source: part(parts.source)))
        }
        return status
    }

    // MARK: Answers

    /// Writes the platform's numbers beside ours.
    private func withNos(_ reply: inout ReplyWriter, _ context: WorkerContext) throws(CallFailure) -> CallStatus {
        guard let answer, reply.message.count > 0 else { return .ok }
        let message: UnsafeMutableRawPointer?
        if method.placement == .reader {
            message = unpacked(reply.message, type.response, context)
        } else {
            message =
                access.ledger.registry.people.personNoCount == 0
                ? nil : unpacked(reply.message, type.response, context)
        }
        guard let message else {
            return context.arena.isExhausted ? unreadable(type.response.name, context) : .ok
        }
        let arena = context.arena
        let hasAny = try askRegister { registry throws(DomainRefusal) in
            let people = registry.people
            if people.personNoCount == 0 { return false }
            answer.each(message) { memory, pair, region in
                let number = memory.load(fromByteOffset: pair.number, as: UInt64.self)
                guard let text = arena.text(people.personNo(of: number, inRegion: region)) else { return }
                memory.storeBytes(of: text, toByteOffset: pair.no, as: UnsafeMutablePointer<CChar>.self)
            }
            answer.eachColumns(message) { memory, columns in Self.fill(columns, of: memory, people, arena) }
            return true
        }
        guard !arena.isExhausted else { return unreadable(type.response.name, context) }
        if !hasAny { return .ok }
        let base = UnsafePointer(message.assumingMemoryBound(to: ProtobufCMessage.self))
        reply.takeBack()
        guard let room = reply.reserve(protobuf_c_message_get_packed_size(base)) else { return reply.tooLarge }
        reply.commit(protobuf_c_message_pack(base, room.baseAddress?.assumingMemoryBound(to: UInt8.self)))
        return .ok
    }

    /// The column of texts beside one of numbers, where anybody in it has one.
    private static func fill(
        _ columns: PersonFields.Columns, of memory: UnsafeMutableRawPointer, _ people: PersonRegister, _ arena: Arena
    ) {
        let count = memory.load(fromByteOffset: columns.count, as: Int.self)
        let numbers = memory.load(fromByteOffset: columns.numbers, as: UnsafePointer<UInt64>?.self)
        guard let numbers, let room = arena.allocate(max(1, count) * MemoryLayout<UnsafeMutablePointer<CChar>>.stride)
        else { return }
        let texts = room.bindMemory(to: UnsafeMutablePointer<CChar>.self, capacity: count)
        var hasAny = false
        for index in 0..<count {
            let no = people.personNo(of: numbers[index])
            guard let text = arena.text(no) else { return }
            texts[index] = text
            hasAny = hasAny || !no.isEmpty
        }
        guard hasAny else { return }
        memory.storeBytes(
            of: texts, toByteOffset: columns.nos, as: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>.self)
        memory.storeBytes(of: count, toByteOffset: columns.noCount, as: Int.self)
    }

    // MARK: The register

    /// What `body` finds in the register, on the sequencer.
    private func askRegister<Value: Sendable>(
        _ body: @escaping (Registry) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value {
        guard method.placement == .reader else {
            do throws(DomainRefusal) { return try body(access.ledger.registry) } catch { throw CallFailure(error) }
        }
        return try access.askSequencer { ledger throws(RequestProblem) in
            do throws(DomainRefusal) { return try body(ledger.registry) } catch { throw .domain(error) }
        }
    }

    private func unpacked(
        _ bytes: UnsafeRawBufferPointer, _ type: MessageType, _ context: WorkerContext
    ) -> UnsafeMutableRawPointer? {
        protobuf_c_message_unpack(
            type.descriptor, context.arena.allocator, bytes.count,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        ).map { UnsafeMutableRawPointer($0) }
    }
}

extension Method {
    /// The method, for requests that name persons by the platform's number too; itself where nobody is named.
    func naming(_ access: LedgerAccess) -> Method {
        guard preparation == nil, let named = NamedMethod(self, access) else { return self }
        return Method(service: service, name: name, placement: placement, shardKey: shardKey, isLight: isLight) {
            message, reply, context in
            named.handle(message, &reply, context)
        }
    }
}

extension Arena {
    /// A text as protobuf-c has it; nil: there is no room.
    fileprivate func text(_ text: String) -> UnsafeMutablePointer<CChar>? {
        let count = text.utf8.count
        guard let room = allocate(count + 1)?.bindMemory(to: CChar.self, capacity: count + 1) else { return nil }
        for (index, byte) in text.utf8.enumerated() { room[index] = CChar(bitPattern: byte) }
        room[count] = 0
        return room
    }
}
