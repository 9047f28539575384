/// A line of a word's size: how a figure went from run to run, with the band that its rounds spanned.
package struct Sparkline: Sendable {
    package struct Point: Sendable {
        package let low: Double
        package let middle: Double
        package let high: Double

        package init(low: Double, middle: Double, high: Double) {
            self.low = low
            self.middle = middle
            self.high = high
        }
    }

    /// The oldest first.
    package let points: [Point]
    /// For those who do not see the picture.
    package let label: String

    /// Pixels.
    private static let width = 132.0
    private static let height = 30.0
    /// Room around the line for its width and the dot at its end.
    private static let margin = 4.0

    package init(points: [Point], label: String) {
        self.points = points
        self.label = label
    }

    func write(to page: inout HTMLWriter) {
        guard let low = points.map(\.low).min(), let high = points.map(\.high).max() else { return }
        let range = high - low
        func x(_ position: Int) -> Double {
            guard points.count > 1 else { return Self.width / 2 }
            return Self.margin + (Self.width - 2 * Self.margin) * Double(position) / Double(points.count - 1)
        }
        func y(_ value: Double) -> Double {
            guard range > 0 else { return Self.height / 2 }
            return Self.height - Self.margin - (Self.height - 2 * Self.margin) * (value - low) / range
        }
        func list(_ points: [(Double, Double)]) -> String {
            points.map { "\(Coordinate.hundredths($0.0)),\(Coordinate.hundredths($0.1))" }.joined(separator: " ")
        }
        let above = points.indices.map { (x($0), y(points[$0].high)) }
        let below = points.indices.reversed().map { (x($0), y(points[$0].low)) }
        let middle = points.indices.map { (x($0), y(points[$0].middle)) }
        page.element(
            "svg",
            [
                "class": "spark", "role": "img", "aria-label": label, "width": "\(Int(Self.width))",
                "height": "\(Int(Self.height))",
            ]
        ) { picture in
            picture.void("polygon", ["class": "band", "points": list(above + below)])
            picture.void("polyline", ["class": "run", "points": list(middle)])
            if let end = middle.last {
                picture.void(
                    "circle",
                    ["class": "end", "cx": Coordinate.hundredths(end.0), "cy": Coordinate.hundredths(end.1), "r": "3"])
            }
        }
    }
}
