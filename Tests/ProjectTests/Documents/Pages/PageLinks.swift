import Foundation

/// A link as a page writes it.
struct PageLink: Equatable {
    var target: String
    var line: Int
}

extension MarkdownPage {
    /// Links and pictures, inline, by reference and in HTML.
    var links: [PageLink] {
        prose.flatMap { piece in
            let text = MarkdownPage.withoutSpans(piece.text)
            let patterns = [
                #/\]\(\s*<?(?<target>[^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+["'][^"']*["'])?\s*\)/#,
                #/(?m)^ {0,3}\[[^\]]+\]:\s*<?(?<target>[^\s>]+)/#,
                #/(?:href|src|srcset)\s*=\s*["'](?<target>[^"'\s]+)/#,
            ]
            return patterns.flatMap { pattern in
                text.matches(of: pattern).map { match in
                    let before = text[..<match.range.lowerBound].count { $0 == "\n" }
                    return PageLink(target: String(match.target), line: piece.line + before)
                }
            }
        }
    }

    /// The names by which links reach the page's headings, as GitHub makes them, and those that HTML gives.
    var anchors: Set<String> {
        var anchors: Set<String> = []
        var seen: [String: Int] = [:]
        for heading in headings {
            let anchor = MarkdownPage.anchor(of: heading.text)
            let count = seen[anchor, default: 0]
            seen[anchor] = count + 1
            anchors.insert(count == 0 ? anchor : "\(anchor)-\(count)")
        }
        for piece in prose {
            for match in piece.text.matches(of: /<[a-z0-9]+ [^>]*(?:id|name)\s*=\s*["'](?<name>[^"']+)/) {
                anchors.insert(String(match.name))
            }
        }
        return anchors
    }

    /// Small letters; letters, digits, `-` and `_` stay, a space becomes a hyphen, everything else goes.
    static func anchor(of heading: String) -> String {
        let words = heading.replacing(/!?\[(?<text>[^\]]*)\]\([^)]*\)/) { String($0.text) }
        return String(
            words.lowercased().compactMap { character in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || character == "-" || character == "_" ? character : nil
            })
    }
}

/// Where links lead, within the repository.
struct LinkCheck {
    private let anchors: [String: Set<String>]

    init(_ pages: [MarkdownPage]) {
        anchors = Dictionary(pages.map { ($0.path, $0.anchors) }) { first, _ in first }
    }

    /// Links of a page that lead nowhere: "docs/x.md:12: there is no file docs/y.md". Links to other sites are not
    /// followed.
    func deadLinks(of page: MarkdownPage) -> [String] {
        page.links.compactMap { link in
            reason(link.target, on: page).map { "\(page.path):\(link.line): \(link.target): \($0)" }
        }
    }

    private func reason(_ target: String, on page: MarkdownPage) -> String? {
        if target.contains(/^[a-z][a-z0-9+.-]*:/) {
            return target.contains(/^(?:https?:\/\/[^\/\s]+\.[^\/\s]+|mailto:.+@.+)/) ? nil : "not an address"
        }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = String(parts[0]).removingPercentEncoding else { return "not an address" }
        let anchor = parts.count > 1 ? String(parts[1]).removingPercentEncoding : nil
        if target.isEmpty { return "empty" }
        guard let path = name.isEmpty ? page.path : LinkCheck.resolved(name, from: page.path) else {
            return "leads out of the repository"
        }
        guard
            anchors[path] != nil
                || FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path())
        else {
            return "there is no file \(path)"
        }
        guard let anchor, !anchor.isEmpty else { return nil }
        if let known = anchors[path] {
            return known.contains(anchor) ? nil : "\(path) has no heading of that name"
        }
        guard let lines = anchor.wholeMatch(of: /L(\d+)(?:-L(\d+))?/), let text = try? Repository.text(path) else {
            return "\(path) has no headings"
        }
        let last = Int(lines.2 ?? lines.1) ?? 0
        let count = text.split(separator: "\n", omittingEmptySubsequences: false).count
        return last <= count ? nil : "\(path) has \(count) lines"
    }

    /// Below the repository's root; nil: outside of it.
    static func resolved(_ name: String, from page: String) -> String? {
        var parts = name.hasPrefix("/") ? [] : page.split(separator: "/").dropLast().map(String.init)
        for part in name.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(String(part))
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.joined(separator: "/")
    }
}
