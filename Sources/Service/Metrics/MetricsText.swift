import RPC

/// Writes metrics in Prometheus's text format, version 0.0.4.
///
/// Own code, because a library's registry would count with locks where the server counts without; 1,500 lines take some
/// 0.1 ms.
struct MetricsText {
    /// Labels of a sample, in the form of the text without braces: `region="yantai",kind="inpatient"`.
    struct Labels {
        fileprivate let bytes: [UInt8]

        static let none = Labels()

        /// - Parameter values: those of the metric's labels, in their order.
        init(_ metric: Metric, _ values: String...) {
            precondition(values.count == metric.labels.count, "\(metric.name) has the labels \(metric.labels)")
            var bytes: [UInt8] = []
            for (label, value) in zip(metric.labels, values) {
                if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
                bytes += Array("\(label)=\"\(Self.escaped(value))\"".utf8)
            }
            self.bytes = bytes
        }

        private init() { bytes = [] }

        private static func escaped(_ value: String) -> String {
            guard value.utf8.contains(where: { $0 == 0x5c || $0 == 0x22 || $0 == 0x0a }) else { return value }
            return value.reduce(into: "") { text, character in
                switch character {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.append(character)
                }
            }
        }
    }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 1 << 16) { bytes.reserveCapacity(capacity) }

    /// Begins a metric; its samples follow.
    mutating func begin(_ metric: Metric) {
        put("# HELP ")
        put(metric.name)
        put(" ")
        put(metric.help)
        put("\n# TYPE ")
        put(metric.name)
        put(" ")
        put(metric.kind.rawValue)
        put("\n")
    }

    /// A metric with one sample.
    mutating func add(_ metric: Metric, _ value: UInt64, digits: Int = 0) {
        begin(metric)
        sample(metric, .none, value, digits: digits)
    }

    /// A sample of the metric that was begun; the value is one of 10^digits parts of the unit: fen of yuan with 2.
    mutating func sample(_ metric: Metric, _ labels: Labels, _ value: UInt64, digits: Int = 0) {
        put(metric.name)
        if !labels.bytes.isEmpty {
            put("{")
            bytes += labels.bytes
            put("}")
        }
        put(" ")
        put(value, digits: digits)
        put("\n")
    }

    /// A histogram of the metric that was begun, in 10^digits parts of the unit: nanoseconds of seconds with 9.
    mutating func sample(_ metric: Metric, _ labels: Labels, _ counts: HistogramCounts, digits: Int) {
        var sum: UInt64 = 0
        for (index, count) in counts.buckets.enumerated() {
            sum += count
            put(metric.name)
            put("_bucket{")
            bytes += labels.bytes
            put(labels.bytes.isEmpty ? "le=\"" : ",le=\"")
            if index < counts.bounds.values.count {
                put(counts.bounds.values[index], digits: digits)
            } else {
                put("+Inf")
            }
            put("\"} ")
            put(sum, digits: 0)
            put("\n")
        }
        for (ending, value, parts) in [("_sum", counts.sum, digits), ("_count", sum, 0)] {
            put(metric.name)
            put(ending)
            if !labels.bytes.isEmpty {
                put("{")
                bytes += labels.bytes
                put("}")
            }
            put(" ")
            put(value, digits: parts)
            put("\n")
        }
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Writes value / 10^digits exactly, without zeros at the end: 50,000 of 9 digits is 0.00005.
    private mutating func put(_ value: UInt64, digits: Int) {
        var power: UInt64 = 1
        for _ in 0..<digits { power *= 10 }
        putWhole(value / power)
        var rest = value % power
        guard rest > 0 else { return }
        put(".")
        while rest > 0 {
            power /= 10
            bytes.append(0x30 + UInt8(rest / power))
            rest %= power
        }
    }

    private mutating func putWhole(_ value: UInt64) {
        let start = bytes.count
        var rest = value
        repeat {
            bytes.append(0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
