"""Calls the real server from Google's protobuf runtime: python3 Tests/Interop/interop_test.py .build/release/jiesuan"""

import random
import sys
import unittest

import folders  # noqa: F401
import columns
from client import GZIP, HEADER, PLAIN, SNAPPY, ZLIB, Channel, RpcError, packet
from google.protobuf import json_format
from messages import calculation_service_pb2, claim_pb2, error_pb2, person_pb2, policy_service_pb2, rpc_meta_pb2
from server import Server
from worked_examples import EXAMPLES, SPECIAL, YUAN, chongqing, shenyang

CALCULATE = "jiesuan.v1.CalculationService/Calculate"
BATCH = "jiesuan.v1.CalculationService/CalculateBatch"
CalculateResponse = calculation_service_pb2.CalculateResponse
BatchResponse = calculation_service_pb2.CalculateBatchResponse

# brpc's error codes.
ENOSERVICE, ENOMETHOD, EREQUEST, ERPCTIMEDOUT = 1001, 1002, 1003, 1008

IN_FLIGHT = 1_000
# The server's limit on a packet's body.
BODY_BYTES_MAX = 64 << 20
SEED = random.randrange(1 << 30)


def setUpModule():
    global server
    server = Server(PROGRAM)


def tearDownModule():
    code = server.stop()
    if code != 0:
        raise RuntimeError(f"the server exited with {code}")


class InteropTest(unittest.TestCase):
    def setUp(self):
        self.channel = self.connect()

    def connect(self):
        channel = Channel(*server.address)
        self.addCleanup(channel.__exit__)
        return channel

    def calculate(self, request, **options):
        return self.channel.call(CALCULATE, request, CalculateResponse, **options)

    def refused(self, method, request, **options):
        """The error of a call that must fail."""
        with self.assertRaises(RpcError) as caught:
            self.channel.call(method, request, CalculateResponse, **options)
        return caught.exception

    def assert_same(self, row, year, unary):
        """A batch's row is what Calculate answered for the same claim."""
        for name, amount in row.items():
            self.assertEqual(amount, getattr(unary.outcome, name), name)
        self.assertEqual(year, {a.name: a.amount for a in unary.year_after.accumulators})


class TheWorkedExamples(InteropTest):
    def test_each_comes_out_as_its_source_prints_it(self):
        for name, (request, expected) in EXAMPLES.items():
            with self.subTest(name):
                outcome = self.calculate(request).outcome
                balance = outcome.accounts[0].balance if outcome.accounts else 0
                came = outcome.fund_total, outcome.account_paid, outcome.cash, balance
                for amount, printed in zip(came, expected):
                    self.assertLessEqual(abs(amount - printed * YUAN), YUAN, (came, expected))
                self.assertEqual(outcome.fund_total + outcome.account_paid + outcome.cash, outcome.total)
                self.assertEqual(sum(layer.paid for layer in outcome.layers), outcome.fund_total)

    def test_a_batch_answers_as_one_by_one(self):
        for region in ("chongqing", "shenyang"):
            requests = [request for request, _ in EXAMPLES.values() if request.region == region]
            with self.subTest(region):
                together = self.channel.call(BATCH, columns.batch(requests), BatchResponse)
                self.assertEqual((together.claims, len(together.errors)), (len(requests), 0))
                rows = zip(columns.outcomes(together), columns.years(together), requests)
                for row, year, request in rows:
                    self.assert_same(row, year, self.calculate(request))

    def test_twelve_claims_of_a_year_come_out_as_one(self):
        """The year travels with the caller: the year after one claim is the year before the next (G-8, CQ-12)."""
        request, expected = EXAMPLES["003-5"]
        claim = calculation_service_pb2.CalculateRequest()
        claim.CopyFrom(request)
        claim.claim.cost.total = claim.claim.cost.in_policy = request.claim.cost.total // 12
        funds = cash = 0
        for month in range(1, 13):
            claim.claim.service_date = 20240000 + 100 * month + 15
            answer = self.calculate(claim)
            funds += answer.outcome.fund_total
            cash += answer.outcome.cash
            claim.year.CopyFrom(answer.year_after)
            claim.accounts[0].balance = answer.outcome.accounts[0].balance
        self.assertLessEqual(abs(funds - expected.funds * YUAN), YUAN + 12)
        self.assertLessEqual(abs(cash - expected.cash * YUAN), YUAN + 12)


