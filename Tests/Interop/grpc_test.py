"""Calls the real server by unmodified gRPC libraries: grpcio, its health checking, its reflection, its status details.

    .build/interop/bin/python -B Tests/Interop/grpc_test.py .build/release/jiesuan

.ci/venv .build/interop Tests/Interop/requirements.txt makes that Python.
"""

import pathlib
import random
import sys
import tempfile
import threading
import types
import unittest

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Examples" / "python-grpc"))

import settle as example  # noqa: E402
from jiesuan.v1 import (  # noqa: E402
    calculation_service_pb2, calculation_service_pb2_grpc, claim_pb2, error_pb2, person_pb2, registry_service_pb2,
    registry_service_pb2_grpc, settlement_service_pb2, settlement_service_pb2_grpc)

# The tests of the other protocol take these from messages that Debian's protoc makes.
sys.modules["messages"] = types.SimpleNamespace(
    calculation_service_pb2=calculation_service_pb2, claim_pb2=claim_pb2, person_pb2=person_pb2)

from server import Server  # noqa: E402
from worked_examples import EXAMPLES, YUAN  # noqa: E402

SEED = random.randrange(1 << 30)
PATIENCE = 60  # s
BATCH = 65_536
LARGE = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]


def setUpModule():
    global server, folder
    folder = tempfile.TemporaryDirectory(prefix="jiesuan-grpc-")
    server = Server(PROGRAM, "--ledger", f"{folder.name}/ledger.db")
    register()


def tearDownModule():
    code = server.stop()
    folder.cleanup()
    if code != 0:
        raise RuntimeError(f"the server exited with {code}")


def open_channel(options=(), **more):
    host, port = server.address
    return grpc.insecure_channel(f"{host}:{port}", options=list(options), **more)


def register():
    """What the example settles for."""
    with open_channel() as channel:
        request = registry_service_pb2.ImportBatchRequest()
        hospital = request.items.add().institution.institution
        hospital.code, hospital.region, hospital.level = "H2", "chongqing", claim_pb2.LEVEL_2
        hospital.kind = registry_service_pb2.INSTITUTION_KIND_HOSPITAL
        person = request.items.add().person
        person.person, person.region, person.birth_month = 101, "chongqing", 196205
        enrol = request.items.add().enrol
        enrol.person = 101
        enrol.enrolment.insurance = person_pb2.INSURANCE_EMPLOYEE
        enrol.enrolment.membership = person_pb2.MEMBERSHIP_EMPLOYER
        enrol.enrolment.status = person_pb2.WORK_STATUS_RETIRED
        enrol.enrolment.covered_from = 20200101
        answer = registry_service_pb2_grpc.RegistryServiceStub(channel).ImportBatch(request, timeout=PATIENCE)
        if answer.errors:
            raise RuntimeError(str(answer.errors))


def batch(rows):
    """The example's claim so many times, a person each."""
    request = calculation_service_pb2.CalculateBatchRequest(region="chongqing", want_layers=True)
    request.institutions.level = bytes([claim_pb2.LEVEL_2])
    persons, claims = request.persons, request.claims
    persons.year.extend([2024] * rows)
    persons.insurance = bytes([person_pb2.INSURANCE_EMPLOYEE]) * rows
    persons.membership = bytes([person_pb2.MEMBERSHIP_EMPLOYER]) * rows
    persons.status = bytes([person_pb2.WORK_STATUS_RETIRED]) * rows
    claims.person_row.extend(range(rows))
    claims.service_date.extend([20240630] * rows)
    claims.kind = bytes([claim_pb2.CLAIM_KIND_OUTPATIENT]) * rows
    claims.total.extend([2_800_00] * rows)
    claims.in_policy.extend([2_800_00] * rows)
    return request


class GrpcTest(unittest.TestCase):
    def setUp(self):
        self.channel = self.connect()
        self.calculator = calculation_service_pb2_grpc.CalculationServiceStub(self.channel)
        self.ledger = settlement_service_pb2_grpc.SettlementServiceStub(self.channel)

    def connect(self, options=LARGE, **more):
        channel = open_channel(options, **more)
        self.addCleanup(channel.close)
        return channel

    def refused(self, call, *arguments, **options):
        """The error of a call that must fail."""
        with self.assertRaises(grpc.RpcError) as caught:
            call(*arguments, timeout=PATIENCE, **options)
        return caught.exception


