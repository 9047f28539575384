// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that a build of the server does not build the benchmark library. It runs the cases of
// `micro-benchmark` with percentiles and comparisons with earlier runs.
let package = Package(
    name: "micro",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "jiesuan", path: "../../.."),
        // Without its allocator trait, which counts nothing on Linux; micro-benchmark counts.
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
