import Descriptors
import RPC
import Synchronization

/// The pages that a server has beside its methods: for balancers, for tools, and for a developer's first look.
package struct ServerPages: Sendable {
    private let health: ServerHealth
    private let methods: [Method]
    private let version: String
    private let welcomeIsForAll: Bool

    /// - Parameters:
    ///   - methods: all that the server has.
    ///   - version: the program's: "1.0.0".
    ///   - welcomeIsForAll: whether the page at / is shown to other machines too.
    package init(methods: [Method], health: ServerHealth, version: String, welcomeIsForAll: Bool = false) {
        self.methods = methods
        self.health = health
        self.version = version
        self.welcomeIsForAll = welcomeIsForAll
    }

    package var all: [HTTPPage] {
        let services = methods.map(\.service)
        let version = version
        let welcome = MadeOnce { [methods] in WelcomePage(methods: methods, version: version).html }
        let description = MadeOnce { OpenAPIDocument(services: services, version: version).json }
        return [
            healthPage, page("/", "text/html; charset=utf-8", fields: WelcomePage.fields) { welcome.bytes },
            page("/page.css", "text/css; charset=utf-8") { Array(WelcomePage.style.utf8) },
            page("/page.js", "text/javascript; charset=utf-8") { Array(WelcomePage.script.utf8) },
            HTTPPage(path: "/openapi.json") { _ in
                HTTPPage.Answer(contentType: "application/json", body: description.bytes)
            },
            HTTPPage(path: "/protos.zip") { _ in
                HTTPPage.Answer(
                    contentType: "application/zip", body: Array(ProtoFiles.bundle),
                    fields: [("content-disposition", "attachment; filename=\"jiesuan-protos-\(version).zip\"")])
            },
        ]
    }

    /// 200 while the server takes calls, else 503: while it drains, and while its ledger takes nothing.
    private var healthPage: HTTPPage {
        HTTPPage(path: "/health", takesAnyHost: true, isPublic: true) { [health] request in
            let isWell = !request.isDraining && health.isServing
            return HTTPPage.Answer(
                status: isWell ? 200 : 503, contentType: "text/plain; charset=utf-8",
                body: Array((isWell ? "OK\n" : request.isDraining ? "DRAINING\n" : "NOT SERVING\n").utf8),
                fields: [("cache-control", "no-store")])
        }
    }

    private func page(
        _ path: String, _ type: String, fields: [(name: String, value: String)] = [],
        body: @escaping @Sendable () -> [UInt8]
    ) -> HTTPPage {
        HTTPPage(path: path, isLocal: !welcomeIsForAll) { _ in
            HTTPPage.Answer(contentType: type, body: body(), fields: fields)
        }
    }
}

/// A text that is made when it is first asked for: some milliseconds, once.
private final class MadeOnce: Sendable {
    private let made = Mutex<[UInt8]?>(nil)
    private let make: @Sendable () -> String

    init(_ make: @escaping @Sendable () -> String) { self.make = make }

    var bytes: [UInt8] {
        made.withLock { made in
            if let made { return made }
            let bytes = Array(make().utf8)
            made = bytes
            return bytes
        }
    }
}
