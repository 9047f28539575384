"""Settles for keeps from Google's protobuf runtime: python3 Tests/Interop/ledger_test.py .build/release/jiesuan"""

import datetime
import os
import sys
import tempfile
import unittest

import folders  # noqa: F401
import columns
from client import Channel, RpcError
from messages import (
    account_service_pb2, claim_pb2, error_pb2, person_pb2, registry_service_pb2, settlement_service_pb2)
from server import Server
from worked_examples import YUAN

SERVICE = "jiesuan.v1.SettlementService/"
SettleResponse = settlement_service_pb2.SettleResponse

RETIRED, ACTIVE = 101, 102
OPENING = 1_260 * YUAN


def settle_request(settlement_id, in_policy=2_800, person=RETIRED, institution="H2"):
    """An ordinary outpatient visit, all of it in policy; of 2,800 yuan it is the source's example 003-1."""
    request = settlement_service_pb2.SettleRequest(
        settlement_id=settlement_id, person=person, institution=institution)
    request.claim.kind = claim_pb2.CLAIM_KIND_OUTPATIENT
    request.claim.service_date = 20240630
    request.claim.cost.total = request.claim.cost.in_policy = in_policy * YUAN
    return request


def register(channel):
    """Two hospitals, a retired and an active employee, and what stands on the first one's account."""
    request = registry_service_pb2.ImportBatchRequest()
    for code, level in (("H2", claim_pb2.LEVEL_2), ("H3", claim_pb2.LEVEL_3)):
        record = request.items.add().institution.institution
        record.code, record.region, record.level = code, "chongqing", level
        record.kind = registry_service_pb2.INSTITUTION_KIND_HOSPITAL
    for person, birth_month, status in (
            (RETIRED, 196205, person_pb2.WORK_STATUS_RETIRED), (ACTIVE, 199001, person_pb2.WORK_STATUS_ACTIVE)):
        item = request.items.add().person
        item.person, item.region, item.birth_month = person, "chongqing", birth_month
        item = request.items.add().enrol
        item.person = person
        item.enrolment.insurance = person_pb2.INSURANCE_EMPLOYEE
        item.enrolment.membership = person_pb2.MEMBERSHIP_EMPLOYER
        item.enrolment.status = status
        item.enrolment.covered_from = 20200101
    answer = channel.call(
        "jiesuan.v1.RegistryService/ImportBatch", request, registry_service_pb2.ImportBatchResponse)
    if answer.errors or answer.recorded != len(request.items):
        raise RuntimeError(f"not registered: {answer}")
    credit = account_service_pb2.CreditRequest(
        request_id="opening", person=RETIRED, kind=account_service_pb2.CREDIT_KIND_OPENING_BALANCE, amount=OPENING,
        reason="brought in")
    channel.call("jiesuan.v1.AccountService/Credit", credit, account_service_pb2.AccountAnswer)


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="jiesuan-interop-")
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "ledger.db")
        self.open()
        register(self.channel)

    def tearDown(self):
        self.close()

    def open(self):
        self.server = Server(PROGRAM, "--ledger", self.path)
        self.channel = Channel(*self.server.address)

    def close(self):
        self.channel.__exit__()
        self.assertEqual(self.server.stop(), 0)

    def call(self, method, request, response_type):
        return self.channel.call(SERVICE + method, request, response_type)

    def settle_bytes(self, request):
        """The answer as it came over the wire."""
        self.channel.send(SERVICE + "Settle", request)
        answer = self.channel.receive()
        self.assertEqual(answer.code, 0, answer.text)
        return answer.message

    def refused(self, method, request):
        with self.assertRaises(RpcError) as caught:
            self.call(method, request, SettleResponse)
        return caught.exception


