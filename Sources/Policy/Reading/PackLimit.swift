import Settlement

/// Bounds of a policy pack: what a pack may make grow.
package enum PackLimit {
    /// Bytes of one file: 1 MiB, forty times the largest pack of the sources.
    package static var bytesMax: Int { 1 << 20 }
    /// Packs of one library.
    package static var packsMax: Int { 256 }
    /// Problems reported for one file; the rest is counted only.
    package static var problemsMax: Int { 200 }
    /// Diseases of a pack: a claim carries 1 + the index in a byte.
    package static var diseasesMax: Int { 254 }
    /// Diseases that the rules tell apart, without "no disease".
    package static var diseaseClassesMax: Int { Facet.diseaseClass.valuesMax - 1 }
    /// Supplementary products of a pack, without "none".
    package static var productsMax: Int { Facet.product.valuesMax - 1 }
    /// Accumulators of a pack.
    package static var accumulatorsMax: Int { CalculatorLimit.slotsMax }
    /// Layers that one settlement may walk.
    package static var layersPerPlanMax: Int { CalculatorLimit.layersMax }
    /// Layers that a pack may describe.
    package static var layersMax: Int { 64 }
    /// Funds of a pack.
    package static var fundsMax: Int { CalculatorLimit.fundsMax }
    /// Funds that may pay for one layer.
    package static var payersMax: Int { 2 }
    /// Brackets of one layer by payment.
    package static var paymentBracketsMax: Int { CalculatorLimit.paymentBracketsMax }
    /// Brackets of one layer by expense.
    package static var expenseBracketsMax: Int { CalculatorLimit.bracketsMax }
    /// Facets of one table: more is not a table that a person reads.
    package static var tableFacetsMax: Int { 3 }
    /// Keys of all versions of a pack: 4 MB of plan index.
    package static var planKeysMax: Int { 1_000_000 }
    /// Combinations of facts that one layer looks at, so that a pack compiles within seconds whatever it says.
    package static var layerKeysMax: Int { 100_000 }
    /// Parameters of a pack: ten times those of the sources.
    package static var parametersMax: Int { 512 }
    /// Names of one parameter.
    package static var parameterNamesMax: Int { 128 }
    /// The largest ratio of a parameter, in basis points: 1,000 %. Rule YT-9 compares with 150 %.
    package static var parameterRatioMax: BasisPoints { 100_000 }
    /// The largest whole number of a parameter: it counts days, weeks, months, persons.
    package static var parameterNumberMax: Int { 1_000_000_000 }
    /// Versions of a pack by date.
    package static var versionsMax: Int { 64 }
}
