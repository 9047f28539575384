import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// A report as a reader of XML takes it in: its elements with their texts.
package final class ReportPage: NSObject, XMLParserDelegate {
    package struct Element {
        package let name: String
        package let attributes: [String: String]
        /// Id of the section that it stands in; empty: the head of the page.
        package let section: String
        package var text = ""
    }

    package private(set) var elements: [Element] = []
    private var open: [Int] = []
    private var sections = [""]
    package private(set) var problem: String?

    package init(_ bytes: [UInt8]) {
        super.init()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = self
        if !parser.parse() { problem = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    }

    package func texts(_ name: String, in section: String) -> [String] {
        elements.filter { $0.name == name && $0.section == section }.map(\.text)
    }

    /// Cells of a section's tables.
    package func cells(_ section: String) -> Set<String> { Set(texts("td", in: section) + texts("th", in: section)) }

    package func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        if name == "section" { sections.append(attributes["id"] ?? sections.last ?? "") }
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes, section: sections.last ?? ""))
    }

    package func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        open.removeLast()
        if name == "section" { sections.removeLast() }
    }

    package func parser(_ parser: XMLParser, foundCharacters string: String) {
        for element in open { elements[element].text += string }
    }
}