class OnceAndOnlyOnce(LedgerTest):
    def test_the_same_id_and_content_gives_the_same_bytes_also_after_a_restart(self):
        request = settle_request("003-1")
        first = self.settle_bytes(request)
        answer = SettleResponse.FromString(first)
        paid = answer.outcome.fund_total, answer.outcome.account_paid, answer.outcome.cash
        self.assertEqual(paid, (1_890 * YUAN, 910 * YUAN, 0))
        self.assertEqual(answer.outcome.accounts[0].balance, OPENING - 910 * YUAN)
        self.assertEqual(answer.settlement_id, "003-1")
        self.assertEqual(self.settle_bytes(request), first)
        self.close()
        self.open()
        self.assertEqual(self.settle_bytes(request), first)

    def test_the_same_id_with_other_content_is_refused(self):
        first = self.settle_bytes(settle_request("a"))
        for other in (
                settle_request("a", in_policy=2_801), settle_request("a", person=ACTIVE),
                settle_request("a", institution="H3")):
            error = self.refused("Settle", other)
            self.assertEqual(error.code, error_pb2.ID_REUSED_WITH_OTHER_CONTENT)
            self.assertEqual(error.code, 4102)
            self.assertIn("settlement_id=a", error.text)
        self.assertEqual(self.settle_bytes(settle_request("a")), first)

    def test_a_quote_leaves_no_trace(self):
        quote = self.call("Quote", settle_request(""), SettleResponse)
        self.assertEqual(quote.sequence, 0)
        listed = self.list_year(RETIRED)
        self.assertEqual(len(listed.entries), 0)
        settled = self.call("Settle", settle_request("a"), SettleResponse)
        self.assertEqual(quote.outcome.cash, settled.outcome.cash)
        self.assertEqual(quote.year_after, settled.year_after)

    def list_year(self, person):
        request = settlement_service_pb2.ListYearRequest(person=person, year=2024)
        return self.call("ListYear", request, settlement_service_pb2.ListYearResponse)


class TakenBack(LedgerTest):
    def test_a_reversal_gives_back_what_was_added_and_stands(self):
        settled = self.call("Settle", settle_request("a"), SettleResponse)
        get = settlement_service_pb2.GetRequest(settlement_id="a")
        record = self.call("Get", get, settlement_service_pb2.SettlementRecord)
        self.assertEqual(record.answer, settled)
        self.assertEqual(record.request, settle_request("a"))
        self.assertEqual((record.region, record.reversed_by), ("chongqing", 0))
        self.assertEqual(
            {change.name: change.after for change in record.changes if change.after},
            {amount.name: amount.amount for amount in settled.year_after.accumulators if amount.amount})

        reverse = settlement_service_pb2.ReverseRequest(settlement_id="a", reason="wrong person")
        reversal = self.call("Reverse", reverse, settlement_service_pb2.ReverseResponse)
        self.assertEqual([(a.paid, a.balance) for a in reversal.accounts], [(910 * YUAN, OPENING)])
        self.assertEqual({amount.amount for amount in reversal.year_after.accumulators}, {0})
        again = self.call("Reverse", reverse, settlement_service_pb2.ReverseResponse)
        self.assertEqual(again, reversal)

        error = self.refused("Settle", settle_request("a"))
        self.assertEqual((error.code, error_pb2.SETTLEMENT_REVERSED), (4105, 4105))
        self.assertIn("G-12", error.text)
        record = self.call("Get", get, settlement_service_pb2.SettlementRecord)
        self.assertEqual((record.reversed_by, record.reversal_reason), (reversal.sequence, "wrong person"))
        unknown = self.refused("Get", settlement_service_pb2.GetRequest(settlement_id="nowhere"))
        self.assertEqual(unknown.code, error_pb2.SETTLEMENT_UNKNOWN)

    def test_a_year_is_listed_in_its_order(self):
        for number, amount in enumerate((100, 200, 300)):
            self.call("Settle", settle_request(f"s{number}", amount), SettleResponse)
        error = self.refused("Reverse", settlement_service_pb2.ReverseRequest(settlement_id="s1"))
        self.assertEqual(error.code, error_pb2.LATER_SETTLEMENT_STANDS)
        self.assertIn("s2", error.text)
        self.call(
            "Reverse", settlement_service_pb2.ReverseRequest(settlement_id="s2"),
            settlement_service_pb2.ReverseResponse)
        request = settlement_service_pb2.ListYearRequest(person=RETIRED, year=2024)
        listed = self.call("ListYear", request, settlement_service_pb2.ListYearResponse)
        self.assertEqual(
            [(e.settlement_id, e.is_reversal, e.is_reversed, e.total) for e in listed.entries],
            [("s0", False, False, 10_000), ("s1", False, False, 20_000), ("s2", False, True, 30_000),
             ("s2", True, False, 30_000)])
        numbers = [entry.sequence for entry in listed.entries]
        self.assertEqual(numbers, sorted(set(numbers)))
        for entry in listed.entries:
            self.assertEqual(entry.fund_total + entry.account_total + entry.cash, entry.total)
        # The latest two, then what came before them.
        request.limit = 2
        latest = self.call("ListYear", request, settlement_service_pb2.ListYearResponse)
        self.assertEqual(([e.sequence for e in latest.entries], latest.more), (numbers[2:], True))
        request.before = numbers[2]
        earlier = self.call("ListYear", request, settlement_service_pb2.ListYearResponse)
        self.assertEqual(([e.sequence for e in earlier.entries], earlier.more), (numbers[:2], False))


