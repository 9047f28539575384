"""The most expensive valid requests, each as a list of calls that one connection sends in turns for ever."""

import time
from typing import NamedTuple

import rig  # noqa: F401
from client import GZIP, PLAIN, packet
from messages import (
    calculation_service_pb2, claim_pb2, person_pb2, policy_service_pb2, registry_service_pb2, settlement_service_pb2)
from jiesuan.v1 import filing_service_pb2, year_end_service_pb2

SERVICE = "jiesuan.v1."
BATCH = 65_536
INFLATED_MAX = 64 << 20
#: Field 1000, of bytes.
UNKNOWN_FIELD = b"\xc2\x3e"
#: A person of whom a year has as many settlements as one answer may list.
CROWDED = 9_000_000_001
STAYS = 1_000
HOSPITALS = [f"torture-{number}" for number in range(61)]
IMPORTED = 5_000
#: A person whom nobody has registered.
FIRST_REFUSED = 9_999_999_999


class Kind(NamedTuple):
    name: str
    #: Whole packets.
    packets: list
    #: Seconds to wait after a refusal; 0: it asks at once again.
    pause: float = 0
    #: Whether a refusal of all of them is right: of bombs. Other questions that are all refused cost nothing.
    is_bomb: bool = False


def call(method, message, compress=PLAIN):
    return packet(SERVICE + method, message, 1, compress_type=compress)


def settle_request(name, person=CROWDED, total=100_00, date=20240630, hospital=HOSPITALS[0]):
    request = settlement_service_pb2.SettleRequest(settlement_id=name, person=person, institution=hospital)
    request.claim.kind = claim_pb2.CLAIM_KIND_OUTPATIENT
    request.claim.service_date = date
    request.claim.cost.total = request.claim.cost.in_policy = total
    return request


def batch(ids, person, hospital=HOSPITALS[0]):
    """SettleBatch of small outpatient claims of one person."""
    count = len(ids)
    request = settlement_service_pb2.SettleBatchRequest(settlement_ids="".join(ids).encode(), id_bytes=len(ids[0]))
    request.person.extend([person] * count)
    request.institutions.append(hospital)
    request.institution.extend([0] * count)
    request.kind = bytes([claim_pb2.CLAIM_KIND_OUTPATIENT]) * count
    request.service_date.extend([20240630] * count)
    request.total.extend([100_00] * count)
    request.in_policy.extend([100_00] * count)
    return request


def import_batch(first, count):
    """Persons of Chongqing with their enrolment: two items each."""
    request = registry_service_pb2.ImportBatchRequest()
    for person in range(first, first + count):
        item = request.items.add().person
        item.person, item.region, item.birth_month = person, "chongqing", 199001
        item = request.items.add().enrol
        item.person = person
        item.enrolment.insurance = person_pb2.INSURANCE_EMPLOYEE
        item.enrolment.membership = person_pb2.MEMBERSHIP_EMPLOYER
        item.enrolment.status = person_pb2.WORK_STATUS_ACTIVE
        item.enrolment.covered_from = 20200101
    return request


def prepare(channel):
    """Registers what the questions are about: hospitals, and a person with a thousand visits in one year."""
    places = registry_service_pb2.ImportBatchRequest()
    for code in HOSPITALS:
        record = places.items.add().institution.institution
        record.code, record.region, record.level = code, "chongqing", claim_pb2.LEVEL_2
        record.kind = registry_service_pb2.INSTITUTION_KIND_HOSPITAL
    answer = registry_service_pb2.ImportBatchResponse
    for request in (places, import_batch(CROWDED, 1), import_batch(CROWDED + 1, IMPORTED)):
        errors = channel.call(SERVICE + "RegistryService/ImportBatch", request, answer).errors
        if errors:
            raise RuntimeError(f"not registered: {errors[0]}")
    visits = batch([f"visit-{number:06}" for number in range(STAYS)], CROWDED)
    settled = channel.call(
        SERVICE + "SettlementService/SettleBatch", visits, settlement_service_pb2.SettleBatchResponse)
    if settled.errors:
        raise RuntimeError(f"not settled: {settled.errors[0]}")


def bomb(method, message, size):
    """The message with zeros behind it, in a field that nobody knows, so that it is `size` bytes when inflated."""
    body = message.SerializeToString() + UNKNOWN_FIELD
    zeros = size - len(body) - 5
    # The length as a varint of five bytes whatever it is, so that the size is exact.
    length = bytes(zeros >> 7 * place & 127 | (128 if place < 4 else 0) for place in range(5))
    return call(method, body + length + bytes(zeros), GZIP)


