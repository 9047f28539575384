"""Claims in the columns of CalculateBatch and SettleBatch: from requests for one claim each, and back.

A column has one entry per row; one that is left out is all zeros. Of CalculateBatch each request here becomes one
person row and one claim row of the same number.
"""

from messages import calculation_service_pb2, settlement_service_pb2

FUNDS = ("pool_fund", "large_amount_fund", "critical_illness_fund", "assistance_fund", "reassistance_fund",
         "supplementary")
COST = ("total", "out_of_catalog", "over_limit", "first_self_pay", "in_policy", "in_policy_drug", "special_drug")
CLAIM = ("external_basic", "external_large_amount")


def batch(requests):
    """One CalculateBatchRequest of all `requests`, which must be of one region."""
    together = calculation_service_pb2.CalculateBatchRequest(region=requests[0].region, want_layers=True)
    persons, claims = together.persons, together.claims
    diseases = sorted({r.claim.disease for r in requests} - {""})
    together.diseases.extend(diseases)
    names = sorted({a.name for r in requests for a in r.year.accumulators})
    persons.accumulator_names.extend(names)

    # Columns of enums and flags are bytes: one byte per row.
    persons.insurance = bytes(r.person.insurance for r in requests)
    persons.membership = bytes(r.person.membership for r in requests)
    persons.status = bytes(r.person.status for r in requests)
    claims.kind = bytes(r.claim.kind for r in requests)
    claims.account_use = bytes(r.claim.account_use for r in requests)
    claims.disease = bytes(1 + diseases.index(r.claim.disease) if r.claim.disease else 0 for r in requests)
    together.institutions.level = bytes(r.claim.institution.level for r in requests)

    identities = []
    relations = []
    for row, request in enumerate(requests):
        persons.year.append(request.year.year)
        amounts = {a.name: a.amount for a in request.year.accumulators}
        persons.accumulators.extend(amounts.get(name, 0) for name in names)
        for identity in request.person.identities:  # any number per row
            persons.identity_row.append(row)
            identities.append(identity.identity)
            persons.identity_given.append(identity.given)
            persons.identity_ended.append(identity.ended)
        for account in request.accounts:
            persons.account_row.append(row)
            relations.append(account.relation)
            persons.account_balance.append(account.balance)
        claims.person_row.append(row)
        claims.institution.append(row)
        claims.service_date.append(request.claim.service_date)
        for name in COST:
            getattr(claims, name).append(getattr(request.claim.cost, name))
        for name in CLAIM:
            getattr(claims, name).append(getattr(request.claim, name))
    persons.identity = bytes(identities)
    persons.account_relation = bytes(relations)
    return together


def settle_batch(requests):
    """One SettleBatchRequest of the settlements, with what they have: id, person, institution, kind, day and costs."""
    batch = settlement_service_pb2.SettleBatchRequest()
    batch.settlement_ids = "".join(request.settlement_id for request in requests).encode()
    batch.id_lengths.extend(len(request.settlement_id) for request in requests)
    institutions = sorted({request.institution for request in requests})
    batch.institutions.extend(institutions)
    diseases = sorted({request.claim.disease for request in requests} - {""})
    batch.diseases.extend(diseases)
    batch.kind = bytes(request.claim.kind for request in requests)
    batch.disease = bytes(1 + diseases.index(r.claim.disease) if r.claim.disease else 0 for r in requests)
    for request in requests:
        batch.person.append(request.person)
        batch.institution.append(institutions.index(request.institution))
        batch.service_date.append(request.claim.service_date)
        for name in COST:
            getattr(batch, name).append(getattr(request.claim.cost, name))
    return batch


def column(columns, name, count):
    """A column of the answer; one that is left out is all zeros."""
    return list(getattr(columns, name)) or [0] * count


def outcomes(response):
    """The answer's rows: for each claim its amounts by name."""
    names = FUNDS + ("account_paid", "family_account_paid", "cash", "deductible_paid")
    columns = [column(response.outcomes, name, response.claims) for name in names]
    return [dict(zip(names, row)) for row in zip(*columns)]


def years(response):
    """The years after: for each person row its accumulators by name."""
    names = list(response.accumulator_names)
    amounts = list(response.accumulators)
    return [dict(zip(names, amounts[at:at + len(names)])) for at in range(0, len(amounts), len(names) or 1)]
