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

/// An amount of 0 or more as an argument: 40000 or 40000.50 yuan; in fen.
struct NonNegativeYuan: ExpressibleByArgument {
    var fen: Fen

    init?(argument: String) {
        guard let yuan = Yuan(argument: argument), yuan.fen >= 0 else { return nil }
        fen = yuan.fen
    }
}

/// A month as an argument: 2024-06 or 202406.
struct Month: ExpressibleByArgument {
    var month: CreditMonth

    init?(argument: String) {
        // 2024-6 is 2024-06.
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
        let digits = parts.count == 2 && parts[1].count == 1 ? "\(parts[0])0\(parts[1])" : parts.joined()
        guard parts.count == 1 || parts.count == 2 && parts[0].count == 4, digits.utf8.count == 6,
            let number = Int32(digits), let month = CreditMonth(yearMonth: number)
        else { return nil }
        self.month = month
    }

    var year: Int32 { month.yearMonth / 100 }

    /// 1 … 12.
    var number: Int32 { month.yearMonth % 100 }

    /// As `CalendarDate.monthIndex` counts.
    var index: Int32 { month.firstDay.monthIndex }
}

/// A purpose of account use, by its name in packs: pharmacy, premium.resident.
struct Purpose: ExpressibleByArgument {
    var purpose: UsePurpose

    init?(argument: String) {
        guard let purpose = UsePurpose.allCases.first(where: { $0.name == argument }) else { return nil }
        self.purpose = purpose
    }
}

extension RegistryTable: ExpressibleByArgument {}