class Errors(InteropTest):
    def test_a_domain_error_has_its_number_and_says_field_value_and_rule(self):
        request = chongqing(2_800, 2, person_pb2.WORK_STATUS_RETIRED, 0)
        request.claim.cost.total += 1
        error = self.refused(CALCULATE, request)
        self.assertEqual(error.code, error_pb2.AMOUNTS_DO_NOT_ADD_UP)
        for part in ("AMOUNTS_DO_NOT_ADD_UP", "claim.cost.total", "280001", "G-5"):
            self.assertIn(part, error.text)

        request = EXAMPLES["003-3"][0]
        tier_1 = calculation_service_pb2.CalculateRequest()
        tier_1.CopyFrom(request)
        tier_1.person.membership = person_pb2.MEMBERSHIP_TIER_1
        error = self.refused(CALCULATE, tier_1)
        self.assertEqual(error.code, error_pb2.NOT_ENTITLED)
        for part in ("NOT_ENTITLED", "claim.disease", "hypertension", "CQ-14"):
            self.assertIn(part, error.text)

        request = chongqing(1, 2, person_pb2.WORK_STATUS_RETIRED, 0)
        request.region = "atlantis"
        error = self.refused(CALCULATE, request)
        self.assertEqual(error.code, error_pb2.REGION_UNKNOWN)
        for part in ("region", "atlantis", "chongqing", "yantai", "shenyang", "anhui"):
            self.assertIn(part, error.text)

    def test_an_item_that_is_refused_does_not_spoil_the_others(self):
        requests = [shenyang(SPECIAL, 2, 5_492 + n, 5_486, 4_371) for n in range(5)]
        requests[2].claim.external_basic = requests[2].claim.cost.in_policy + 1
        together = self.channel.call(BATCH, columns.batch(requests), BatchResponse)
        (error,) = together.errors
        self.assertEqual((error.item, error.code), (2, error_pb2.PART_EXCEEDS_WHOLE))
        self.assertEqual((error.field, error.value, error.rule), ("claims.external_basic", "548601", "G-9"))
        rows = columns.outcomes(together)
        self.assertEqual(set(rows[2].values()), {0})
        for n in (0, 1, 3, 4):
            self.assert_same(rows[n], columns.years(together)[n], self.calculate(requests[n]))

    def test_an_unknown_service_or_method_is_named_with_those_that_exist(self):
        request = EXAMPLES["003-1"][0]
        error = self.refused("jiesuan.v1.WeatherService/Calculate", request)
        self.assertEqual(error.code, ENOSERVICE)
        self.assertIn("jiesuan.v1.CalculationService", error.text)
        error = self.refused("jiesuan.v1.CalculationService/Guess", request)
        self.assertEqual(error.code, ENOMETHOD)
        self.assertIn("CalculateBatch", error.text)

    def test_a_message_that_does_not_parse_is_refused(self):
        self.assertEqual(self.refused(CALCULATE, b"\x0a\xff").code, EREQUEST)
        error = self.refused(CALCULATE, calculation_service_pb2.CalculateRequest(region="chongqing"))
        self.assertEqual(error.code, EREQUEST)
        self.assertIn("claim", error.text)

    def test_bytes_that_are_no_packets_close_their_connection_and_no_other(self):
        good = packet(CALCULATE, EXAMPLES["003-1"][0], 1)
        bad = {
            "another protocol": b"HELO example.org\r\n",
            "a meta larger than the body": HEADER.pack(b"PRPC", 10, 11) + bytes(10),
            "a body above the limit": HEADER.pack(b"PRPC", BODY_BYTES_MAX + 1, 10),
            "a meta that is no RpcMeta": HEADER.pack(b"PRPC", 4, 4) + b"\xff\xff\xff\xff",
        }
        for name, data in bad.items():
            with self.subTest(name):
                other = self.connect()
                other.socket.sendall(good + data)
                self.assertEqual(other.receive().code, 0)  # what came before is answered
                self.assertEqual(other.input.read(), b"")  # then the connection ends
                self.calculate(EXAMPLES["003-1"][0])


