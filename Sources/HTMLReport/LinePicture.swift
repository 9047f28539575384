/// A picture of lines over two axes, in SVG that follows the page's width.
///
/// Positions across are shares of the width, letters and heights are pixels: so labels keep their size on a narrow
/// screen. Every line ends in a letter that the key below repeats, so that nobody needs the colours.
package struct LinePicture: Sendable {
    /// Lines that have colours of their own.
    package static let linesMax = 6

    package struct Tick: Sendable {
        /// Of the axis, 0 … 1.
        package let position: Double
        package let label: String
        /// Its label is left out on a narrow screen.
        package let isMinor: Bool

        package init(position: Double, label: String, isMinor: Bool = false) {
            self.position = position
            self.label = label
            self.isMinor = isMinor
        }
    }

    package struct Point: Sendable, Equatable {
        /// Of the axes, 0 … 1.
        package let x: Double
        package let y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    package struct Line: Sendable {
        package let name: Words
        /// Which colour, from 0; lines of one colour belong together.
        package let colour: Int
        /// Dashed lines have no letter of their own.
        package let isDashed: Bool
        /// A dot at every point: for few points.
        package let hasDots: Bool
        package let points: [Point]

        package init(name: Words, colour: Int, isDashed: Bool = false, hasDots: Bool = false, points: [Point]) {
            self.name = name
            self.colour = colour
            self.isDashed = isDashed
            self.hasDots = hasDots
            self.points = points
        }
    }

    /// Unique on the page.
    package let id: String
    package let title: Words
    package let description: Words
    /// What the axes show, with the unit.
    package let xTitle: String
    package let yTitle: String
    package let xTicks: [Tick]
    package let yTicks: [Tick]
    package let lines: [Line]
    /// An upright mark with its label.
    package let mark: Tick?

    /// Pixels: of the plot, of the room above it for the axis' name, of the room below it for ticks and name.
    private static let plotHeight = 260.0
    private static let above = 26.0
    private static let below = 46.0
    /// Between the letters at two lines' ends.
    private static let letterGap = 15.0

    package init(
        id: String, title: Words, description: Words, xTitle: String, yTitle: String, xTicks: [Tick], yTicks: [Tick],
        lines: [Line], mark: Tick? = nil
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.xTitle = xTitle
        self.yTitle = yTitle
        self.xTicks = xTicks
        self.yTicks = yTicks
        self.lines = lines
        self.mark = mark
    }

    package func write(to page: inout HTMLWriter) {
        let names = "\(id)-title \(id)-description"
        page.element("figure", ["class": "lines"]) { figure in
            figure.element("figcaption") { $0.say(title) }
            figure.element("div", ["class": "plot"]) { plot in
                plot.element(
                    "svg",
                    [
                        "role": "img", "aria-labelledby": names, "width": "100%",
                        "height": "\(Int(Self.above + Self.plotHeight + Self.below))",
                    ]
                ) { picture in
                    picture.element("title", ["id": "\(id)-title"], text: title.joined(picture.lead))
                    picture.element("desc", ["id": "\(id)-description"], text: description.spaced(picture.lead))
                    writeAxes(to: &picture)
                    writeLines(to: &picture)
                    writeLetters(to: &picture)
                }
            }
            writeKey(to: &figure)
        }
    }

    /// From the top of the picture, in pixels.
    private func top(_ y: Double) -> Double { Self.above + Self.plotHeight * (1 - y) }

    private func writeAxes(to picture: inout HTMLWriter) {
        picture.element("text", ["class": "axis", "x": "-44", "y": "12"], text: yTitle)
        for tick in yTicks {
            let y = Coordinate.hundredths(top(tick.position))
            picture.void("line", ["class": "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y])
            picture.element(
                "text", ["class": "tick-y", "x": "-8", "y": Coordinate.hundredths(top(tick.position) + 4)],
                text: tick.label)
        }
        let foot = Self.above + Self.plotHeight
        for tick in xTicks {
            let x = Coordinate.percent(tick.position)
            picture.void(
                "line",
                [
                    "class": "grid", "x1": x, "x2": x, "y1": Coordinate.hundredths(Self.above),
                    "y2": Coordinate.hundredths(foot + 4),
                ])
            picture.element(
                "text",
                ["class": tick.isMinor ? "tick-x minor" : "tick-x", "x": x, "y": Coordinate.hundredths(foot + 18)],
                text: tick.label)
        }
        picture.element(
            "text", ["class": "axis axis-x", "x": "100%", "y": Coordinate.hundredths(foot + 38)], text: xTitle)
        guard let mark else { return }
        let x = Coordinate.percent(mark.position)
        picture.void(
            "line",
            [
                "class": "mark-line", "x1": x, "x2": x, "y1": Coordinate.hundredths(Self.above - 6),
                "y2": Coordinate.hundredths(foot),
            ])
        let side = mark.position > 0.5 ? "mark-label left-of" : "mark-label"
        picture.element(
            "text", ["class": side, "x": x, "dx": mark.position > 0.5 ? "-6" : "6", "y": "20"], text: mark.label)
    }

    private func writeLines(to picture: inout HTMLWriter) {
        // The lines' own picture is stretched; their width is not, by the style sheet.
        picture.element(
            "svg",
            [
                "x": "0", "y": Coordinate.hundredths(Self.above), "width": "100%",
                "height": Coordinate.hundredths(Self.plotHeight), "viewBox": "0 0 1000 1000",
                "preserveAspectRatio": "none", "class": "stretched",
            ]
        ) { plot in
            for line in lines {
                let points = line.points.map {
                    Coordinate.hundredths($0.x * 1_000) + "," + Coordinate.hundredths((1 - $0.y) * 1_000)
                }
                let style = "run c\(line.colour)" + (line.isDashed ? " dashed" : "")
                plot.void("polyline", ["class": style, "points": points.joined(separator: " ")])
            }
        }
        for line in lines where line.hasDots {
            for point in line.points {
                picture.void(
                    "circle",
                    [
                        "class": "dot c\(line.colour)", "cx": Coordinate.percent(point.x),
                        "cy": Coordinate.hundredths(top(point.y)), "r": "3",
                    ])
            }
        }
    }

    /// Letters stand right of their lines' ends, pushed apart where they would meet.
    private func writeLetters(to picture: inout HTMLWriter) {
        var ends: [(y: Double, line: Int, x: Double)] = []
        for (position, line) in lines.enumerated() where !line.isDashed {
            if let end = line.points.last { ends.append((top(end.y), position, end.x)) }
        }
        ends.sort { ($0.y, $0.line) < ($1.y, $1.line) }
        var least = 0.0
        for end in ends {
            let y = max(end.y, least)
            least = y + Self.letterGap
            picture.element(
                "text",
                [
                    "class": "letter c\(lines[end.line].colour)", "x": Coordinate.percent(end.x), "dx": "7",
                    "y": Coordinate.hundredths(y + 4),
                ], text: Self.letter(lines[end.line].colour))
        }
    }

    private func writeKey(to figure: inout HTMLWriter) {
        figure.element("ul", ["class": "key-list"]) { list in
            for line in lines {
                list.element("li") { item in
                    item.element("svg", ["class": "key-line", "width": "30", "height": "10", "aria-hidden": "true"]) {
                        let style = "run c\(line.colour)" + (line.isDashed ? " dashed" : "")
                        $0.void("line", ["class": style, "x1": "0", "x2": "30", "y1": "5", "y2": "5"])
                    }
                    if !line.isDashed {
                        item.element("b", ["class": "letter-key"], text: Self.letter(line.colour))
                        item.text(" ")
                    }
                    item.say(line.name)
                }
            }
        }
    }

    private static func letter(_ colour: Int) -> String {
        String(Unicode.Scalar(UInt8(ascii: "a") + UInt8(clamping: colour % linesMax)))
    }
}
