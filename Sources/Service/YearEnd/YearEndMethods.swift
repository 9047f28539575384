import Foundation
import RPC
import Records
import Registry
import Settlement
import WireMessages
import YearEnd

/// `YearEndService`: start, progress, stop, resume; results and files. On workers: nothing here touches the ledger.
struct YearEndMethods: Sendable {
    /// Bytes of one part of a file, where the caller names none, and at most.
    private static let partBytes = 1 << 20
    private static let partBytesMax = 4 << 20

    let runs: YearEndRuns

    func methods() -> [Method] {
        let handlers: [(name: String, handler: Method.Handler)] = [
            ("Start", start), ("GetProgress", progress), ("GetResult", result), ("ListRuns", list), ("Stop", stop),
            ("Resume", resume), ("ListFiles", files), ("ReadFile", readFile),
        ]
        return handlers.map {
            Method(service: Services.yearEnd, name: $0.name, placement: .worker, handler: $0.handler)
        }
    }

    @Sendable private func start(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__start_year_end_request__unpack)?.pointee else {
            return unreadable("StartYearEndRequest", context)
        }
        do throws(DomainRefusal) {
            return answer(
                try runs.start(
                    text(request.name), try YearOptions(request), isDryRun: request.dry_run != 0,
                    by: context.call.recordOrigin), &reply)
        } catch { return CallStatus(error) }
    }

    @Sendable private func progress(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        named(message, context) { name throws(DomainRefusal) in answer(try runs.status(name), &reply) }
    }

    @Sendable private func stop(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        named(message, context) { name throws(DomainRefusal) in answer(try runs.stop(name), &reply) }
    }

    @Sendable private func resume(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        named(message, context) { name throws(DomainRefusal) in
            answer(try runs.resume(name, by: context.call.recordOrigin), &reply)
        }
    }

    @Sendable private func result(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        named(message, context) { name throws(DomainRefusal) in
            let json = try runs.result(name)
            return write(&reply, bytesMax: json.count + 16) { writer in json.withUnsafeBytes { writer.bytes(1, $0) } }
        }
    }

    @Sendable private func list(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard unpack(message, context, jiesuan__v1__list_year_end_runs_request__unpack) != nil else {
            return unreadable("ListYearEndRunsRequest", context)
        }
        let found = runs.list()
        return write(&reply, bytesMax: found.reduce(16) { $0 + Self.bytesMax($1) + 128 }) { writer in
            for status in found.reversed() {
                let end = writer.mark
                let inner = writer.mark
                Self.write(status, &writer)
                writer.message(7, from: inner)
                writer.fixed64(6, UInt64(bitPattern: status.record.changedAt))
                writer.fixed64(5, UInt64(bitPattern: status.record.startedAt))
                writer.field(4, status.record.options.isAudit)
                writer.field(3, status.record.isDryRun)
                writer.field(2, Int64(status.record.options.year))
                writer.text(1, status.record.name)
                writer.message(1, from: end)
            }
        }
    }

    @Sendable private func files(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        named(message, context) { name throws(DomainRefusal) in
            let files = try runs.files(name)
            let bytesMax = files.reduce(16) { $0 + $1.name.utf8.count + $1.sha256.utf8.count + 32 }
            return write(&reply, bytesMax: bytesMax) { writer in
                for file in files.reversed() {
                    let end = writer.mark
                    writer.text(3, file.sha256)
                    writer.field(2, Int64(file.size))
                    writer.text(1, file.name)
                    writer.message(1, from: end)
                }
            }
        }
    }

    @Sendable private func readFile(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__read_year_end_file_request__unpack)?.pointee else {
            return unreadable("ReadYearEndFileRequest", context)
        }
        do throws(DomainRefusal) {
            guard request.limit <= Self.partBytesMax else {
                throw DomainRefusal(
                    .factInvalid, "limit", "\(request.limit)",
                    "at most \(Self.partBytesMax) bytes in one call; ask again from a later offset for more")
            }
            let (bytes, size) = try runs.read(
                text(request.name), file: text(request.file), from: request.offset,
                atMost: request.limit == 0 ? Self.partBytes : Int(request.limit))
            return write(&reply, bytesMax: bytes.count + 32) { writer in
                writer.field(2, Int64(size))
                bytes.withUnsafeBytes { writer.bytes(1, $0) }
            }
        } catch { return CallStatus(error) }
    }

    // MARK: Reading and writing

    private func named(
        _ message: UnsafeRawBufferPointer, _ context: WorkerContext,
        _ body: (String) throws(DomainRefusal) -> CallStatus
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__year_end_request__unpack)?.pointee else {
            return unreadable("YearEndRequest", context)
        }
        do throws(DomainRefusal) { return try body(text(request.name)) } catch { return CallStatus(error) }
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

    private func answer(_ status: YearEndJob.Status, _ reply: inout ReplyWriter) -> CallStatus {
        write(&reply, bytesMax: Self.bytesMax(status)) { Self.write(status, &$0) }
    }

    private func write(
        _ reply: inout ReplyWriter, bytesMax: Int, _ body: (inout BackwardWriter) -> Void
    ) -> CallStatus {
        guard let room = reply.reserve(bytesMax) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        body(&writer)
        reply.commit(writer.finish())
        return .ok
    }

    /// Without the texts, a status has some 60 bytes.
    private static func bytesMax(_ status: YearEndJob.Status) -> Int {
        status.record.message.utf8.count + status.step.utf8.count + status.record.name.utf8.count + 128
    }

    private static func write(_ status: YearEndJob.Status, _ writer: inout BackwardWriter) {
        writer.text(8, status.record.message)
        writer.field(7, Int64(status.record.posting.movedOn))
        writer.field(6, Int64(status.record.posting.duplicates))
        writer.field(5, Int64(status.record.posting.posted))
        writer.field(4, Int64(status.done))
        writer.field(3, Int64(status.share * 10_000))
        writer.text(2, status.step)
        writer.field(1, wire(status.record.stage))
    }

    /// `YearEndStage`.
    private static func wire(_ stage: RunRecord.Stage) -> Int64 {
        switch stage {
        case .reading: Int64(JIESUAN__V1__YEAR_END_STAGE__YEAR_END_STAGE_READING.rawValue)
        case .posting: Int64(JIESUAN__V1__YEAR_END_STAGE__YEAR_END_STAGE_POSTING.rawValue)
        case .done: Int64(JIESUAN__V1__YEAR_END_STAGE__YEAR_END_STAGE_DONE.rawValue)
        case .failed: Int64(JIESUAN__V1__YEAR_END_STAGE__YEAR_END_STAGE_FAILED.rawValue)
        case .stopped: Int64(JIESUAN__V1__YEAR_END_STAGE__YEAR_END_STAGE_STOPPED.rawValue)
        }
    }
}
