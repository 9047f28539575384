import Accounts
import LedgerIndex
import LedgerStore
import Policy
import Records
import Registry
import Settlement

/// The packs used by settlements of this ledger, each kept as its author wrote it, so that a settlement can be shown
/// and explained as it was made after its region's pack has been replaced.
package final class PackArchive {
    private let store: any LedgerStore
    private var kept: [KeptPack]
    private var compiled: [UInt32: PolicyPack] = [:]

    /// Opens the archive read-only: the packs kept so far, each checked against its digest.
    package convenience init(reading store: any LedgerStore) throws(LedgerProblem) { try self.init(store: store) }

    init(store: any LedgerStore) throws(LedgerProblem) {
        self.store = store
        do { kept = try store.packs() } catch { throw .store(error) }
        for pack in kept where sha256(Array(pack.yaml.utf8)) != pack.digest { throw .packDamaged(pack) }
    }

    /// The number of a pack; keeps the pack first where it is new.
    ///
    /// - Parameter keeps: false for a read-only ledger: the pack gets its number in memory only.
    func number(of pack: PolicyPack, keeps: Bool = true) throws(LedgerProblem) -> UInt32 {
        let fingerprint = Self.fingerprint(pack)
        if let found = kept.first(where: { $0.digest == pack.digest && $0.region == pack.region }) {
            guard found.fingerprint == fingerprint else { throw .packChanged(found) }
            compiled[found.number] = pack
            return found.number
        }
        do {
            let number =
                keeps
                ? try store.keep(
                    region: pack.region, digest: pack.digest, yaml: pack.yaml, fingerprint: fingerprint)
                : UInt32(kept.count + 1)
            kept.append(
                KeptPack(
                    number: number, region: pack.region, digest: pack.digest, yaml: pack.yaml,
                    fingerprint: fingerprint))
            compiled[number] = pack
            return number
        } catch {
            throw .store(error)
        }
    }

    /// Adds a pack that the store keeps; the compiled one of that number where there is one already.
    func add(_ numbered: NumberedPack) -> PolicyPack {
        let kept = numbered.kept
        if !self.kept.contains(where: { $0.number == kept.number }) { self.kept.append(kept) }
        if let pack = compiled[kept.number] { return pack }
        compiled[kept.number] = numbered.pack
        return numbered.pack
    }

    package var numbers: [UInt32] { kept.map(\.number) }

    /// The pack of a number, compiled once.
    package func pack(_ number: UInt32) throws(LedgerProblem) -> PolicyPack {
        if let pack = compiled[number] { return pack }
        guard let found = kept.first(where: { $0.number == number }) else { throw .packMissing(number) }
        let pack: PolicyPack
        do {
            pack = try PolicyPack.read(
                bytes: Array(found.yaml.utf8), file: "kept pack \(found.region)", isKept: true)
        } catch {
            throw .packChanged(found)
        }
        guard Self.fingerprint(pack) == found.fingerprint else { throw .packChanged(found) }
        compiled[number] = pack
        return pack
    }

    /// Fingerprint of a compiled pack: recorded outcomes refer to layers, plans, slots and diseases by number, so these
    /// must keep their meaning.
    static func fingerprint(_ pack: PolicyPack) -> String {
        var writer = ByteWriter()
        for accumulator in pack.accumulators { writer.text(accumulator.name) }
        for disease in pack.diseases { writer.text(disease.code) }
        for product in pack.products { writer.text(product.id) }
        for (layer, description) in zip(pack.calculator.layers, pack.layers) {
            writer.text(description.id)
            writer.text(description.first.id)
            writer.text(description.second?.id ?? "")
            writer.byte(layer.base.rawValue)
            writer.byte(layer.method.rawValue)
            writer.byte(layer.absorbedSlot)
            writer.byte(layer.measureSlot)
            writer.byte(layer.paidSlot)
            writer.byte(layer.payerCount)
            writer.signed(Int64(layer.ratio))
            writer.number(UInt64(layer.firstBracket))
            writer.number(UInt64(layer.bracketCount))
            writer.signed(layer.deductible)
            writer.signed(layer.cap)
            for payer in [layer.first, layer.second] {
                writer.byte(payer.category.rawValue)
                writer.byte(payer.paidSlot)
                writer.signed(payer.limit)
            }
        }
        for bracket in pack.calculator.brackets {
            writer.signed(bracket.lowerBound)
            writer.signed(Int64(bracket.ratio))
        }
        let (high, low) = hash128(writer.bytes, key: 0)
        return String(high, radix: 16) + "-" + String(low, radix: 16)
    }
}

/// Why a ledger cannot be opened.
package enum LedgerProblem: Error, Equatable, Sendable, CustomStringConvertible {
    case store(StoreFailure)
    case damage(LedgerDamage)
    /// A record of an account contradicts an earlier one.
    case account(AccountMismatch)
    /// The folder of derived files cannot be used.
    case derived(DerivedFailure)
    case packChanged(KeptPack)
    case packMissing(UInt32)
    /// A pack's text is not the kept one: settlements would be explained by the wrong rules.
    case packDamaged(KeptPack)
    /// Settlements of the region are recorded, and there is no pack of it.
    case regionMissing(String)
    /// The region's present pack lacks an accumulator that recorded years have.
    case accumulatorMissing(region: String, name: String)
    /// Too many regions, those of the library and of kept packs together.
    case tooManyRegions(Int)

    package var description: String {
        switch self {
        case .store(.newer(let reason)): "the ledger was written by a newer version: \(reason)"
        case .store(.damaged(let reason)): "the ledger is damaged: \(reason)"
        case .store(let failure): "the ledger cannot be used: \(failure.reason)"
        case .damage(let damage): "the ledger is damaged: \(damage)"
        case .account(let mismatch): "the ledger is damaged: \(mismatch)"
        case .derived(let trouble): "the ledger's folder of indexes cannot be used: \(trouble)"
        case .packChanged(let pack):
            "the pack \(pack.region) \(pack.digest.prefix(12)), which settlements of this ledger rest on, compiles "
                + "otherwise in this version of the program: use the version that wrote the ledger"
        case .packDamaged(let pack):
            "the ledger is damaged: the text of its kept pack \(pack.number) (\(pack.region)) does not fit its digest "
                + "\(pack.digest.prefix(12)): 'jiesuan ledger rescue' takes the text from a pack of that digest"
        case .packMissing(let number): "the ledger is damaged: it has no pack of number \(number)"
        case .regionMissing(let region):
            "the ledger has settlements of the region '\(region)', for which there is no policy pack: see --policies"
        case .accumulatorMissing(let region, let name):
            "the policy pack of '\(region)' has no accumulator '\(name)', "
                + "which years of this ledger have: keep it in the pack"
        case .tooManyRegions(let count):
            "the policy packs and the ledger's records are of \(count) regions; "
                + "at most \(PackLimit.packsMax) can be kept"
        }
    }
}
