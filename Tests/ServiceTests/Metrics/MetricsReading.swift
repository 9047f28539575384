import Foundation
import Testing

/// Metrics of a text as a scraper reads them.
struct MetricsReading {
    /// Values by the whole sample: `jiesuan_requests_total{protocol="grpc"}`.
    private(set) var values: [String: Double] = [:]
    /// The types of the metrics, by name.
    private(set) var types: [String: String] = [:]
    /// Names in the order of the text.
    private(set) var names: [String] = []

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                let name = String(words[2])
                #expect(types[name] == nil, "\(name) begins twice")
                types[name] = String(words[3])
                names.append(name)
            } else if !line.hasPrefix("#") {
                let blank = try #require(line.lastIndex(of: " "))
                let sample = String(line[..<blank])
                let value = try #require(Double(line[line.index(after: blank)...]), "\(line)")
                #expect(values[sample] == nil, "\(sample) is there twice")
                values[sample] = value
            }
        }
    }

    func value(_ sample: String) throws -> Double { try #require(values[sample], "\(sample) is not there") }

    /// The sum of all samples of a metric that have these labels.
    func sum(_ name: String, _ labels: String...) -> Double {
        values.filter { sample, _ in
            (sample == name || sample.hasPrefix(name + "{")) && labels.allSatisfy(sample.contains)
        }.values.reduce(0, +)
    }
}