class Batches(LedgerTest):
    def batch(self, requests):
        return self.call("SettleBatch", columns.settle_batch(requests), settlement_service_pb2.SettleBatchResponse)

    def test_each_item_is_settled_found_or_refused_by_itself(self):
        before = self.call("Settle", settle_request("old", 100), SettleResponse)
        answer = self.batch([
            settle_request("old", 100), settle_request("new", 200), settle_request("old", 101),
            settle_request("nobody", 1, person=999),
            settle_request("a-longer-id", 300, person=ACTIVE, institution="H3"),
            settle_request("new", 200)])
        self.assertEqual(answer.settlements, 6)
        self.assertEqual(
            [(error.item, error.code) for error in answer.errors],
            [(2, error_pb2.ID_REUSED_WITH_OTHER_CONTENT), (3, error_pb2.PERSON_UNKNOWN)])
        self.assertEqual(answer.errors[1].value, "999")
        self.assertEqual(bytes(answer.exists), bytes([1, 0, 0, 0, 0, 1]))
        numbers = list(answer.sequence)
        self.assertEqual(numbers[0], before.sequence)
        self.assertEqual(numbers[2:4], [0, 0])
        self.assertEqual(numbers[5], numbers[1], "twice in one batch is settled once")
        names = columns.FUNDS + ("account_paid", "family_account_paid", "cash")
        paid = [sum(row) for row in zip(*(columns.column(answer.outcomes, name, 6) for name in names))]
        self.assertEqual(paid, [10_000, 20_000, 0, 0, 30_000, 20_000])
        # One by one gives what the batch answered.
        single = self.call("Settle", settle_request("new", 200), SettleResponse)
        self.assertEqual(single.sequence, numbers[1])
        self.assertEqual(single.outcome.cash, columns.column(answer.outcomes, "cash", 6)[1])

    def test_a_batch_sent_again_settles_nothing_twice(self):
        requests = [settle_request(f"{n:06}", 1 + n % 7, person=(RETIRED, ACTIVE)[n % 2]) for n in range(2_000)]
        first = self.batch(requests)
        self.assertEqual((first.settlements, len(first.errors)), (2_000, 0))
        again = self.batch(requests)
        self.assertEqual(bytes(again.exists), bytes([1]) * 2_000)
        self.assertEqual(again.sequence, first.sequence)
        self.assertEqual(again.outcomes, first.outcomes)
        # The institution's own totals of the day, by China's clock.
        days = set()
        for settlement in (requests[0], requests[-1]):
            at = self.call("Settle", settlement, SettleResponse).settled_at / 1000
            china = datetime.datetime.fromtimestamp(at, datetime.timezone(datetime.timedelta(hours=8)))
            days.add(int(china.strftime("%Y%m%d")))
        total = 0
        for day in days:
            request = settlement_service_pb2.ReconcileTotalsRequest(institution="H2")
            setattr(request, "from", day)
            request.until = day
            request.sums.SetInParent()  # without sums of our own: only the ledger's are asked for
            sums = self.call("ReconcileTotals", request, settlement_service_pb2.ReconcileTotalsResponse).ours
            self.assertEqual(sums.fund_total + sums.account_total + sums.cash, sums.total)
            total += sums.total
        self.assertEqual(total, sum(request.claim.cost.total for request in requests))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