def reconcile(hospital, rows):
    today = int(time.strftime("%Y%m%d", time.gmtime(time.time() + 8 * 3600)))
    request = settlement_service_pb2.ReconcileDetailsRequest(
        institution=hospital, until=today, **{"from": today // 100 * 100 + 1})
    for number in range(rows):
        row = request.rows.add()
        row.settlement_id = f"theirs-{number}"
        row.total = row.cash = 100
    return request


def compare():
    return settlement_service_pb2.CompareRequest(
        stay=settle_request(""), institutions=HOSPITALS,
        levels=[claim_pb2.LEVEL_1, claim_pb2.LEVEL_2, claim_pb2.LEVEL_3])


def explain_policy():
    request = policy_service_pb2.ExplainRequest()
    claim = request.claim
    claim.region = "chongqing"
    claim.claim.CopyFrom(settle_request("").claim)
    claim.claim.kind = claim_pb2.CLAIM_KIND_INPATIENT
    claim.claim.institution.level = claim_pb2.LEVEL_3
    claim.person.insurance = person_pb2.INSURANCE_EMPLOYEE
    claim.person.membership = person_pb2.MEMBERSHIP_EMPLOYER
    claim.person.status = person_pb2.WORK_STATUS_ACTIVE
    claim.person.covered_from = 20200101
    claim.year.year = 2024
    return request


def calculate_bomb(size):
    request = calculation_service_pb2.CalculateBatchRequest(region="chongqing")
    request.institutions.level = bytes([claim_pb2.LEVEL_3])
    persons, claims = request.persons, request.claims
    persons.year.append(2024)
    persons.insurance = bytes([person_pb2.INSURANCE_EMPLOYEE])
    persons.membership = bytes([person_pb2.MEMBERSHIP_EMPLOYER])
    persons.status = bytes([person_pb2.WORK_STATUS_ACTIVE])
    claims.person_row.append(0)
    claims.service_date.append(20240630)
    claims.kind = bytes([claim_pb2.CLAIM_KIND_OUTPATIENT])
    claims.total.append(100_00)
    claims.in_policy.append(100_00)
    return bomb("CalculationService/CalculateBatch", request, size)


def year_ends(run, count=4096):
    """Starts of dry runs, each of a name of its own; while one is at work the server refuses the next one."""
    for number in range(count):
        yield call(
            "YearEndService/Start",
            year_end_service_pb2.StartYearEndRequest(name=f"{run}-{number}", year=2024, dry_run=True, audit=True))


def kinds(hospital):
    """Every kind; `hospital` is one where the ledger has most of its settlements."""
    table = filing_service_pb2.FilingTableRequest(
        region="shenyang", table=filing_service_pb2.FILING_TABLE_INSPECTION, day=20241231, cost_from=100_000_00)
    settlement = "SettlementService/"
    one_id = batch(["one-and-the-same"] * BATCH, CROWDED)
    refusals = batch([f"refused-{number:08}" for number in range(BATCH)], FIRST_REFUSED)
    return [
        Kind("Table", [call("FilingService/Table", table)]),
        Kind("Screen", [call("FilingService/Screen", filing_service_pb2.ScreenRequest(region="anhui", month=202401))]),
        Kind("ReconcileDetails", [call(settlement + "ReconcileDetails", reconcile(hospital, 0))]),
        Kind("ReconcileDetails, 100,000 rows", [call(settlement + "ReconcileDetails", reconcile(hospital, 100_000))]),
        Kind("ListYear, 1,000", [call(
            settlement + "ListYear",
            settlement_service_pb2.ListYearRequest(person=CROWDED, year=2024, limit=STAYS))]),
        Kind("Settle, a bomb of 64 MiB", [
            bomb(settlement + "Settle", settle_request("bomb"), INFLATED_MAX),
            bomb(settlement + "Settle", settle_request("bomb"), INFLATED_MAX + 1)], is_bomb=True),
        Kind("SettleBatch, 65,536 refusals", [call(settlement + "SettleBatch", refusals)]),
        Kind("SettleBatch, 65,536 of one id", [call(settlement + "SettleBatch", one_id)]),
        Kind("ExplainSettlement", [call(
            settlement + "ExplainSettlement", settlement_service_pb2.GetRequest(settlement_id="visit-000999"))]),
        Kind("ImportBatch, 10,000", [call("RegistryService/ImportBatch", import_batch(CROWDED + 1, IMPORTED))]),
        Kind("Compare, 64 columns", [call(settlement + "Compare", compare())]),
        Kind("PolicyService.Explain", [call("PolicyService/Explain", explain_policy())]),
        Kind("CalculateBatch, a bomb of 64 MiB", [calculate_bomb(INFLATED_MAX), calculate_bomb(INFLATED_MAX + 1)],
             is_bomb=True),
        Kind("a year's end", list(year_ends("torture")), pause=0.05),
    ]
