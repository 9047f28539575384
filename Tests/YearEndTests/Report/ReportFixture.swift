import Foundation
import YearEnd

/// Results of a year made by hand, as `result.json` has them.
enum ReportFixture {
    /// A small year of one region; its figures are told apart by their digits.
    static func small() throws -> YearResult { try decode(smallJSON) }

    /// A year in which nothing happened.
    static func empty() throws -> YearResult {
        var result = try small()
        result.input = [:]
        result.policies = [:]
        (result.persons, result.settlements, result.reversed, result.resettled) = (0, 0, 0, 0)
        result.regions = []
        result.adjustments = AdjustmentResult()
        result.secondRounds = []
        result.recognitions = RecognitionSums()
        result.clearing = []
        result.monitoring = []
        result.assessments = []
        result.accounts = AccountTotals()
        result.registers = RegisterResult()
        result.refused = []
        result.otherYears = 0
        result.proof = []
        result.files = []
        return result
    }

    static func decode<Value: Decodable>(_ json: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(json.utf8))
    }

    static func clearing(_ institution: String, final: Int64, limit: Int64?) throws -> ClearingResult {
        var result: ClearingResult = try decode(
            """
            {"institution": "X", "settlements": 1, "reversals": 0, "uses": 0, "refunds": 0, "total": \(final),
             "funds": \(final), "accounts": 0, "paidOutside": 0, "adjusted": 0}
            """)
        result.institution = institution
        result.limit = limit
        result.over = limit.map { final - $0 }
        return result
    }

    private static let smallJSON = """
        {"format": 1, "year": 2020, "source": "ledger", "persons": 1234, "settlements": 56789, "reversed": 321,
         "resettled": 87, "posts": 0, "otherYears": 4567, "repeated": 0,
         "options": {"year": 2020, "isAudit": false, "resettles": true, "surplus": {"shenyang": 700000},
                     "disposableIncome": 3456789, "lastMonth": 2, "institutionTotals": {"H1": 1},
                     "campaign": {"from": 20200301, "until": 20200531}},
         "input": {"ledger": "feedbeef", "end": "991", "checksum": "cafe01"},
         "policies": {"shenyang": "5615f2179d089fafaed532df1f86d14d97d2f7633657e79d6faeae1b26165917"},
         "regions": [{"region": "shenyang", "zh": "沈阳市", "en": "Shenyang", "settlements": 56789, "reversed": 321,
           "total": 100000000,
           "funds": [
             {"fund": {"id": "basic", "zh": "基本医疗保险", "en": "Basic insurance", "category": "pool", "code": "310100"},
              "amounts": {"recorded": 61000000, "adjusted": -1234567, "final": 59765433},
              "payees": {"institutions": 50111111, "persons": 221122, "accounts": 33133, "outside": 10599967,
                         "outsideOfPersons": 100, "recoverable": 1200000}},
             {"fund": {"id": "plus", "zh": "扶贫补充险", "en": "Supplementary", "category": "supplementary", "code": ""},
              "amounts": {"recorded": 4000000, "adjusted": 734567, "final": 4734567},
              "payees": {"institutions": 4034567, "persons": 700000, "accounts": 0, "outside": 0, "outsideOfPersons": 0,
                         "recoverable": 0}}],
           "account": {"recorded": 5000000, "adjusted": 0, "final": 5000000},
           "cash": {"recorded": 30000000, "adjusted": -700000, "final": 29300000},
           "recoverable": {"recorded": 0, "adjusted": 1200000, "final": 1200000},
           "recoveries": {"persons": 67, "netPersons": 63, "due": 1200000, "owed": 1190022, "net": 36220},
           "accountPayees": {"institutions": 5033133, "persons": 0, "uses": 141421},
           "kinds": [{"kind": "inpatient", "settlements": 777, "total": 88888888, "fund": 55555555}]}],
         "adjustments": {"count": 47, "persons": 19, "reasons": [
           {"reason": "FACT", "count": 31}, {"reason": "NOT_COVERED", "count": 16}]},
         "secondRounds": [{"region": "shenyang", "surplus": 700000, "settlements": 333, "unpaid": 2900000,
                           "paidBefore": 130000, "excess": 30000, "left": 2800000, "paid": 600000,
                           "remainders": 29}],
         "recognitions": {"recognitions": 11, "due": 1111100, "paid": 1010101, "outstanding": 202020,
                          "overpaid": 101021},
         "clearing": [
           {"institution": "H1", "settlements": 40001, "reversals": 300, "uses": 17, "refunds": 2,
            "total": 70000001, "funds": 44000001, "accounts": 1300002, "paidOutside": 9000009,
            "adjusted": -1000000, "limit": 43000000, "over": 1000001},
           {"institution": "H2", "settlements": 16788, "reversals": 21, "uses": 0, "refunds": 0, "total": 29999999,
            "funds": 19799999, "accounts": 0, "paidOutside": 0, "adjusted": -200000}],
         "monitoring": [
           {"month": 202001, "persons": 41, "first": 41, "civilAffairs": 30, "ruralRevitalisation": 13},
           {"month": 202002, "persons": 1052, "first": 1017, "civilAffairs": 1001, "ruralRevitalisation": 53}],
         "assessments": [
           {"institution": "H1", "claims": 219, "total": 9876543, "outOfCatalog": 345679, "withoutConsent": 8,
            "share": 350}],
         "accounts": {"accounts": 1199, "opening": 10000001, "credits": 5000002, "otherCredits": 300003,
                      "settled": 5000000, "givenBack": 40004, "otherUses": 60006, "paidOut": 7007,
                      "closing": 10272997},
         "registers": {"chronicPersons": 1717, "chronicInstitutions": 39, "problemRows": 23},
         "refused": [{"reason": "MALFORMED", "count": 1515}, {"reason": "YEAR_MISMATCH", "count": 7}],
         "proof": ["G-7: funds + accounts + cash + recoverable = total, for each settlement and for each region"],
         "files": [{"name": "adjustments.csv", "rows": 47, "columns": []},
                   {"name": "clearing.csv", "rows": 24680, "columns": []},
                   {"name": "report.html", "rows": 0, "columns": []}]}
        """
}