class Protocol(InteropTest):
    def test_the_short_service_name_does_too(self):
        short = self.channel.call("CalculationService/Calculate", EXAMPLES["003-1"][0], CalculateResponse)
        self.assertEqual(short, self.calculate(EXAMPLES["003-1"][0]))

    def test_gzip_and_zlib_work_in_both_directions(self):
        together = columns.batch([chongqing(n, 2, person_pb2.WORK_STATUS_RETIRED, n) for n in range(1, 1_001)])
        plain = self.channel.call(BATCH, together, BatchResponse)
        for compress_type in (GZIP, ZLIB):
            self.channel.send(BATCH, together, compress_type=compress_type)
            answer = self.channel.receive()
            self.assertEqual(answer.compress_type, compress_type)
            self.assertEqual(answer.parse(BatchResponse), plain)
            # An answer that would hardly shrink comes as it is.
            self.channel.send(CALCULATE, EXAMPLES["002-1"][0], compress_type=compress_type)
            answer = self.channel.receive()
            self.assertEqual(answer.compress_type, PLAIN)
            self.assertEqual(answer.parse(CalculateResponse), self.calculate(EXAMPLES["002-1"][0]))

    def test_snappy_works_too_and_what_is_none_is_refused(self):
        request = EXAMPLES["003-1"][0]
        data = request.SerializeToString()
        # Raw snappy: the length, then one literal of up to 256 bytes.
        length = bytes([len(data)]) if len(data) < 128 else bytes([len(data) & 127 | 128, len(data) >> 7])
        meta = rpc_meta_pb2.RpcMeta(correlation_id=1 << 40, compress_type=SNAPPY)
        meta.request.service_name, meta.request.method_name = "jiesuan.v1.CalculationService", "Calculate"
        head = meta.SerializeToString()
        body = head + length + bytes([60 << 2, len(data) - 1]) + data
        self.channel.socket.sendall(HEADER.pack(b"PRPC", len(body), len(head)) + body)
        self.assertEqual(self.channel.receive().parse(CalculateResponse), self.calculate(request))
        error = self.refused(CALCULATE, request, compress_type=SNAPPY)
        self.assertEqual(error.code, EREQUEST)
        self.assertIn("damaged", error.text)
        error = self.refused(CALCULATE, request, compress_type=4)
        for part in ("compress_type 4", "snappy", "gzip", "zlib"):
            self.assertIn(part, error.text)

    def test_a_message_in_json_is_answered_in_json(self):
        request = EXAMPLES["003-1"][0]
        meta = rpc_meta_pb2.RpcMeta(correlation_id=1 << 42, content_type=2)  # brpc's CONTENT_TYPE_PROTO_JSON
        meta.request.service_name, meta.request.method_name = "jiesuan.v1.CalculationService", "Calculate"
        head, data = meta.SerializeToString(), json_format.MessageToJson(request).encode()
        self.channel.socket.sendall(HEADER.pack(b"PRPC", len(head) + len(data), len(head)) + head + data)
        answer = self.channel.receive()
        self.assertEqual(answer.code, 0, answer.text)
        told = json_format.Parse(answer.message, CalculateResponse())
        self.assertEqual(told, self.calculate(request))

    def test_a_failure_is_told_in_chinese_to_who_asks_for_it(self):
        request = calculation_service_pb2.CalculateRequest(region="atlantis")
        english = self.refused(CALCULATE, request)
        meta = rpc_meta_pb2.RpcMeta(correlation_id=1 << 41, user_fields={"accept-language": "zh-CN,en;q=0.5"})
        meta.request.service_name, meta.request.method_name = "jiesuan.v1.CalculationService", "Calculate"
        head, data = meta.SerializeToString(), request.SerializeToString()
        self.channel.socket.sendall(HEADER.pack(b"PRPC", len(head) + len(data), len(head)) + head + data)
        answer = self.channel.receive()
        self.assertEqual(answer.code, english.code)
        self.assertTrue(answer.text.startswith("没有载入该统筹区的政策包"), answer.text)
        self.assertTrue(answer.text.endswith(english.text), answer.text)

    def test_a_thousand_requests_in_flight_are_each_answered_once(self):
        requests = {}
        data = []
        ids = random.Random(SEED).sample(range(1, 1 << 40), IN_FLIGHT)
        for number, correlation_id in enumerate(ids):
            request = chongqing(number + 1, 2, person_pb2.WORK_STATUS_RETIRED, 0)
            requests[correlation_id] = request.claim.cost.total, number % 2
            # Small requests are answered where they are read, batches by other threads: answers overtake each other.
            method, message = (BATCH, columns.batch([request])) if number % 2 else (CALCULATE, request)
            data.append(packet(method, message, correlation_id))
        self.channel.socket.sendall(b"".join(data))
        answered = []
        for _ in ids:
            answer = self.channel.receive()
            answered.append(answer.correlation_id)
            total, is_batch = requests.pop(answer.correlation_id)
            if is_batch:
                (row,) = columns.outcomes(answer.parse(BatchResponse))
                self.assertEqual(sum(row.values()) - row["deductible_paid"], total)
            else:
                self.assertEqual(answer.parse(CalculateResponse).outcome.total, total)
        self.assertEqual(requests, {})
        moved = sum(sent != came for sent, came in zip(ids, answered))
        print(f"{IN_FLIGHT} in flight on one connection (seed {SEED}): {moved} answers out of order")

    def test_work_whose_deadline_has_passed_is_dropped(self):
        big = calculation_service_pb2.CalculateBatchRequest(region="chongqing")
        big.persons.year.append(2024)
        big.persons.insurance = bytes([person_pb2.INSURANCE_EMPLOYEE])
        claims = 65_536
        big.claims.person_row.extend([0] * claims)
        big.claims.service_date.extend([20240630] * claims)
        big.claims.kind = bytes([claim_pb2.CLAIM_KIND_EMERGENCY]) * claims
        queue = [packet(BATCH, big, number, compress_type=ZLIB) for number in range(1, 41)]
        late = packet(BATCH, columns.batch([EXAMPLES["003-1"][0]]), 41, timeout_ms=1)
        self.channel.socket.sendall(b"".join(queue) + late)  # the workers are busy for some hundred milliseconds
        answers = {answer.correlation_id: answer for answer in (self.channel.receive() for _ in range(41))}
        self.assertEqual(answers[41].code, ERPCTIMEDOUT)
        self.assertIn("1 ms", answers[41].text)
        for number in range(1, 41):
            self.assertEqual(answers[number].parse(BatchResponse).claims, claims)


class ThePolicies(InteropTest):
    def test_the_packs_are_listed_and_every_answer_names_its_pack(self):
        listed = self.channel.call(
            "jiesuan.v1.PolicyService/List", policy_service_pb2.ListPoliciesRequest(),
            policy_service_pb2.ListPoliciesResponse)
        digests = {policy.region: policy.digest for policy in listed.policies}
        self.assertEqual(set(digests), {"chongqing", "yantai", "shenyang", "anhui"})
        for request, _ in EXAMPLES.values():
            self.assertEqual(self.calculate(request).outcome.policy_digest, digests[request.region])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