class Calls(GrpcTest):
    def test_the_worked_examples_come_out_as_the_sources_say(self):
        for name, (request, expected) in EXAMPLES.items():
            with self.subTest(name):
                outcome = self.calculator.Calculate(request, timeout=PATIENCE).outcome
                self.assertLessEqual(abs(outcome.fund_total - expected.funds * YUAN), YUAN)
                self.assertEqual(outcome.fund_total + outcome.person_total, outcome.total)

    def test_a_settlement_is_made_once_looked_up_and_taken_back(self):
        request = example.visit(f"grpc-{SEED}")
        first = example.settle(self.ledger, request, lose=True)
        self.assertEqual(example.settle(self.ledger, request), first)
        record = self.ledger.Get(
            settlement_service_pb2.GetRequest(settlement_id=request.settlement_id), timeout=PATIENCE)
        self.assertEqual(record.answer.sequence, first.sequence)
        reverse = settlement_service_pb2.ReverseRequest(settlement_id=request.settlement_id, reason="wrong person")
        self.assertGreater(self.ledger.Reverse(reverse, timeout=PATIENCE).sequence, first.sequence)
        error = self.refused(self.ledger.Settle, request)
        self.assertEqual(error.code(), grpc.StatusCode.FAILED_PRECONDITION)

    def test_a_thousand_under_way_on_one_connection(self):
        request = example.calculation()
        calls = [self.calculator.Calculate.future(request, timeout=PATIENCE) for _ in range(1_000)]
        self.assertEqual({call.result().outcome.fund_total for call in calls}, {189_000})

    def test_a_batch_is_larger_than_clients_take_by_default(self):
        request = batch(BATCH)
        answer = self.calculator.CalculateBatch(request, timeout=PATIENCE)
        self.assertEqual(answer.claims, BATCH)
        self.assertEqual(list(answer.errors), [])
        self.assertEqual(len(set(answer.outcomes.pool_fund)), 1)
        self.assertGreater(answer.ByteSize(), 4 << 20)
        # The limit is the client's: 4 MiB unless it says otherwise.
        usual = calculation_service_pb2_grpc.CalculationServiceStub(self.connect(options=()))
        error = self.refused(usual.CalculateBatch, request)
        self.assertEqual(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)

    def test_gzip_and_deflate_both_ways(self):
        plain = self.calculator.CalculateBatch(batch(1_000), timeout=PATIENCE)
        for compression in (grpc.Compression.Gzip, grpc.Compression.Deflate):
            with self.subTest(compression):
                stub = calculation_service_pb2_grpc.CalculationServiceStub(self.connect(compression=compression))
                self.assertEqual(stub.CalculateBatch(batch(1_000), timeout=PATIENCE), plain)
                self.assertEqual(stub.Calculate(example.calculation(), timeout=PATIENCE).outcome.fund_total, 189_000)

    def test_a_deadline_that_is_over_is_no_answer(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.calculator.CalculateBatch(batch(BATCH), timeout=0.001)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        # The connection goes on.
        self.assertEqual(self.calculator.Calculate(example.calculation(), timeout=PATIENCE).outcome.fund_total, 189_000)


class Errors(GrpcTest):
    def test_a_refusal_has_its_code_its_field_and_its_text(self):
        request = example.calculation()
        request.claim.cost.total = -1
        error = self.refused(self.calculator.Calculate, request)
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertTrue(error.details().startswith("AMOUNT_OUT_OF_RANGE claim.cost.total=-1"), error.details())
        status = rpc_status.from_call(error)
        self.assertEqual(status.message, error.details())
        info = error_details_pb2.ErrorInfo()
        self.assertTrue(status.details[0].Unpack(info))
        self.assertEqual(info.reason, "AMOUNT_OUT_OF_RANGE")
        self.assertEqual(info.metadata["code"], str(error_pb2.AMOUNT_OUT_OF_RANGE))

    def test_every_kind_of_bad_claim_has_its_status_and_its_parts(self):
        def claim(**values):
            request = example.calculation()
            for name, value in values.items():
                setattr(request.claim.cost if name in ("total", "in_policy") else request.claim, name, value)
            return request

        invalid, missing = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
        rows = [
            (claim(total=280_001), invalid, "AMOUNTS_DO_NOT_ADD_UP"),
            (claim(total=10**13, in_policy=10**13), invalid, "AMOUNT_OUT_OF_RANGE"),
            (claim(service_date=20240230), invalid, "DATE_INVALID"),
            (calculation_service_pb2.CalculateRequest(region="nowhere"), missing, "REGION_UNKNOWN"),
        ]
        for request, status, reason in rows:
            with self.subTest(reason):
                error = self.refused(self.calculator.Calculate, request)
                self.assertEqual(error.code(), status)
                info = error_details_pb2.ErrorInfo()
                self.assertTrue(rpc_status.from_call(error).details[0].Unpack(info))
                self.assertEqual((info.reason, info.domain), (reason, "jiesuan"))
                self.assertEqual(info.metadata["code"], str(error_pb2.DomainError.Value(reason)))
                self.assertTrue(error.details().startswith(f"{reason} {info.metadata['field']}"), error.details())
                if "rule" in info.metadata:
                    self.assertIn(f" [{info.metadata['rule']}]: ", error.details())
        self.assertEqual(info.metadata["field"], "region")

    def test_bytes_that_are_no_message_are_refused(self):
        error = self.refused(self.channel.unary_unary("/jiesuan.v1.CalculationService/Calculate"), b"\x0a\xff")
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        info = error_details_pb2.ErrorInfo()
        self.assertTrue(rpc_status.from_call(error).details[0].Unpack(info))
        self.assertEqual(info.reason, "EREQUEST")

    def test_what_there_is_not(self):
        unknown = self.refused(
            self.ledger.Get, settlement_service_pb2.GetRequest(settlement_id="nobody's"))
        self.assertEqual(unknown.code(), grpc.StatusCode.NOT_FOUND)
        for path in ("/jiesuan.v1.CalculationService/Forget", "/jiesuan.v1.Nobody/Calculate"):
            with self.subTest(path):
                error = self.refused(self.channel.unary_unary(path), b"")
                self.assertEqual(error.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_chinese_text_comes_back_whole(self):
        request = example.calculation()
        request.region = "重庆"
        error = self.refused(self.calculator.Calculate, request)
        self.assertEqual(error.code(), grpc.StatusCode.NOT_FOUND)
        self.assertIn("重庆", error.details())


class Health(GrpcTest):
    def setUp(self):
        super().setUp()
        self.health = health_pb2_grpc.HealthStub(self.channel)

    def test_check_answers_for_the_server_and_each_service(self):
        for service in ("", "jiesuan.v1.SettlementService", "jiesuan.v1.CalculationService", "grpc.health.v1.Health"):
            answer = self.health.Check(health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE)
            self.assertEqual(answer.status, health_pb2.HealthCheckResponse.SERVING, service)

    def test_check_of_what_there_is_not_is_not_found(self):
        error = self.refused(self.health.Check, health_pb2.HealthCheckRequest(service="jiesuan.v1.Nobody"))
        self.assertEqual(error.code(), grpc.StatusCode.NOT_FOUND)

    def test_watch_of_what_there_is_not_says_so_and_goes_on(self):
        watch = self.health.Watch(health_pb2.HealthCheckRequest(service="jiesuan.v1.Nobody"), timeout=PATIENCE)
        self.assertEqual(next(watch).status, health_pb2.HealthCheckResponse.SERVICE_UNKNOWN)
        watch.cancel()

    def test_watch_is_told_when_the_server_drains(self):
        other = Server(PROGRAM)
        self.addCleanup(lambda: other.process.poll() is None and other.stop())
        host, port = other.address
        with grpc.insecure_channel(f"{host}:{port}") as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=PATIENCE)
            seen = [next(watch).status]
            stopping = threading.Thread(target=other.stop)
            stopping.start()
            try:
                # One by one: what came before the end counts.
                for answer in watch:
                    seen.append(answer.status)
            except grpc.RpcError as error:
                self.assertEqual(error.code(), grpc.StatusCode.UNAVAILABLE)
            stopping.join(PATIENCE)
        response = health_pb2.HealthCheckResponse
        self.assertEqual(seen, [response.SERVING, response.NOT_SERVING])


class Reflection(GrpcTest):
    def setUp(self):
        super().setUp()
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def test_it_lists_the_services(self):
        services = set(self.database.get_services())
        self.assertLessEqual(
            {"jiesuan.v1.CalculationService", "jiesuan.v1.SettlementService", "grpc.health.v1.Health",
             "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}, services)
        for name in services:
            self.assertGreater(len(self.pool.FindServiceByName(name).methods), 0, name)

    def test_a_client_that_knows_nothing_but_the_address_calls_a_method(self):
        method = self.pool.FindServiceByName("jiesuan.v1.CalculationService").methods_by_name["Calculate"]
        request_type = message_factory.GetMessageClass(method.input_type)
        answer_type = message_factory.GetMessageClass(method.output_type)
        request = request_type.FromString(example.calculation().SerializeToString())
        call = self.channel.unary_unary(
            f"/{method.containing_service.full_name}/{method.name}",
            request_serializer=request_type.SerializeToString, response_deserializer=answer_type.FromString)
        self.assertEqual(call(request, timeout=PATIENCE).outcome.fund_total, 189_000)

    def test_messages_are_those_of_the_proto_files(self):
        for ours in (claim_pb2.Claim, settlement_service_pb2.SettlementRecord, registry_service_pb2.ImportBatchRequest):
            theirs = self.pool.FindMessageTypeByName(ours.DESCRIPTOR.full_name)
            self.assertEqual(
                [(field.number, field.name, field.type) for field in theirs.fields],
                [(field.number, field.name, field.type) for field in ours.DESCRIPTOR.fields])

    def test_both_versions_answer_many_questions_in_one_call(self):
        questions = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol="jiesuan.v1.Nobody"),
            reflection_pb2.ServerReflectionRequest(file_by_filename="jiesuan/v1/claim.proto"),
            reflection_pb2.ServerReflectionRequest(all_extension_numbers_of_type="jiesuan.v1.Claim")]
        for version in ("v1", "v1alpha"):
            with self.subTest(version):
                call = self.channel.stream_stream(
                    f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                    request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
                    response_deserializer=reflection_pb2.ServerReflectionResponse.FromString)
                answers = list(call(iter(questions), timeout=PATIENCE))
                self.assertEqual([answer.original_request for answer in answers], questions)
                self.assertEqual(
                    [answer.WhichOneof("message_response") for answer in answers],
                    ["list_services_response", "error_response", "file_descriptor_response",
                     "all_extension_numbers_response"])
                self.assertEqual(answers[1].error_response.error_code, grpc.StatusCode.NOT_FOUND.value[0])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    print("SEED", SEED)
    unittest.main(verbosity=2)
