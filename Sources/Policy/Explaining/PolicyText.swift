import Settlement
import Text

/// Packs in a list, for people and for programs.
package enum PolicyText {
    package static func table(_ packs: [PolicyPack]) -> [String] {
        var table = TextTable([.left, .left, .left, .left, .right, .right, .left])
        table.add(["region", "", "in force from", "until", "rules", "layers", "digest"])
        table.addRule()
        for pack in packs {
            table.add([
                pack.region, pack.label.both, pack.inForce.from.description,
                pack.inForce.until == .none ? "open" : pack.inForce.until.description, String(pack.rules.count),
                String(pack.layers.count), String(pack.digest.prefix(12)),
            ])
        }
        return table.lines()
    }

    package static func json(_ packs: [PolicyPack]) -> String {
        var json = JSONText()
        json.array { json in
            for pack in packs {
                json.object { json in
                    json.field("region", pack.region)
                    json.label("name", pack.label)
                    json.field("digest", pack.digest)
                    json.field("in_force_from", pack.inForce.from.number)
                    json.field("in_force_until", pack.inForce.until.number)
                    json.array("rules") { json in
                        for rule in pack.rules { json.value(rule) }
                    }
                    json.array("accumulators") { json in
                        for accumulator in pack.accumulators { json.value(accumulator.name) }
                    }
                    json.array("diseases") { json in
                        for disease in pack.diseases { json.value(disease.code) }
                    }
                    json.array("products") { json in
                        for product in pack.products { json.value(product.id) }
                    }
                }
            }
        }
        return json.text
    }
}
