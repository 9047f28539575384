import Settlement
import Yams

/// A second round as the pack declares it.
struct SecondRoundSpec {
    var label: Label
    /// Index into the pack's layers.
    var layer: Int
    var citation: Citation
}

extension PackReader {
    /// `second_round: { zh: …, en: …, of: … }`, after the layers have been read.
    func readSecondRound(_ fields: Fields) {
        guard let node = fields.node("second_round"),
            let entry = Fields(
                node, "second_round", allowed: ["zh", "en", "of"] + citationKeys, problems: problems)
        else { return }
        let label = entry.label()
        let citation = citation(entry, isNumber: false)
        guard let name = entry.text("of"), let label, let citation else { return }
        let line = entry.node("of")!.line
        guard let layer = document.layers.firstIndex(where: { $0.id == name }) else {
            problems.add(line, "of: there is no layer '\(name)' under 'layers'")
            return
        }
        guard document.layers[layer].isComputed, document.layers[layer].payers.count == 1 else {
            problems.add(line, "of: '\(name)' has no ratio of one fund, so a second round has nothing to divide over")
            return
        }
        document.secondRound = SecondRoundSpec(label: label, layer: layer, citation: citation)
    }
}
