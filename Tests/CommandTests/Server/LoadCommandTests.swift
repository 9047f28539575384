import Foundation
import Testing

@Suite struct `jiesuan load` {
    /// Some hundred requests of each workload, every answer checked, over a ledger and a register where it needs them.
    @Test(arguments: [
        ["calculate"], ["calculate", "--duplicates", "100", "--compression", "gzip"], ["quote"],
        ["settle", "--duplicates", "200"], ["settle", "--compression", "zlib", "--threads", "2"],
        ["batch", "--claims", "300"], ["batch", "--claims", "300", "--compression", "zlib"],
        ["settle-batch", "--claims", "300", "--duplicates", "300"], ["settle-batch", "--claims", "7", "--compression", "gzip"],
        // A pack without accumulators, and its person's year the first of the ledger.
        ["settle", "--regions", "anhui"], ["settle-batch", "--regions", "anhui", "--claims", "50"],
        ["mixed", "--claims", "20"], ["mixed", "--mix", "settle=1,calculate=1", "--regions", "chongqing"],
    ])
    func `every workload is answered rightly by the real server`(_ workload: [String]) throws {
        let requests = workload[0].hasSuffix("batch") ? 40 : 400
        let ended = try Program.run(
            ["load", "--workload"] + workload + [
                "--requests", "\(requests)", "--warm-up", "0", "--persons", "600", "--connections", "2", "--json", "-",
            ] + (workload[0].hasSuffix("batch") ? [] : ["--in-flight", "16"]))
        #expect(ended.code == 0 && ended.complaint == "", "\(ended.complaint)")
        let record = try object(ended.output)
        #expect(record["schema"] as? String == "jiesuan-load/1")
        #expect(record["sent"] as? Int == requests && record["answered"] as? Int == requests)
        #expect(record["wrong"] as? Int == 0 && (record["errors"] as? [Any])?.isEmpty == true)
        let latency = try #require(record["latency"] as? [String: Any])
        #expect(latency["count"] as? Int == requests)
        #expect(record["server"] != nil, "the server is its own child, whose CPU time is known")
    }

    /// gRPC's streams and windows, also of batches larger than a window, and HTTP/1.1's order.
    @Test(arguments: [
        ["calculate"], ["calculate", "--compression", "gzip"], ["settle", "--duplicates", "200"], ["quote"],
        ["settle", "--compression", "zlib", "--threads", "2"], ["settle-batch", "--claims", "300", "--duplicates", "300"],
        ["batch", "--claims", "20000"], ["batch", "--claims", "300", "--compression", "zlib"], ["mixed", "--claims", "20"],
    ])
    func `every workload is answered alike through every door`(_ workload: [String]) throws {
        let requests = workload[0].hasSuffix("batch") ? 12 : 300
        func checksum(_ wire: String) throws -> String {
            let ended = try Program.run(
                ["load", "--protocol", wire, "--workload"] + workload + [
                    "--requests", "\(requests)", "--warm-up", "0", "--persons", "600", "--connections", "2", "--json", "-",
                ] + (workload[0].hasSuffix("batch") ? [] : ["--in-flight", "16"]))
            #expect(ended.code == 0 && ended.complaint == "", "\(wire): \(ended.complaint)")
            let record = try object(ended.output)
            #expect(record["answered"] as? Int == requests && record["wrong"] as? Int == 0, "\(wire)")
            #expect((record["errors"] as? [Any])?.isEmpty == true, "\(wire): \(ended.output)")
            #expect((record["workload"] as? [String: Any])?["protocol"] as? String == wire)
            return try #require(record["checksum"] as? String)
        }
        let native = try checksum("baidu_std")
        // What is repeated or drawn from a mix, and which batch is next, depends on the answers' pace.
        let isFixed = workload[0] != "mixed" && workload[0] != "settle-batch" && !workload.contains("--duplicates")
        for wire in ["grpc", "http"] {
            let other = try checksum(wire)
            #expect(!isFixed || other == native, "\(wire)")
        }
    }

    @Test func `equal loads have equal checksums, also where the settlements are other ones`() throws {
        func checksum(_ workload: String, seed: Int) throws -> String {
            let ended = try Program.run(
                "load", "--workload", workload, "--requests", "300", "--warm-up", "0", "--persons", "600", "--connections",
                "2", "--in-flight", "16", "--seed", "\(seed)", "--json", "-")
            return try #require(try object(ended.output)["checksum"] as? String)
        }
        for workload in ["calculate", "settle"] {
            let one = try checksum(workload, seed: 1)
            #expect(try checksum(workload, seed: 1) == one)
            #expect(try checksum(workload, seed: 2) != one)
        }
    }

