import Glibc

/// The methods of a server, found by the bytes of their names.
final class MethodTable: @unchecked Sendable {
    // Safe to share: written by init only.

    /// A method in the form used per request: a reference, so that a call copies nothing.
    final class Entry: Sendable {
        let method: Method
        let handler: Method.Handler
        let shardKey: Method.ShardKey?
        let isInline: Bool
        let isInlineAlone: Bool
        let isLight: Method.LightCheck?
        let isSequenced: Bool
        let isBrief: Bool
        let isReader: Bool
        let preparation: Method.Preparation?
        /// Bytes that a message may have, plain and inflated; nil when only the server's limits apply.
        let messageBytesMax: Int?
        /// Takes microseconds: the worker reads the clock only once in many of them.
        let isShort: Bool
        let isWrite: Bool
        let isPublic: Bool

        init(_ method: Method) {
            self.method = method
            handler = method.handler
            shardKey = method.shardKey
            isInline = method.placement == .readingThread
            isInlineAlone = method.placement == .workerUnlessAlone
            isLight = method.isLight
            isSequenced = method.placement.isSequenced
            isBrief = method.placement == .briefSequencer
            preparation = method.preparation
            messageBytesMax =
                method.placement.isSequenced && method.preparation == nil ? Limits.sequencedMessageBytesMax : nil
            isReader = method.placement == .reader
            isShort = isInline || isBrief
            isWrite = method.isWrite
            isPublic = method.isPublic
        }
    }

    private struct Names {
        let service: UnsafeRawBufferPointer
        let shortService: UnsafeRawBufferPointer
        let method: UnsafeRawBufferPointer
    }

    enum Lookup {
        case found(Int)
        case noService
        case noMethod
    }

    let entries: UnsafeBufferPointer<Entry>
    private let names: UnsafeBufferPointer<Names>

    init(_ methods: [Method]) {
        precondition(methods.count <= Limits.methodsMax, "more than \(Limits.methodsMax) methods")
        let entries = UnsafeMutableBufferPointer<Entry>.allocate(capacity: methods.count)
        let names = UnsafeMutableBufferPointer<Names>.allocate(capacity: methods.count)
        for (index, method) in methods.enumerated() {
            entries.initializeElement(at: index, to: Entry(method))
            let service = Self.bytes(method.service)
            let short = method.service.utf8.lastIndex(of: UInt8(ascii: ".")).map {
                method.service.utf8.distance(from: method.service.utf8.startIndex, to: $0) + 1
            }
            names.initializeElement(
                at: index,
                to: Names(
                    service: service,
                    shortService: UnsafeRawBufferPointer(rebasing: service[(short ?? 0)...]),
                    method: Self.bytes(method.name)))
        }
        self.entries = UnsafeBufferPointer(entries)
        self.names = UnsafeBufferPointer(names)
    }

    deinit {
        for name in names {
            name.service.deallocate()
            name.method.deallocate()
        }
        names.deallocate()
        UnsafeMutableBufferPointer(mutating: entries).deinitialize().deallocate()
    }

    /// The method's index; the full name of its service or the short one.
    func find(service: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer) -> Lookup {
        var sawService = false
        for index in names.indices {
            let candidate = names[index]
            if Self.equal(candidate.method, method) {
                if Self.equal(candidate.service, service) || Self.equal(candidate.shortService, service) {
                    return .found(index)
                }
            }
        }
        for candidate in names
        where Self.equal(candidate.service, service) || Self.equal(candidate.shortService, service) {
            sawService = true
        }
        return sawService ? .noMethod : .noService
    }

    /// What to answer when `find` found nothing: names what was asked for and what there is.
    func refusal(
        _ lookup: Lookup, service: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer
    ) -> CallStatus {
        if case .noMethod = lookup {
            let known = names.indices.filter {
                Self.equal(names[$0].service, service) || Self.equal(names[$0].shortService, service)
            }.map { entries[$0].method.name }
            return .failed(
                .noMethod,
                "no method \(quoted(method)) in \(quoted(service)); there are: \(known.joined(separator: ", "))")
        }
        var services: [String] = []
        for entry in entries where !services.contains(entry.method.service) { services.append(entry.method.service) }
        return .failed(
            .noService, "no service \(quoted(service)); there are: \(services.joined(separator: ", "))")
    }

    private static func bytes(_ text: String) -> UnsafeRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
        copy.copyBytes(from: text.utf8)
        return UnsafeRawBufferPointer(copy)
    }

    @inline(__always)
    private static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        a.count == b.count && (a.count == 0 || memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0)
    }
}

/// A caller's name for an error text: cut, and without bytes that could confuse a terminal or a log.
func quoted(_ name: UnsafeRawBufferPointer) -> String {
    let cut = name.prefix(Limits.quotedNameBytesMax)
    let printable = cut.map { (0x20..<0x7f).contains($0) && $0 != 0x22 ? $0 : UInt8(ascii: "?") }
    return "\"" + String(decoding: printable, as: UTF8.self) + (name.count > cut.count ? "…\"" : "\"")
}
