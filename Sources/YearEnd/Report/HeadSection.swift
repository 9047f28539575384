import HTMLReport
import Settlement

/// The first screen: the verdict in a sentence, the key figures, what was proved, where to find the rest.
enum HeadSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        let totals = YearTotals(result)
        page.element("header") { head in
            head.element("h1") { $0.say(Words("\(result.year) 年度医保清算报告", "Year-end settlement report")) }
            head.element("p", ["class": "source"]) { $0.say(source(result)) }
            head.element("p", ["class": "verdict"]) { $0.say(verdict(result, totals)) }
            writeTiles(result, totals, to: &head)
            writeProof(result, to: &head)
            if !result.options.resettles {
                head.warning(
                    Words(
                        "未按最终事实重新结算：数字为原结算数字。",
                        "Nothing was settled again by the final facts: these are the figures as recorded."))
            }
            writeContents(to: &head)
        }
    }

    private static func source(_ result: YearResult) -> Words {
        let isAudit = result.options.isAudit
        return result.source == "ledger"
            ? Words(
                "数据来源：结算台账" + (isAudit ? "（全面审核）" : ""),
                "Source: the ledger" + (isAudit ? ", everything settled again as an audit" : ""))
            : Words(
                "数据来源：结算数据文件" + (isAudit ? "（全面审核）" : ""),
                "Source: claims files" + (isAudit ? ", everything settled again as an audit" : ""))
    }

    static func verdict(_ result: YearResult, _ totals: YearTotals) -> Words {
        guard result.settlements > 0 else {
            return Words(
                "\(result.year) 年没有结算记录。", "\(result.year): there is no settlement of the year that stands.")
        }
        let (persons, count) = (FigureText.count(result.persons), FigureText.count(result.settlements))
        let funds = FigureText.money(totals.funds)
        let changes = (FigureText.change(totals.raised), FigureText.change(totals.lowered))
        let proved =
            result.proof.isEmpty
            ? Words("未列出验证结果。", "no proof is listed.") : Words("各项合计均已验证。", "all sums proved.")
        return Words(
            "\(result.year) 年：\(persons) 人，\(count) 笔结算；基金支付 \(funds)；"
                + "基金调整 \(changes.0) 元、\(changes.1) 元；\(proved.zh)",
            "\(result.year): \(persons) persons, \(count) settlements; funds pay \(funds); "
                + "funds adjusted \(changes.0) / \(changes.1) yuan; \(proved.en)")
    }

    // MARK: Tiles

    private static func writeTiles(_ result: YearResult, _ totals: YearTotals, to page: inout HTMLWriter) {
        let adjustments = result.adjustments
        let tiles: [(Words, String, Words)] = [
            (
                Words("总费用", "Total cost"), FigureText.money(totals.total),
                Words("统筹区 \(result.regions.count) 个", "regions: \(result.regions.count)")
            ),
            (Words("基金支付", "Paid by funds"), FigureText.money(totals.funds), share(totals.funds, totals)),
            (Words("个人账户", "Personal accounts"), FigureText.money(totals.account), share(totals.account, totals)),
            (Words("个人现金", "Persons' cash"), FigureText.money(totals.cash), share(totals.cash, totals)),
            (
                Words("结算", "Settlements"), FigureText.count(result.settlements),
                Words(
                    "另有已撤销 \(FigureText.count(result.reversed)) 笔",
                    "and \(FigureText.count(result.reversed)) reversed")
            ),
            (
                Words("参保人", "Persons"), FigureText.count(result.persons),
                Words(
                    "重新结算 \(FigureText.count(result.resettled)) 个人年度",
                    "\(FigureText.count(result.resettled)) years settled again")
            ),
            (
                Words("调整", "Adjustments"), FigureText.count(adjustments.count),
                Words(
                    "涉及 \(FigureText.count(adjustments.persons)) 人",
                    "of \(FigureText.count(adjustments.persons)) persons")
            ),
            (
                Words("应退净额", "To be recovered, net"), FigureText.money(totals.recoveries.net),
                Words(
                    "\(FigureText.count(totals.recoveries.netPersons)) 人；总额 \(FigureText.money(totals.recoverable))",
                    "of \(FigureText.count(totals.recoveries.netPersons)) persons; gross "
                        + FigureText.money(totals.recoverable))
            ),
        ]
        page.element("dl", ["class": "tiles"]) { list in
            for (name, figure, remark) in tiles {
                list.element("div") { tile in
                    tile.element("dt") { $0.say(name) }
                    tile.element("dd", ["class": figure.count > 18 ? "big long" : "big"], text: figure)
                    tile.element("dd", ["class": "remark"]) { $0.say(remark) }
                }
            }
        }
    }

    private static func share(_ part: Fen, _ totals: YearTotals) -> Words {
        let share = FigureText.share(part, of: totals.total)
        return Words("占总费用 \(share)", "of the total")
    }

    // MARK: Proof

    /// What the rules' proofs are in Chinese; the result words them in English.
    private static let proofs: KeyValuePairs<String, String> = [
        "G-7:": "基金＋个人账户＋现金＋应退＝总费用，逐笔、逐统筹区",
        "G-13:": "原结算＋调整＝最终，逐项基金、账户、个人",
        "G-18:": "应付机构＋应付个人＋应付个人账户＋系统外已支付−应退＝基金合计，逐项基金",
        "YE-3:": "全部机构各月清算之和＝基金与个人账户应付机构合计",
        "SY-4:": "第二轮恰好付清结余，或付清全部未付部分",
        "YE-5:": "年初余额＋计入−使用＝结转余额（个人账户）",
    ]

    private static func writeProof(_ result: YearResult, to page: inout HTMLWriter) {
        guard !result.proof.isEmpty else { return }
        page.element("div", ["class": "proof"]) { box in
            box.element("h2") { $0.say(Words("已验证", "What was proved before this was written")) }
            box.element("ul") { list in
                for line in result.proof {
                    let zh = proofs.first { line.hasPrefix($0.key) }?.value ?? ""
                    list.element("li") { $0.say(Words(zh.isEmpty ? line : zh, line)) }
                }
            }
        }
    }

    // MARK: Contents

    private static let contents: [(String, Words)] = [
        ("regions", Words("统筹区", "Regions")), ("adjustments", Words("调整", "Adjustments")),
        ("second-round", Words("第二轮", "Second round")), ("clearing", Words("机构清算", "Clearing")),
        ("monitoring", Words("监测", "Monitoring")), ("assessment", Words("目录外占比", "Out of catalogue")),
        ("accounts", Words("个人账户", "Accounts")), ("registers", Words("台账", "Registers")),
        ("refused", Words("未结算", "Refused")), ("files", Words("文件", "Files")),
        ("inputs", Words("输入与政策", "Inputs")),
    ]

    private static func writeContents(to page: inout HTMLWriter) {
        page.element("nav", ["aria-label": "目录 · Contents"]) { nav in
            for (id, words) in contents { nav.element("a", ["href": "#\(id)"]) { $0.say(words) } }
        }
    }
}
