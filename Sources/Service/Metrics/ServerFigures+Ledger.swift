import Ledger
import LedgerFormat
import RPC
import Settlement
import Text

extension ServerFigures {
    func write(_ access: LedgerAccess, _ metrics: ServerMetrics, _ text: inout MetricsText) {
        let ledger = access.ledger
        text.begin(.ledgerRefusing)
        for (reason, isRefusing) in [
            ("store", health.ledger?.isStoreFailing ?? false), ("clock", health.ledger?.isClockBehind ?? false),
        ] {
            text.sample(.ledgerRefusing, .init(.ledgerRefusing, reason), isRefusing ? 1 : 0)
        }
        write(ledger.counters, &text)
        text.add(.settlements, ledger.counters.settlementsBefore + ledger.counters.settled)
        text.add(.blocks, ledger.queue.durableBlock)
        writeCommits(metrics, &text)
        text.begin(.incidents)
        for kind in LedgerIncident.Kind.allCases {
            text.sample(
                .incidents, .init(.incidents, kind.rawValue.snakeCased), health.ledger?.count(of: kind) ?? 0)
        }
        text.add(.cacheHits, ledger.blockCache.hits)
        text.add(.cacheMisses, ledger.blockCache.misses)
        text.add(.cacheBytes, UInt64(max(0, ledger.blockCache.bytes)))
        let figures = slow.present
        text.add(.yearEndUnderWay, figures.yearEnd == nil ? 0 : 1)
        let share = min(1, max(0, figures.yearEnd?.share ?? 0))
        text.add(.yearEndProgress, UInt64(share * 10_000), digits: 4)
        text.add(.journalBytes, UInt64(figures.files.journal))
        text.add(.logBytes, UInt64(figures.files.log))
        text.add(.indexBytes, UInt64(figures.files.index))
        text.add(.diskAvailable, UInt64(figures.files.diskAvailable))
    }

    private func writeCommits(_ metrics: ServerMetrics, _ text: inout MetricsText) {
        text.begin(.commitDuration)
        text.sample(.commitDuration, .none, metrics.commits, digits: 9)
        text.begin(.commitAnswers)
        text.sample(.commitAnswers, .none, metrics.commitAnswers, digits: 0)
        text.add(.commitUnderWay, metrics.commitUnderWay ?? 0, digits: 9)
        if let since = metrics.sinceLastCommit {
            text.add(.lastCommit, Self.now - min(Self.now, since / 1_000_000), digits: 3)
        }
        text.add(.answersReplaced, metrics.statistics.answersReplaced)
    }

    private func write(_ counters: ClaimCounters, _ text: inout MetricsText) {
        let regions = Array(counters.regions.enumerated())
        text.begin(.claims)
        for (index, region) in regions {
            for kind in ClaimKind.allCases where kind != .unspecified {
                for result in ClaimCounters.Result.allCases {
                    text.sample(
                        .claims, .init(.claims, region, "\(kind)".snakeCased, "\(result)"),
                        counters.count(result, kind, region: index))
                }
            }
        }
        text.begin(.paid)
        for (index, region) in regions {
            for payer in ClaimCounters.Payer.all {
                text.sample(.paid, .init(.paid, region, payer.name), counters.paid(payer, region: index), digits: 2)
            }
        }
        text.begin(.takenBack)
        for (index, region) in regions {
            for payer in ClaimCounters.Payer.all {
                text.sample(
                    .takenBack, .init(.takenBack, region, payer.name), counters.takenBack(payer, region: index),
                    digits: 2)
            }
        }
    }
}

extension ClaimCounters.Payer {
    /// Of the wire: "large_amount", "family_account".
    fileprivate var name: String {
        switch self {
        case .fund(let fund): "\(fund)".snakeCased
        default: "\(self)".snakeCased
        }
    }
}
