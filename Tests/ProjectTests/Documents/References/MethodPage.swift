import Foundation

/// The services as Proto/ declares them.
struct WireService {
    var name: String
    /// The comment in front of it.
    var words: String
    var methods: [Method] = []

    struct Method {
        var name: String
        var request: String
        var answer: String
        var words: String
    }

    /// Every service of Proto/jiesuan/v1, in the order of names.
    static func all() throws -> [WireService] {
        try Repository.files(below: "Proto/jiesuan", endings: [".proto"])
            .flatMap { services(of: try String(contentsOf: $0, encoding: .utf8)) }
            .sorted { $0.name < $1.name }
    }

    /// A comment belongs to what follows it, or to what stands before it in its line.
    static func services(of proto: String) -> [WireService] {
        var services: [WireService] = []
        var comment: [Substring] = []
        var isInside = false
        for line in proto.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == " " }
            if bare.hasPrefix("//") {
                comment.append(bare.dropFirst(2).drop { $0 == " " })
            } else if let match = bare.prefixMatch(of: /service (\w+) \{/) {
                services.append(WireService(name: String(match.1), words: comment.joined(separator: " ")))
                comment = []
                isInside = true
            } else if isInside, let match = bare.prefixMatch(of: /rpc (\w+)\s*\((\w+)\) returns \((\w+)\);\s*(?:\/\/ ?(.*))?/) {
                let words = comment.map(String.init) + (match.4.map { [String($0)] } ?? [])
                services[services.count - 1].methods.append(
                    Method(
                        name: String(match.1), request: String(match.2), answer: String(match.3),
                        words: words.joined(separator: " ")))
                comment = []
            } else {
                comment = []
                if bare.hasPrefix("}") { isInside = false }
            }
        }
        return services
    }
}

/// All methods as tables in Markdown.
enum MethodPage {
    static func markdown(_ services: [WireService]) -> String {
        services.map { service in
            let rows = service.methods.map { method in
                let words = method.words.replacing("|", with: "\\|").replacing("<", with: "&lt;")
                return "| `\(service.name)/\(method.name)` | `\(method.request)` | `\(method.answer)` | \(words) |\n"
            }
            return "### \(service.name)\n\n" + (service.words.isEmpty ? "" : service.words + "\n\n")
                + "| method | request | answer | what it does |\n| --- | --- | --- | --- |\n" + rows.joined()
        }.joined(separator: "\n")
    }
}
