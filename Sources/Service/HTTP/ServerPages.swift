import Descriptors
import RPC
import Synchronization

/// The pages that a server has beside its methods: for balancers, for tools, and for a developer's first look.
package struct ServerPages: Sendable {
    private let health: ServerHealth
    private let methods: [Method]
    private let version: String
    private let welcomeIsForAll: Bool
    private let figures: ServerFigures?

    /// - Parameters:
    ///   - methods: all that the server has.
    ///   - version: the program's: "1.0.0".
    ///   - welcomeIsForAll: whether the page at / is shown to other machines too.
    ///   - figures: what /metrics shows to this machine; nil: there is no such page.
    package init(
        methods: [Method], health: ServerHealth, version: String, welcomeIsForAll: Bool = false,
        figures: ServerFigures? = nil
    ) {
        self.figures = figures
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
            page("/", "text/html; charset=utf-8", fields: WelcomePage.fields) { welcome.bytes },
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
        ] + HealthPages(health).all + (figures.map { figures in [MetricsPage.page({ figures }, isLocal: true)] } ?? [])
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
