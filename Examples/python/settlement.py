"""SettlementService: settles for keeps, once and only once, and takes back.

    /usr/bin/python3 Examples/python/settlement.py 127.0.0.1:8123

The server needs a ledger: jiesuan serve --ledger ledger.db. The caller makes the settlement's id, and sends the same
request again where no answer came: it is settled once, and answered with the same bytes.
"""

import datetime

import columns
from client import RpcError, connect
from messages import claim_pb2, error_pb2
from messages import settlement_service_pb2 as settlement
from registry import ACTIVE, RETIRED, register

SERVICE = "jiesuan.v1.SettlementService/"
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def visit(settlement_id, in_policy, person=RETIRED, institution="H2"):
    """An ordinary outpatient visit. Who is insured how, and the institution's level, are the register's to know."""
    request = settlement.SettleRequest(settlement_id=settlement_id, person=person, institution=institution)
    request.claim.kind = claim_pb2.CLAIM_KIND_OUTPATIENT
    request.claim.service_date = 20240630
    request.claim.cost.total = request.claim.cost.in_policy = in_policy
    return request


def tell(what, outcome):
    print(what, "funds", outcome.fund_total, "account", outcome.account_paid, "cash", outcome.cash)


def settle(channel):
    request = visit("example-1", 2_800_00)
    quote = channel.call(SERVICE + "Quote", visit("", 2_800_00), settlement.SettleResponse)  # leaves no trace
    tell("quote", quote.outcome)
    first = channel.call(SERVICE + "Settle", request, settlement.SettleResponse)
    tell("settled", first.outcome)
    again = channel.call(SERVICE + "Settle", request, settlement.SettleResponse)
    print("sent again: the same answer" if again == first else "sent again: ANOTHER answer")
    try:
        channel.call(SERVICE + "Settle", visit("example-1", 2_801_00), settlement.SettleResponse)
    except RpcError as error:
        print(error.code, error_pb2.DomainError.Name(error.code))


def look_up(channel):
    get = settlement.GetRequest(settlement_id="example-1")
    record = channel.call(SERVICE + "Get", get, settlement.SettlementRecord)
    print("settled in", record.region, "as number", record.answer.sequence)
    explained = channel.call(SERVICE + "ExplainSettlement", get, settlement.ExplainSettlementResponse)
    print(explained.text.splitlines()[0])
    year = channel.call(
        SERVICE + "ListYear", settlement.ListYearRequest(person=RETIRED, year=2024), settlement.ListYearResponse)
    print("entries of the year:", len(year.entries))
    # The same visit elsewhere, side by side.
    compare = settlement.CompareRequest(stay=visit("", 2_800_00, person=ACTIVE), institutions=["H2", "H3"])
    for column in channel.call(SERVICE + "Compare", compare, settlement.CompareResponse).columns:
        print("at", column.institution, "the funds pay", column.outcome.fund_total)


def settle_many(channel):
    requests = [visit(f"example-batch-{number}", 100_00 * number) for number in range(1, 4)]
    answer = channel.call(SERVICE + "SettleBatch", columns.settle_batch(requests), settlement.SettleBatchResponse)
    for error in answer.errors:  # an item's error does not touch the others
        print("item", error.item, "refused:", error.code, error.message)
    print("batch of", answer.settlements, "settled before:", sum(answer.exists))


def take_back(channel):
    try:
        channel.call(SERVICE + "Settle", visit("example-slip", 50_00, person=ACTIVE), settlement.SettleResponse)
    except RpcError as error:
        if error.code != error_pb2.SETTLEMENT_REVERSED:  # by an earlier run of this example
            raise
    reverse = settlement.ReverseRequest(settlement_id="example-slip", reason="wrong person")
    reversal = channel.call(SERVICE + "Reverse", reverse, settlement.ReverseResponse)
    print("taken back as number", reversal.sequence)


def reconcile(channel):
    """What an institution's own books are compared with: here without sums of its own."""
    today = int(datetime.datetime.now(CHINA).strftime("%Y%m%d"))
    request = settlement.ReconcileTotalsRequest(institution="H2", until=today)
    setattr(request, "from", today)  # a word of Python's
    request.sums.SetInParent()
    ours = channel.call(SERVICE + "ReconcileTotals", request, settlement.ReconcileTotalsResponse).ours
    print("today at H2:", ours.settlements, "settlements,", ours.reversals, "reversals, in all", ours.total)


def main(channel):
    register(channel)
    settle(channel)
    look_up(channel)
    settle_many(channel)
    take_back(channel)
    reconcile(channel)


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
