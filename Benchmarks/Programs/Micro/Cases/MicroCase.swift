/// One small part of the product, to be measured by itself.
public struct MicroCase: Sendable {
    /// What it is called in results and on the command line.
    public let name: String
    /// Operations of one run.
    public let operations: Int
    /// Makes what the runs need, and gives the run itself; what it throws ends the benchmark.
    public let prepare: @Sendable () throws -> () throws -> Void

    init(_ name: String, operations: Int, prepare: @escaping @Sendable () throws -> () throws -> Void) {
        self.name = name
        self.operations = operations
        self.prepare = prepare
    }

    /// All of them, in the order of a claim's way through the server.
    ///
    /// - Parameter folder: where the ledger's file is made, and removed afterwards.
    public static func all(folder: String) -> [MicroCase] {
        WireCases.all + CalculationCases.all + FileCases.all + [LedgerCase.commit(folder: folder)]
    }
}

/// A case that does not come out as it must: what it measures is not what it says.
struct MicroFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Keeps a value from being optimised away.
@inline(never)
func consume<Value>(_ value: Value) {}
