// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 mode (strict concurrency) comes with the tools version; warnings do not land.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

// Dependencies point one way: a target knows only targets that stand above it in this list, imports all that it
// declares and declares all that it imports. A test holds this sentence.
let package = Package(
    name: "jiesuan",
    products: [
        .executable(name: "jiesuan", targets: ["jiesuan"]),
        // For Swift programs that call a server: `import Client`.
        .library(name: "JiesuanClient", targets: ["Client"]),
        .library(name: "MicroCases", targets: ["MicroCases"]),
    ],
    // Exact versions: a commit builds tomorrow what it builds today.
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    ],
    targets: [
        // The calculator: values and one function. No I/O, no Foundation, no allocation.
        .target(name: "Settlement", swiftSettings: strict),
        // Text for people and programs: tables, amounts, JSON, the names of the wire.
        .target(name: "Text", dependencies: ["Settlement"], swiftSettings: strict),
        // SHA-256 of Debian's libmd, for the digest of a pack.
        .systemLibrary(name: "CMessageDigest", providers: [.apt(["libmd-dev"])]),
        // Policy packs: read, check, compile to plans, cite, explain.
        .target(
            name: "Policy",
            dependencies: ["Text", "Settlement", "Yams", "CMessageDigest"],
            resources: [.copy("Packs")],
            swiftSettings: strict),

        // What records of the journal are made of: bytes, times, and why something is refused.
        .target(name: "Records", dependencies: ["Text", "Settlement"], swiftSettings: strict),
        // Who is insured how: persons, institutions, identities, filings; the rules of registering them.
        .target(name: "Registry", dependencies: ["Records", "Text", "Settlement", "Policy"], swiftSettings: strict),
        // Personal accounts: credits, uses, statements.
        .target(
            name: "Accounts", dependencies: ["Registry", "Records", "Policy", "Settlement"], swiftSettings: strict),
        // zlib's macros, snappy, CRC-32C and protobuf-c's allocator, for Swift.
        .target(
            name: "CShims",
            linkerSettings: [.linkedLibrary("z"), .linkedLibrary("snappy"), .linkedLibrary("protobuf-c")]),
        // SQLite through its C interface.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        // What the journal's store and its indexes both know: blocks, positions, what goes wrong.
        .target(name: "LedgerFormat", dependencies: ["Records", "Settlement", "CShims"], swiftSettings: strict),
        // Blocks of the journal in a file: durable, locked, checked, rescued. Knows nothing of what they say.
        .target(
            name: "LedgerStore", dependencies: ["LedgerFormat", "Policy", "Text", "CSQLite", "CShims"],
            swiftSettings: strict),
        // What derives from the journal: sorted runs, visits, snapshots. Knows no store.
        .target(
            name: "LedgerIndex", dependencies: ["LedgerFormat", "Registry", "Records", "Policy", "Settlement"],
            swiftSettings: strict),
        // Settled claims, persons' years and accounts: durable, idempotent.
        .target(
            name: "Ledger",
            dependencies: [
                "LedgerIndex", "LedgerStore", "LedgerFormat", "Accounts", "Registry", "Records", "Policy", "Text",
                "Settlement",
            ],
            swiftSettings: strict),

        // Claims in quantity: CSV files, the seeded generator, the worked examples of the sources.
        .target(name: "Population", dependencies: ["Records", "Text", "Settlement", "Policy"], swiftSettings: strict),

        // The lists and registers that offices work with: by person, by area, by month.
        .target(
            name: "Lists",
            dependencies: ["Registry", "Population", "Records", "Policy", "Text", "Settlement"], swiftSettings: strict),

        // Workbooks through libxlsxwriter.
        .systemLibrary(name: "CXlsxWriter", providers: [.apt(["libxlsxwriter-dev"])]),
        // Tables as workbooks (.xlsx).
        .target(
            name: "Workbook", dependencies: ["Population", "Settlement", "CXlsxWriter"], swiftSettings: strict),

        // Parts of reports: HTML, tables, pictures in SVG, figures, style.
        .target(name: "HTMLReport", dependencies: ["Text"], swiftSettings: strict),
        // The end of the year: settle again, second round, clearing, registers; posts what it found.
        .target(
            name: "YearEnd",
            dependencies: [
                "HTMLReport", "Workbook", "Lists", "Ledger", "LedgerIndex", "LedgerStore", "LedgerFormat", "Accounts",
                "Registry", "Records", "Policy", "Population", "Text", "Settlement",
            ],
            swiftSettings: strict),

        // Who did what to which record: a log of lines that are bound to each other, written and followed.
        .target(
            name: "Audit", dependencies: ["Records", "Text", "Settlement", "CMessageDigest"], swiftSettings: strict),

        // The register as CSV files, to import and export.
        .target(
            name: "RegistryFiles", dependencies: ["Population", "Registry", "Settlement", "Text"],
            swiftSettings: strict),

        // C code generated from Proto/ by protoc-c; `make proto` makes it anew.
        .target(name: "WireMessages", path: "Sources/Generated/WireMessages"),
        // HTTP/2 of nghttp2, as a machine of bytes: for load's clients, and to hold our own against.
        .systemLibrary(name: "CNghttp2", providers: [.apt(["libnghttp2-dev"])]),
        // OpenSSL's sessions over bytes in memory, and its macros, for Swift.
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        // TLS as a machine of bytes: certificates, sessions of servers and clients. Knows no socket.
        .target(name: "TLS", dependencies: ["COpenSSL"], swiftSettings: strict),
        // Frames, compression, dispatch, worker pool. Knows nothing of insurance.
        .target(
            name: "RPC",
            dependencies: [
                "TLS", "CShims",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // What the .proto files declare, by their compiled descriptions: reflection, OpenAPI, the bundle for clients.
        .target(name: "Descriptors", dependencies: ["RPC", "Text", "WireMessages"], swiftSettings: strict),
        // Messages as proto3 JSON, by protobuf-c's descriptions of them, and which methods there are.
        .target(name: "ProtoJSON", dependencies: ["RPC", "Policy", "WireMessages", "CShims"], swiftSettings: strict),
        // A client of the wire protocol.
        .target(
            name: "Client",
            dependencies: [
                "RPC", "TLS", "WireMessages", "Lists", "Accounts", "Registry", "Population", "Records", "Policy",
                "Text", "Settlement",
            ],
            swiftSettings: strict),
        // What load runs and benchmarks measured, as files.
        .target(name: "Measurement", swiftSettings: strict),
        // A benchmark's results as a page and as Markdown.
        .target(name: "Report", dependencies: ["HTMLReport", "Measurement"], swiftSettings: strict),
        // epoll, which Swift's Glibc module leaves out.
        .systemLibrary(name: "CEpoll"),
        // Load on a server: schedules, connections, checked answers, latencies.
        .target(
            name: "LoadTest",
            dependencies: [
                "Client", "RPC", "TLS", "Measurement", "Registry", "Population", "Records", "Policy", "Text",
                "Settlement", "CEpoll", "CNghttp2",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict),
        // The RPC services: messages ↔ domain, one file per service.
        .target(
            name: "Service",
            dependencies: [
                "ProtoJSON", "Descriptors", "YearEnd", "Audit", "Lists", "RPC", "Ledger", "LedgerIndex",
                "LedgerStore", "LedgerFormat", "Accounts", "Registry", "Population", "Records", "Policy", "Text",
                "Settlement", "WireMessages", "CShims",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Which commit a program was built from.
        .target(name: "BuildStamp", dependencies: ["Policy"], swiftSettings: strict),
        // The command line.
        .executableTarget(
            name: "jiesuan",
            dependencies: [
                "BuildStamp", "Report", "LoadTest", "Measurement", "YearEnd", "Audit", "Service", "ProtoJSON", "Client",
                "RPC", "TLS", "Ledger", "LedgerIndex", "LedgerStore", "LedgerFormat", "Accounts", "RegistryFiles",
                "Workbook",
                "CShims",
                "Lists", "Registry", "Population", "Records", "Policy", "Text", "Settlement", "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Counts malloc calls: replaces the allocator of the test process.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),

        // The calculator against the same algorithm in C; see Benchmarks/README.md.
        .target(name: "CCalculator", path: "Benchmarks/Programs/Calculator/C"),
        .executableTarget(
            name: "calculator-benchmark",
            dependencies: [
                "CCalculator", "Records", "Settlement",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Programs/Calculator/Swift",
            swiftSettings: strict),

        // Durable commits of the ledger's store against a bare file with fdatasync.
        .executableTarget(
            name: "store-benchmark",
            dependencies: [
                "LedgerStore", "LedgerFormat",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Programs/Store",
            swiftSettings: strict),

        // Durable settlements over TCP against the bare store.
        .executableTarget(
            name: "ledger-benchmark",
            dependencies: [
                "Client", "LedgerStore", "LedgerFormat", "RPC", "Registry", "Population", "Settlement",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Programs/Ledger",
            swiftSettings: strict),

        // Small parts of the server, one by one: the cases, and a program that times them and counts mallocs.
        .target(
            name: "MicroCases",
            dependencies: [
                "Service", "Client", "RPC", "LedgerStore", "LedgerFormat", "Registry", "Records", "Population",
                "Policy",
                "Settlement", "WireMessages",
            ],
            path: "Benchmarks/Programs/Micro/Cases",
            swiftSettings: strict),
        .executableTarget(
            name: "micro-benchmark",
            dependencies: [
                "MicroCases", "CAllocationCounter",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Programs/Micro/Program",
            swiftSettings: strict),

        // Makes a ledger of a generated year, to measure the year's end on.
        .executableTarget(
            name: "year-end-benchmark",
            dependencies: [
                "Ledger", "LedgerStore", "Registry", "Records", "Policy", "Population", "Settlement",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Programs/YearEnd", exclude: ["README.md"],
            swiftSettings: strict),

        // Starts a program with no open file but its streams.
        .target(name: "CSpawn", path: "Tests/CSpawn"),
        // What tests of several targets share: processes that they start, the built program, bounded waits.
        .target(
            name: "TestSupport", dependencies: ["CSpawn", "CNghttp2"], path: "Tests/Support", swiftSettings: strict),
        // A client with a bound, for tests of servers.
        .target(
            name: "ClientTesting", dependencies: ["Client", "TestSupport"], path: "Tests/ClientTesting",
            swiftSettings: strict),
        // Authorities and certificates of tests.
        .target(name: "TLSTesting", dependencies: ["COpenSSL"], path: "Tests/TLSTesting", swiftSettings: strict),
        .testTarget(
            name: "TLSTests", dependencies: ["TLSTesting", "TestSupport", "TLS", "COpenSSL"], swiftSettings: strict),
        // The repository itself: generated code, citations, documents, whose commands the built program runs.
        .testTarget(
            name: "ProjectTests",
            dependencies: ["TestSupport", "jiesuan", "RPC", "Records", "Policy", "Registry", "Text", "Settlement"],
            swiftSettings: strict),
        .testTarget(name: "SettlementTests", dependencies: ["TestSupport", "Settlement"], swiftSettings: strict),
        .testTarget(
            name: "PolicyTests",
            dependencies: ["Policy", "Settlement"],
            resources: [.copy("Packs")],
            swiftSettings: strict),
        .testTarget(
            name: "RegistryTests",
            dependencies: [
                "TestSupport", "RegistryFiles", "Registry", "Population", "Records", "Policy", "Settlement", "Text",
                "CAllocationCounter",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ListsTests", dependencies: ["Lists", "Registry", "Population", "Records", "Policy", "Settlement"],
            swiftSettings: strict),
        .testTarget(
            name: "AccountTests",
            dependencies: ["TestSupport", "Accounts", "Registry", "Records", "Policy", "Settlement"],
            swiftSettings: strict),
        // A file layer that fails, for SQLite.
        .target(name: "CFaultDisk", dependencies: ["CSQLite"], path: "Tests/CFaultDisk"),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "TestSupport", "Ledger", "LedgerIndex", "LedgerStore", "LedgerFormat", "Accounts", "Registry",
                "Records", "Policy", "Population", "Settlement", "CSQLite", "CFaultDisk",
            ],
            swiftSettings: strict),
        // Reads a report as a reader of XML does.
        .target(name: "ReportTesting", path: "Tests/ReportTesting", swiftSettings: strict),
        .testTarget(
            name: "YearEndTests",
            dependencies: [
                "TestSupport", "jiesuan", "YearEnd", "HTMLReport", "ReportTesting", "Ledger", "LedgerStore",
                "LedgerFormat", "Accounts", "Registry", "Records", "Policy", "Population", "Text", "Settlement",
            ],
            swiftSettings: strict),
        .testTarget(name: "AuditTests", dependencies: ["TestSupport", "Audit", "Records"], swiftSettings: strict),
        .testTarget(
            name: "WorkbookTests", dependencies: ["TestSupport", "Workbook", "Population"], swiftSettings: strict),
        .testTarget(
            name: "ReportTests",
            dependencies: ["TestSupport", "jiesuan", "Report", "HTMLReport", "Measurement", "ReportTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "PopulationTests",
            dependencies: ["TestSupport", "Population", "Policy", "Text", "Settlement"], swiftSettings: strict),
        .testTarget(
            name: "ExplainTests", dependencies: ["Policy", "Population", "Text", "Settlement"], exclude: ["Snapshots"],
            swiftSettings: strict),
        // The built executable from outside.
        .testTarget(
            name: "CommandTests", dependencies: ["TLSTesting", "TestSupport", "jiesuan", "BuildStamp"],
            swiftSettings: strict),
        .testTarget(
            name: "RPCTests",
            dependencies: [
                "ClientTesting", "TLSTesting", "TestSupport", "RPC", "TLS", "Client", "WireMessages", "CShims",
                "CNghttp2", "CAllocationCounter",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .testTarget(
            name: "DescriptorTests", dependencies: ["TestSupport", "Descriptors", "ProtoJSON", "CShims"],
            swiftSettings: strict),
        .testTarget(
            name: "ProtoJSONTests", dependencies: ["TestSupport", "ProtoJSON", "CShims"],
            exclude: ["googles_json.py"],
            swiftSettings: strict),
        .testTarget(
            name: "LoadTests",
            dependencies: [
                "TestSupport", "jiesuan", "LoadTest", "Measurement", "Service", "Client", "RPC", "Population",
                "Policy",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "ClientTesting", "TestSupport", "ProtoJSON", "YearEnd", "Audit", "Service", "Client", "Lists", "RPC",
                "Ledger", "LedgerStore", "LedgerFormat", "Accounts", "Registry", "Population", "Records", "Policy",
                "Text",
                "Settlement",
                "WireMessages", "CShims", "CAllocationCounter",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // A second reading of the rules, compared with the product.
        .testTarget(name: "OracleTests", dependencies: ["TestSupport", "Policy", "Settlement"], swiftSettings: strict),
    ]
)
