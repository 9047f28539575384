import Settlement
import Text

extension Explanation {
    /// The same as JSON: keys in a fixed order, amounts in fen as integers, ratios in basis points.
    package var json: String {
        var json = JSONText()
        json.object { json in
            json.field("region", region)
            json.label("region_name", regionLabel)
            json.field("policy_digest", digest)
            json.field("kind", "\(claim.kind)".snakeCased)
            json.label("kind_name", ExplainWords.label(claim.kind))
            json.field("service_date", claim.serviceDate.number)
            json.field("disease", disease?.code ?? "")
            json.field("insurance", "\(person.insurance)".snakeCased)
            json.field("identity", "\(identity)".snakeCased)
            json.object("cost") { json in
                json.field("total", claim.cost.total)
                json.field("out_of_catalog", claim.cost.outOfCatalog)
                json.field("over_limit", claim.cost.overLimit)
                json.field("first_self_pay", claim.cost.firstSelfPay)
                json.field("in_policy", claim.cost.inPolicy)
                json.field("in_policy_drug", claim.cost.inPolicyDrug)
                json.field("special_drug", claim.cost.specialDrug)
            }
            json.array("layers") { json in
                for step in steps { json.object { step.write(to: &$0) } }
            }
            json.array("accounts") { json in
                for account in accounts { json.object { account.write(to: &$0) } }
            }
            if let accountUse {
                json.object("account_use") { $0.write(accountUse) }
            } else {
                json.null("account_use")
            }
            json.field("fund_total", fundTotal)
            json.field("paid_outside", paidOutside)
            json.field("account_total", accountTotal)
            json.field("cash", cash)
            json.field("total", total)
            json.field("conserves", isConserving)
            json.field("no_rule", hasNoRule)
            json.array("documents") { json in
                for (number, label) in documents.sorted(by: { $0.key < $1.key }) {
                    json.object { json in
                        json.field("number", number)
                        json.label("title", label)
                    }
                }
            }
        }
        return json.text
    }
}

extension Explanation.Step {
    fileprivate func write(to json: inout JSONText) {
        json.field("layer", id)
        json.label("name", label)
        json.field("method", "\(method)".snakeCased)
        json.field("base", "\(base)".snakeCased)
        json.field("base_amount", baseAmount)
        if let deductible {
            json.object("deductible") { json in
                json.field("in_force", deductible.inForce)
                json.field("per_visit", deductible.absorbedBefore == nil)
                json.field("absorbed_before", deductible.absorbedBefore ?? 0)
                json.field("taken", deductible.taken)
            }
        } else {
            json.null("deductible")
        }
        json.field("payable", payable)
        json.array("slices") { json in
            for slice in slices {
                json.object { json in
                    json.field("amount", slice.amount)
                    json.field("basis_points", slice.ratio)
                    json.field("paid", slice.paid)
                }
            }
        }
        json.field("computed", computed)
        json.limit("limit", limit)
        json.array("payments") { json in
            for payment in payments {
                json.object { json in
                    json.field("fund", payment.fund.id)
                    json.label("name", payment.fund.label)
                    json.field("code", payment.fund.code ?? "")
                    json.field("paid", payment.paid)
                    json.limit("limit", payment.limit)
                }
            }
        }
        json.field("paid", paid)
        json.field("no_rule", hasNoRule)
        json.array("rules") { json in
            for cited in citations {
                json.object { json in
                    json.field("of", cited.role.rawValue)
                    json.write(cited.citation)
                }
            }
        }
    }
}

extension Explanation.Account {
    fileprivate func write(to json: inout JSONText) {
        json.field("relation", relation.map { "\($0)" } ?? "family")
        if let before { json.field("before", before) } else { json.null("before") }
        json.field("paid", paid)
        if let after { json.field("after", after) } else { json.null("after") }
    }
}

extension JSONText {
    mutating func label(_ key: String, _ label: Label) {
        object(key) { json in
            json.field("zh", label.zh)
            json.field("en", label.en)
        }
    }

    fileprivate mutating func limit(_ key: String, _ limit: Explanation.Limit?) {
        guard let limit else { return null(key) }
        object(key) { json in
            json.field("amount", limit.amount)
            json.field("left_before", limit.leftBefore)
            json.field("left_after", limit.leftAfter)
        }
    }

    fileprivate mutating func write(_ citation: Citation) {
        field("rule", citation.rule)
        field("document", citation.document)
        field("article", citation.article)
        field("words", citation.words)
        array("interpretations") { json in
            for id in citation.interpretations { json.value(id) }
        }
        if let note = citation.note { label("note", note) } else { null("note") }
    }
}
