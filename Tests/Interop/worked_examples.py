"""The nine worked examples that the source documents print, as requests, with what they say comes out.

Sources 003 (Chongqing, outpatient pooling) and 002 (Shenyang, registered poor); amounts in yuan, and the sources round
to the yuan on the way: one yuan of difference is agreement. Rules CQ-5, CQ-10, CQ-12, CQ-13, CQ-15 to
CQ-19, CQ-31, SY-2.
"""

from typing import NamedTuple

from messages import calculation_service_pb2, claim_pb2, person_pb2

YUAN = 100  # fen


class Expected(NamedTuple):
    funds: int
    account: int
    cash: int
    balance: int


def chongqing(spent, level, status, balance, disease="", membership=person_pb2.MEMBERSHIP_EMPLOYER):
    """An employee's year of outpatient treatment, sent as one claim; all of it in policy."""
    request = calculation_service_pb2.CalculateRequest(region="chongqing")
    claim = request.claim
    claim.kind = claim_pb2.CLAIM_KIND_SPECIAL if disease else claim_pb2.CLAIM_KIND_OUTPATIENT
    claim.disease = disease
    claim.service_date = 20240630
    claim.cost.total = claim.cost.in_policy = spent * YUAN
    claim.institution.level = level
    person = request.person
    person.insurance, person.membership, person.status = person_pb2.INSURANCE_EMPLOYEE, membership, status
    request.year.year = 2024
    request.accounts.add(relation=person_pb2.RELATION_SELF, balance=balance * YUAN)
    return request


def shenyang(kind, level, total, in_policy, basic):
    """A registered poor resident, whose basic insurance has paid its part already."""
    request = calculation_service_pb2.CalculateRequest(region="shenyang")
    claim = request.claim
    claim.kind = kind
    claim.service_date = 20200630
    claim.cost.total = total * YUAN
    claim.cost.in_policy = in_policy * YUAN
    claim.cost.out_of_catalog = (total - in_policy) * YUAN
    claim.external_basic = basic * YUAN
    claim.institution.level = level
    request.person.insurance = person_pb2.INSURANCE_RESIDENT
    request.person.identities.add(identity=person_pb2.IDENTITY_REGISTERED_POOR, given=20190101)
    request.year.year = 2020
    return request


ACTIVE, RETIRED = person_pb2.WORK_STATUS_ACTIVE, person_pb2.WORK_STATUS_RETIRED
TIER_2 = person_pb2.MEMBERSHIP_TIER_2
INPATIENT, SPECIAL = claim_pb2.CLAIM_KIND_INPATIENT, claim_pb2.CLAIM_KIND_SPECIAL

EXAMPLES = {
    "003-1": (chongqing(2_800, 2, RETIRED, 1_260), Expected(1_890, 910, 0, 350)),
    "003-2": (chongqing(3_000, 3, ACTIVE, 2_000), Expected(1_400, 1_600, 0, 400)),
    "003-3": (chongqing(6_350, 2, ACTIVE, 989, "hypertension"), Expected(5_581, 769, 0, 220)),
    "003-4": (chongqing(40_000, 3, RETIRED, 1_380, "cancer_therapy"), Expected(38_023, 1_380, 597, 0)),
    "003-5": (chongqing(110_400, 3, ACTIVE, 1_068, "dialysis", TIER_2), Expected(107_805, 1_068, 1_527, 0)),
    "002-1": (shenyang(INPATIENT, 2, 6_264, 6_175, 4_149), Expected(5_567, 0, 697, 0)),
    "002-2": (shenyang(INPATIENT, 3, 8_152, 7_025, 4_352), Expected(6_223, 0, 1_929, 0)),
    "002-3": (shenyang(SPECIAL, 2, 5_492, 5_486, 4_371), Expected(5_152, 0, 340, 0)),
    "002-4": (shenyang(SPECIAL, 3, 7_313, 7_310, 4_924), Expected(6_594, 0, 719, 0)),
}
