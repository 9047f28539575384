import RPC

/// What balancers and supervisors ask for by HTTP; under any name, for it says nothing that is worth a page of somebody
/// else's.
package struct HealthPages: Sendable {
    private let whyNotServing: @Sendable () -> String?

    package init(_ health: ServerHealth) { self.init { health.whyNotServing } }

    /// - Parameter whyNotServing: in one line; nil: calls are taken.
    package init(whyNotServing: @escaping @Sendable () -> String?) { self.whyNotServing = whyNotServing }

    package var all: [HTTPPage] { [healthPage, alivePage, readyPage] }

    /// 200 while the server takes calls, else 503: while it drains, and while its ledger takes nothing.
    private var healthPage: HTTPPage {
        page("/health") { [whyNotServing] isDraining in
            if isDraining { return (503, "DRAINING") }
            return whyNotServing() == nil ? (200, "OK") : (503, "NOT SERVING")
        }
    }

    /// 200 as long as the process answers at all: who restarts it on anything else would end a drain or a repair.
    private var alivePage: HTTPPage { page("/healthz") { _ in (200, "OK") } }

    /// 200 while the server takes calls, else 503 with the reason.
    private var readyPage: HTTPPage {
        page("/readyz") { [whyNotServing] isDraining in
            if let why = whyNotServing() { return (503, "NOT READY " + why) }
            return isDraining ? (503, "NOT READY draining: the server shuts down") : (200, "READY")
        }
    }

    private func page(_ path: String, _ answer: @escaping @Sendable (_ isDraining: Bool) -> (Int, String)) -> HTTPPage {
        HTTPPage(path: path, takesAnyHost: true, isPublic: true) { request in
            let (status, line) = answer(request.isDraining)
            return HTTPPage.Answer(
                status: status, contentType: "text/plain; charset=utf-8", body: Array((line + "\n").utf8),
                fields: [("cache-control", "no-store")])
        }
    }
}
