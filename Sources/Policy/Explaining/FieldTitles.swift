import Settlement

/// What the fields of requests are called in Chinese, for whoever reads why one was refused.
package enum FieldTitles {
    /// The title of a path: of all of it, or of what stands behind its last dot; nil: it has none here.
    package static func chinese(_ path: String) -> String? {
        if let title = ofClaims[path] ?? others[path] { return title }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return others[String(path[path.index(after: dot)...])]
    }

    /// Paths of a request for one claim, and the columns of one for many.
    private static let ofClaims: [String: String] = {
        var titles: [String: String] = [:]
        for field in ClaimField.allCases where field != .none {
            titles[field.batchPath] = field.title.zh
            // Where there are no rows of persons, `person` is the person.
            if field != .personRow { titles[field.path] = field.title.zh }
        }
        return titles
    }()

    private static let others: [String: String] = [
        "amount": "金额", "applied_on": "申请日期", "area": "区划", "batch": "支付批次", "birth_month": "出生年月",
        "bought_on": "投保日期", "burden": "个人负担", "channel": "结算方式", "claim.service_date": "服务日期",
        "clearing_type": "清算类别", "code": "编号", "covered_from": "待遇享受期起", "covered_until": "待遇享受期止",
        "date": "日期", "day": "日期", "department": "部门", "disease": "病种", "documents": "材料", "experts": "专家",
        "family": "亲属关系", "filing": "病种备案", "first_diagnosis": "首诊", "heirs": "继承人", "identity": "救助身份",
        "in_cash": "现金支付", "institution": "医疗机构", "institutions": "医疗机构", "items": "项目", "kind": "类别",
        "known_on": "得知日期", "level": "医保协议结算等级", "limit": "条数上限", "list": "清单", "month": "月份",
        "name": "名称", "number": "编号", "on": "日期", "papers": "申报材料", "parent": "上级区划", "person": "参保人",
        "persons": "参保人", "premium": "保费", "prescribing_institution": "开具处方的机构", "prescription_date": "处方日期",
        "prescription_number": "处方编号", "prescription_weeks": "处方周数", "product": "补充保险", "purchase": "投保记录",
        "purpose": "用途", "reason": "理由", "recipient": "反馈对象", "recognition": "因病致贫认定", "referral": "转诊",
        "region": "统筹区", "request_id": "请求编号", "round": "二次报销轮次", "second_round": "二次报销",
        "service_date": "服务日期", "service_point": "服务点", "settlement_id": "结算编号", "settlement_ids": "结算编号",
        "since": "起始日期", "source": "来源", "step": "步骤", "table": "表", "until": "终止日期", "use": "使用", "way": "方式",
        "year": "年度",
    ]
}
