import RPC
import WireMessages

/// A `CalculateBatchRequest` whose claims are read where they lie.
struct BatchRequest {
    let request: Jiesuan__V1__CalculateBatchRequest
    let claims: ClaimColumnBytes

    /// Largest batch that an event loop handles itself: at most 3 ms, when every claim is refused.
    private static let lightClaimsMax = 1_024
    private static let claimsField: UInt32 = 6
    private static let personRowField: UInt32 = 1

    /// Whether the message has few claims, counted by the one column (4 bytes a claim) that is always present.
    @Sendable static func isLight(_ message: UnsafeRawBufferPointer) -> Bool {
        guard let claims = field(claimsField, of: message), let rows = field(personRowField, of: claims.bytes)
        else { return false }
        return rows.bytes.count <= lightClaimsMax * MemoryLayout<UInt32>.stride
    }

    /// The bytes of a field that the message has exactly once, and the range of the field with its key.
    private static func field(
        _ number: UInt32, of message: UnsafeRawBufferPointer
    ) -> (bytes: UnsafeRawBufferPointer, range: Range<Int>)? {
        var wire = WireFields(message)
        var found: (bytes: UnsafeRawBufferPointer, range: Range<Int>)?
        while !wire.isAtEnd {
            let start = message.count - wire.left
            guard let field = wire.next() else { return nil }
            if field.number == number {
                guard found == nil, let bytes = wire.bytes(field) else { return nil }
                found = (bytes, start..<(message.count - wire.left))
            } else if !wire.skip(field) {
                return nil
            }
        }
        return found
    }

    /// Nil where the message is no `CalculateBatchRequest`.
    init?(_ message: UnsafeRawBufferPointer, _ context: WorkerContext) throws(RequestProblem) {
        if let (bytes, rest) = try Self.split(message, context.arena), let claims = ClaimColumnBytes(bytes) {
            guard let request = unpack(rest, context, jiesuan__v1__calculate_batch_request__unpack) else { return nil }
            self.request = request.pointee
            self.claims = claims
        } else {
            guard let request = unpack(message, context, jiesuan__v1__calculate_batch_request__unpack) else {
                return nil
            }
            guard let columns = request.pointee.claims else { throw .malformed("claims is missing") }
            self.request = request.pointee
            claims = ClaimColumnBytes(columns.pointee)
        }
    }

    /// The claims, and the message without them; nil when the claims field does not occur exactly once.
    private static func split(
        _ message: UnsafeRawBufferPointer, _ arena: Arena
    ) throws(RequestProblem) -> (claims: UnsafeRawBufferPointer, rest: UnsafeRawBufferPointer)? {
        guard let claims = field(claimsField, of: message) else { return nil }
        let rest: UnsafeMutableBufferPointer<UInt8> = try arena.array(message.count - claims.range.count)
        let target = UnsafeMutableRawBufferPointer(rest)
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: message[..<claims.range.lowerBound]))
        UnsafeMutableRawBufferPointer(rebasing: target[claims.range.lowerBound...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: message[claims.range.upperBound...]))
        return (claims.bytes, UnsafeRawBufferPointer(target))
    }
}
