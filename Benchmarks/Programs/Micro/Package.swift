// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who builds the server builds the benchmark library. It runs the same cases as
// `micro-benchmark`, and shows what that does not: percentiles and comparisons with earlier runs.
let package = Package(
    name: "micro",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "jiesuan", path: "../../.."),
        // Without its allocator: it counts nothing on Linux, and micro-benchmark does.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Parts",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "MicroCases", package: "jiesuan"),
            ],
            path: "Benchmarks/Parts",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