    @Test func `an open loop says what it offered, and writes its percentiles`() throws {
        try Program.withFolder { folder in
            let files = ["run.json", "run.hgrm"].map { folder.appendingPathComponent($0).path }
            let server = try Server()
            let ended = try Program.run(
                "load", "--server", server.address, "--rate", "500", "--arrivals", "poisson", "--seconds", "0.5",
                "--warm-up", "0", "--json", files[0], "--hgrm", files[1])
            #expect(ended.code == 0, "\(ended.complaint)")
            for word in ["offered", "achieved", "missed", "p99.99", "service time", "sent late by", "checksum"] {
                #expect(ended.output.contains(word), "\(word) in \(ended.output)")
            }
            let record = try object(try String(contentsOfFile: files[0], encoding: .utf8))
            #expect(record["offered"] as? Double == 500)
            #expect((record["workload"] as? [String: Any])?["loop"] as? String == "poisson")
            let percentiles = try String(contentsOfFile: files[1], encoding: .utf8)
            #expect(percentiles.contains("1/(1-Percentile)") && percentiles.contains("#[Max"))
            #expect(server.stop() == 0)
        }
    }

    @Test func `a ramp has its capacity, its steps, its overload and its recovery`() throws {
        let ended = try Program.run(
            "load", "--ramp", "--seconds", "0.2", "--warm-up", "0.1", "--json", "-", "--connections", "2")
        #expect(ended.code == 0, "\(ended.complaint)")
        let record = try object(ended.output)
        #expect(record["schema"] as? String == "jiesuan-ramp/1")
        let capacity = try #require(record["capacity"] as? Double)
        let steps = try #require(record["steps"] as? [[String: Any]])
        #expect(steps.compactMap { $0["factor"] as? Double } == (1...12).map { Double($0) / 10 })
        let overload = try #require(record["overload"] as? [[String: Any]])
        #expect(overload.compactMap { $0["factor"] as? Double } == [1, 2, 5, 10])
        let recovery = try #require((record["recovery"] as? [String: Any])?["run"] as? [String: Any])
        #expect(recovery["offered"] as? Double == 0.5 * capacity)
        #expect((recovery["server"] as? [String: Any])?["residentBytes"] != nil)
    }

    /// 20,000 made-up persons and 60,000 settlements in a ledger that people are paid from could not be taken back.
    @Test(arguments: ["quote", "settle", "mixed", "settle-batch"])
    func `a load that writes is refused by a server that was not started for it`(_ workload: String) throws {
        try Program.withFolder { folder in
            let path = folder.appendingPathComponent("ledger.db").path
            let load = ["load", "--workload", workload, "--requests", "20", "--warm-up", "0", "--persons", "600"]
            let server = try Server(ledger: path)
            let refused = try Program.run(load + ["--server", server.address])
            #expect(refused.code == 2 && refused.complaint.contains("--allow-load-tests"), "\(refused)")
            let calculate = try Program.run(
                "load", "--requests", "20", "--warm-up", "0", "--server", server.address)
            #expect(calculate.code == 0, "what writes nothing is let through: \(calculate.complaint)")
            #expect(server.stop() == 0)
            let ledger = try object(try Program.run("ledger", "verify", path, "--json").output)
            #expect(ledger["settlements"] as? Int == 0 && ledger["registry_rows"] as? Int == 0, "\(ledger)")

            let meant = try Server(ledger: path, "--allow-load-tests")
            let done = try Program.run(load + ["--server", meant.address])
            #expect(done.code == 0, "\(done.complaint)")
            #expect(meant.stop() == 0)
        }
    }

    @Test func `a server without a ledger, or none at all, is a plain error`() throws {
        let server = try Server("--allow-load-tests")
        let settle = try Program.run("load", "--server", server.address, "--workload", "settle", "--requests", "1")
        #expect(settle.code == 2 && settle.complaint.contains("the server has no ledger"), "\(settle.complaint)")
        #expect(server.stop() == 0)
        let gone = try Program.run("load", "--server", server.address, "--requests", "1")
        #expect(gone.code == 4 && gone.complaint.contains("cannot connect"), "\(gone.complaint)")
    }

    @Test(arguments: [
        ["--rate", "0"], ["--rate", "nan"], ["--seconds", "0"], ["--connections", "0"], ["--in-flight", "0"],
        ["--duplicates", "1001"], ["--workload", "nothing"], ["--mix", "calculate=1"],
        ["--workload", "mixed", "--mix", "calculate=0"], ["--claims", "5"], ["--workload", "batch", "--claims", "65537"],
        ["--regions", "atlantis"], ["--ramp", "--rate", "5"], ["--ramp", "--requests", "5"], ["--server-pid", "1"],
        ["--workload", "settle", "--persons", "10"],
        ["--workload", "batch", "--claims", "65536", "--in-flight", "500"],
    ])
    func `options that mean nothing are refused`(_ arguments: [String]) throws {
        let ended = try Program.run(["load"] + arguments)
        #expect(ended.code == 2 && !ended.complaint.isEmpty && ended.output.isEmpty, "\(ended)")
    }

    @Test func `a file that cannot be written is told before the run`() throws {
        let ended = try Program.run("load", "--json", "/nowhere/at/all.json")
        #expect(ended.code == 3 && ended.complaint.contains("/nowhere/at/all.json"), "\(ended.complaint)")
    }
}
