import Descriptors
import ProtoJSON
import RPC

/// The page at /: what the server is, its services and methods, and a form to try each.
struct WelcomePage {
    let methods: [Method]
    let version: String

    /// A browser takes style and script from this server alone, and sends to nobody else.
    static var fields: [(name: String, value: String)] {
        [
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'none'"
            )
        ]
    }

    var html: String {
        let named = Set(methods.map(\.service))
        let catalog = MethodCatalog.methods.filter { named.contains($0.service) }
        var text = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Jiesuan 结算</title>
            <link rel="stylesheet" href="page.css"><script src="page.js" defer></script>
            </head><body><header><h1>Jiesuan 结算</h1>
            <p>This server settles claims of Chinese medical insurance (医保结算). Version \(escaped(version)).</p>
            <p>Every method is called by <code>POST /SERVICE/METHOD</code> with proto3 JSON; amounts are in fen
            (分), days are numbers like 20240630. The same port speaks gRPC and baidu_std.</p>
            <p><a href="openapi.json">openapi.json</a> <a href="protos.zip">protos.zip</a>
            <a href="health">health</a></p>
            </header><main>

            """
        let files = ProtoFiles.embedded.files.flatMap(\.services)
        for service in Self.services(catalog) {
            let described = files.first { $0.name == service }
            text += "<section><h2>\(escaped(service))</h2>\n"
            if let comment = described?.comment, !comment.isEmpty { text += "<p>\(prose(comment))</p>\n" }
            for method in catalog where method.service == service {
                let comment = described?.methods.first { $0.name == method.name }?.comment ?? ""
                text += form(method, comment)
            }
            text += "</section>\n"
        }
        return text + "</main></body></html>\n"
    }

    private func form(_ method: MethodType, _ comment: String) -> String {
        let path = "\(method.service)/\(method.name)"
        let first = Self.firstLine(comment)
        // The summary has the first line already.
        let more = comment == first ? "" : "\n<p>\(prose(comment))</p>"
        let template = escaped(RequestTemplate.text(method.request))
        return """
            <details><summary><b>\(escaped(method.name))</b> <span>\(prose(first))</span></summary>\(more)
            <form data-path="\(escaped(path))">
            <label for="\(escaped(path))">Request: \(escaped(method.request.name))</label>
            <textarea id="\(escaped(path))" spellcheck="false" rows="8">\(template)</textarea>
            <button>Send</button> <output></output>
            <pre hidden></pre></form></details>

            """
    }

    private static func services(_ methods: [MethodType]) -> [String] {
        methods.reduce(into: []) { if $0.last != $1.service { $0.append($1.service) } }
    }

    private static func firstLine(_ comment: String) -> String {
        comment.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// A comment's words, with what stands between backticks as code.
    private func prose(_ text: String) -> String {
        let parts = escaped(text).split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { return parts.joined(separator: "`") }
        return parts.enumerated().map { $0 % 2 == 0 ? String($1) : "<code>\($1)</code>" }.joined()
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
