extension HTMLWriter {
    /// The bytes of a page that stands alone: no file, network or program beside it.
    package static func page(
        lead: Lead = .chinese, title: String, styles: [StaticString], _ body: (inout HTMLWriter) -> Void
    ) -> [UInt8] {
        var page = HTMLWriter(lead: lead)
        page.literal("<!DOCTYPE html>\n")
        page.element("html", ["lang": lead == .chinese ? "zh-Hans" : "en"]) { html in
            html.element("head") { head in
                head.void("meta", ["charset": "utf-8"])
                head.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.void("meta", ["name": "color-scheme", "content": "light dark"])
                head.element("title", text: title)
                head.element("style") { for style in styles { $0.literal(style) } }
            }
            html.element("body") { body(&$0) }
        }
        return page.bytes
    }
}
