import Accounts
import ArgumentParser
import Population
import RegistryFiles
import Settlement

/// A day as an argument: 2024-06-30 or 20240630.
struct Day: ExpressibleByArgument {
    var date: CalendarDate

    init?(argument: String) {
        guard let date = try? DateText.date(argument) else { return nil }
        self.date = date
    }
}

/// An amount as an argument: yuan with up to two decimals; in fen.
struct Yuan: ExpressibleByArgument {
    var fen: Fen

    init?(argument: String) {
        guard let fen = try? YuanText.fen(argument) else { return nil }
        self.fen = fen
    }
}

/// A month as an argument: 2024-06 or 202406.
struct Month: ExpressibleByArgument {
    var month: CreditMonth

    init?(argument: String) {
        guard let number = Int32(argument.filter { $0 != "-" }), let month = CreditMonth(yearMonth: number) else {
            return nil
        }
        self.month = month
    }
}

/// What an account pays for, as packs name it: pharmacy, premium.resident.
struct Purpose: ExpressibleByArgument {
    var purpose: UsePurpose

    init?(argument: String) {
        guard let purpose = UsePurpose.allCases.first(where: { $0.name == argument }) else { return nil }
        self.purpose = purpose
    }
}

extension RegistryTable: ExpressibleByArgument {}

/// An amount as files have it: yuan with two decimals and no separators.
func yuanText(_ amount: Fen) -> String {
    var bytes: [UInt8] = []
    YuanText.append(amount, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}
