/// A small part of the product to measure by itself.
public struct MicroCase: Sendable {
    /// Its name in results and on the command line.
    public let name: String
    /// Operations of one run.
    public let operations: Int
    /// Prepares the case and returns its run; an error ends the benchmark.
    public let prepare: @Sendable () throws -> () throws -> Void

    init(_ name: String, operations: Int, prepare: @escaping @Sendable () throws -> () throws -> Void) {
        self.name = name
        self.operations = operations
        self.prepare = prepare
    }

    /// All cases, in the order of a claim's way through the server.
    ///
    /// - Parameter folder: folder of the temporary ledger file.
    public static func all(folder: String) -> [MicroCase] {
        WireCases.all + CalculationCases.all + RegisterCases.all + FileCases.all + [LedgerCase.commit(folder: folder)]
    }
}

/// A case with an unexpected result, which would measure something else than its name says.
struct MicroFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Keeps a value from being optimised away.
@inline(never)
func consume<Value>(_ value: Value) {}
