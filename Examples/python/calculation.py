"""CalculationService: what a claim comes to, with nothing kept: the year travels with the caller.

    /usr/bin/python3 Examples/python/calculation.py 127.0.0.1:8123

Amounts are whole fen.
"""

import columns
from client import connect
from messages import calculation_service_pb2 as calculation
from messages import claim_pb2, person_pb2

SERVICE = "jiesuan.v1.CalculationService/"


def visit(in_policy, day=20240630):
    """An ordinary outpatient visit of a retired employee in Chongqing, at a hospital of the second level."""
    request = calculation.CalculateRequest(region="chongqing")
    request.claim.kind = claim_pb2.CLAIM_KIND_OUTPATIENT
    request.claim.service_date = day
    request.claim.institution.level = claim_pb2.LEVEL_2
    request.claim.cost.total = request.claim.cost.in_policy = in_policy
    request.person.insurance = person_pb2.INSURANCE_EMPLOYEE
    request.person.membership = person_pb2.MEMBERSHIP_EMPLOYER
    request.person.status = person_pb2.WORK_STATUS_RETIRED
    request.year.year = day // 10_000
    request.accounts.add(relation=person_pb2.RELATION_SELF, balance=1_260_00)
    return request


def tell(outcome):
    print("funds", outcome.fund_total, "account", outcome.account_paid, "cash", outcome.cash)


def main(channel):
    first = channel.call(SERVICE + "Calculate", visit(2_800_00), calculation.CalculateResponse)
    tell(first.outcome)

    # The person's next visit: the year and the accounts are those after the first one.
    request = visit(300_00, day=20240712)
    request.year.CopyFrom(first.year_after)
    request.accounts[0].balance = first.outcome.accounts[0].balance
    tell(channel.call(SERVICE + "Calculate", request, calculation.CalculateResponse).outcome)

    # Many claims of a region in one call, in columns.
    batch = columns.batch([visit(amount) for amount in (100_00, 1_000_00, 10_000_00)])
    together = channel.call(SERVICE + "CalculateBatch", batch, calculation.CalculateBatchResponse)
    for row in columns.outcomes(together):
        print("funds", sum(row[name] for name in columns.FUNDS), "account", row["account_paid"], "cash", row["cash"])


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
