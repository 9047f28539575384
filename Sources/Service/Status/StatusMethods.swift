import CShims
import RPC
import Records
import Settlement
import WireMessages

/// `StatusService`: what the server does now, and what stands in its log.
package struct StatusMethods: Sendable {
    package static let service = String(cString: jiesuan__v1__status_service__descriptor.name)

    private let figures: @Sendable () -> ServerFigures?
    private let log: LogControl

    /// - Parameters:
    ///   - figures: of the server that has these methods; nil: it has not begun.
    ///   - log: of the server.
    package init(log: LogControl, figures: @escaping @Sendable () -> ServerFigures?) {
        self.log = log
        self.figures = figures
    }

    /// On readers: they wait for nobody, and a server that is full of claims tells of itself all the same.
    package var methods: [Method] {
        [("GetStatus", get as Method.Handler), ("SetLog", setLog)].map { name, handler in
            Method(service: Self.service, name: name, placement: .reader, handler: handler).withWholeTexts().withJSON()
        }
    }

    @Sendable private func get(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard unpack(message, context, jiesuan__v1__get_status_request__unpack) != nil else {
            return unreadable("GetStatusRequest", context)
        }
        guard let figures = figures(), let metrics = figures.serverMetrics else {
            return .failed(.loggingOff, "the server begins or ends; nothing was done: try again")
        }
        return withinArena { () throws(RequestProblem) in
            let arena = context.arena
            var response = Jiesuan__V1__GetStatusResponse()
            jiesuan__v1__get_status_response__init(&response)
            response.version = try arena.string(figures.version.number)
            response.commit = try arena.string(figures.version.commit)
            response.not_ready = try arena.string(figures.health.whyNotServing ?? "")
            response.started_at = ProcessFigures.startHundredths * 10
            response.now = ServerFigures.now
            response.cpu_microseconds = ProcessFigures.cpuMicroseconds
            response.resident_bytes = UInt64(figures.slow.present.process.residentBytes)
            response.log_level = try arena.string(log.levelName)
            response.slow_milliseconds = UInt32(clamping: log.slowMilliseconds)
            try StatusWire(arena: arena).fill(&response, metrics)
            if let access = figures.access {
                response.ledger = try StatusWire(arena: arena).ledger(access.ledger, metrics, figures.slow.present)
            }
            return writePacked(
                &response, &reply, jiesuan__v1__get_status_response__get_packed_size,
                jiesuan__v1__get_status_response__pack)
        }
    }

    @Sendable private func setLog(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__set_log_request__unpack)?.pointee else {
            return unreadable("SetLogRequest", context)
        }
        let name = string(request.level)
        guard name.isEmpty || LogControl.levelNames.contains(name) else {
            let known = LogControl.levelNames.joined(separator: ", ")
            return CallStatus(
                DomainRefusal(.factInvalid, "level", String(name.prefix(64)), "a level is one of \(known)"))
        }
        guard request.slow_milliseconds <= LogControl.slowMillisecondsMax else {
            return CallStatus(
                DomainRefusal(
                    .factInvalid, "slow_milliseconds", "\(request.slow_milliseconds)",
                    "at most \(LogControl.slowMillisecondsMax); 0: no request is slow"))
        }
        if !name.isEmpty { _ = log.setLevel(named: name) }
        if request.sets_slow != 0 { log.slowMilliseconds = Int(request.slow_milliseconds) }
        return withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__SetLogResponse()
            jiesuan__v1__set_log_response__init(&response)
            response.level = try context.arena.string(log.levelName)
            response.slow_milliseconds = UInt32(clamping: log.slowMilliseconds)
            return writePacked(
                &response, &reply, jiesuan__v1__set_log_response__get_packed_size, jiesuan__v1__set_log_response__pack)
        }
    }
}
