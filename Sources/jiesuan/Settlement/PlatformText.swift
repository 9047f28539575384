import Client
import Population
import Settlement
import Text

/// A settlement in the national platform's words (`--platform`), as JSON with the platform's names: amounts in yuan,
/// ratios as 0.7000.
enum PlatformText {
    /// - Throws: where the server's answer lacks it.
    static func json(_ answer: RemotePlatformAnswer?) throws(Failure) -> String {
        guard let answer else {
            throw Failure(.server, "the server is older than --platform and does not say it; update the server")
        }
        var json = JSONText()
        json.object { json in
            json.object("setlinfo") { json in
                for (name, text) in answer.words where !text.isEmpty { json.field(name, text) }
                for (name, amount) in answer.amounts {
                    json.field(name, decimal: YuanText.text(amount))
                    if name == "hifp_pay" { json.field("pool_prop_selfpay", decimal: ratio(answer.poolRatio)) }
                }
            }
            json.array("setldetail") { json in
                for row in answer.rows { json.object { add(row, to: &$0) } }
            }
        }
        return json.text
    }

    private static func add(_ row: RemotePlatformAnswer.Row, to json: inout JSONText) {
        if !row.code.isEmpty { json.field("fund_pay_type", row.code) }
        json.field("fund_pay_type_name", row.name)
        if !row.fund.isEmpty { json.field("inscp_scp_amt", decimal: YuanText.text(row.inScope)) }
        if let left = row.limitLeft { json.field("crt_payb_lmt_amt", decimal: YuanText.text(left)) }
        json.field("fund_payamt", decimal: YuanText.text(row.paid))
    }

    private static func ratio(_ basisPoints: UInt32) -> String {
        let digits = String(basisPoints % 10_000)
        return "\(basisPoints / 10_000)." + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
