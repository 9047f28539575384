"""The FastAPI peer: Calculate as JSON, the fields of our own JSON, by the C calculator. How such a service is usually
written: models that pydantic checks, one function, uvicorn with uvloop and httptools, a worker a core.

uvicorn app:app --port 22610 --workers 2
"""
import ctypes
import os

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

SLOTS = 6
LAYERS_MAX = 8
LAYER_NUMBERS = 7
FUNDS = ["poolFund", "largeAmountFund", "criticalIllnessFund", "assistanceFund", "reassistanceFund", "supplementary"]

library = ctypes.CDLL(os.environ["CALCULATION_LIBRARY"])
library.fastapi_layer_text.restype = ctypes.c_char_p
library.fastapi_slot_name.restype = ctypes.c_char_p
SLOT_NAMES = [library.fastapi_slot_name(slot).decode() for slot in range(SLOTS)]
SLOT_OF_NAME = {name: slot for slot, name in enumerate(SLOT_NAMES)}
Int64 = ctypes.c_int64


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Institution(Model):
    level: int = 0
    chinese_medicine: bool = False
    county_area: bool = False
    out_of_city: bool = False


class CostSplit(Model):
    total: int = 0
    out_of_catalog: int = 0
    over_limit: int = 0
    first_self_pay: int = 0
    in_policy: int = 0
    in_policy_drug: int = 0
    special_drug: int = 0


class Claim(Model):
    kind: int = 0
    service_date: int = 0
    institution: Institution = Institution()
    cost: CostSplit = CostSplit()
    external_basic: int = 0
    external_large_amount: int = 0
    account_use: int = 0
    referred_from: int = 0


class DatedIdentity(Model):
    identity: int = 0
    given: int = 0
    ended: int = 0


class PersonFacts(Model):
    person: int = 0
    insurance: int = 0
    membership: int = 0
    status: int = 0
    covered_from: int = 0
    covered_until: int = 0
    identities: list[DatedIdentity] = []


class Accumulator(Model):
    name: str = ""
    amount: int = 0


class YearState(Model):
    year: int = 0
    accumulators: list[Accumulator] = []


class CalculateRequest(Model):
    region: str = ""
    claim: Claim
    person: PersonFacts
    year: YearState


app = FastAPI()


def texts(layer):
    names = ("layer", "fund", "fundCode", "rule", "interpretation")
    found = ((name, library.fastapi_layer_text(layer, index)) for index, name in enumerate(names))
    return {name: text.decode() for name, text in found if text}


LAYER_TEXTS = {}


def layer_row(numbers):
    layer, base, deductible, quota_left, first, second = numbers[:6]
    if layer not in LAYER_TEXTS:
        LAYER_TEXTS[layer] = texts(layer)
    row = dict(LAYER_TEXTS[layer])
    row.update(baseAmount=str(base), deductible=str(deductible), payable=str(base - deductible),
               paid=str(first + second))
    if quota_left >= 0:
        row.update(limited=True, quotaLeft=str(quota_left))
    return row


@app.post("/jiesuan.v1.CalculationService/Calculate")
async def calculate(request: CalculateRequest):
    if request.region != "yantai":
        raise HTTPException(400, "region: only yantai")
    claim, cost, institution = request.claim, request.claim.cost, request.claim.institution
    facts = (Int64 * 17)(
        claim.kind, claim.service_date, cost.total, cost.out_of_catalog, cost.over_limit, cost.first_self_pay,
        cost.in_policy, cost.in_policy_drug, cost.special_drug, institution.level, institution.chinese_medicine,
        institution.county_area, institution.out_of_city, claim.external_basic, claim.external_large_amount,
        claim.account_use, claim.referred_from)
    person = (Int64 * 5)(
        request.person.insurance, request.person.membership, request.person.status, request.person.covered_from,
        request.person.covered_until)
    dated = [number for one in request.person.identities for number in (one.identity, one.given, one.ended)]
    identities = (Int64 * max(1, len(dated)))(*dated)
    year = (Int64 * SLOTS)()
    for accumulator in request.year.accumulators:
        if accumulator.name not in SLOT_OF_NAME:
            raise HTTPException(400, "year: unknown accumulator")
        year[SLOT_OF_NAME[accumulator.name]] = accumulator.amount
    outcome, layers = (Int64 * 12)(), (Int64 * (LAYERS_MAX * LAYER_NUMBERS))()
    code = library.fastapi_calculate(
        facts, person, identities, Int64(len(request.person.identities)), request.year.year, year, outcome, layers)
    if code:
        raise HTTPException(422, {"code": code})
    funds = {name: str(outcome[1 + index]) for index, name in enumerate(FUNDS) if outcome[1 + index]}
    fund_total = sum(outcome[1:7])
    return {
        "outcome": {
            "total": str(outcome[0]), **funds, "fundTotal": str(fund_total),
            "personTotal": str(outcome[0] - fund_total), "cash": str(outcome[7]), "deductiblePaid": str(outcome[8]),
            "paidOutside": str(outcome[9]), "identity": outcome[10], "policyDigest": "0" * 64,
            "layers": [layer_row(layers[LAYER_NUMBERS * index:LAYER_NUMBERS * (index + 1)])
                       for index in range(outcome[11])],
        },
        "yearAfter": {
            "year": request.year.year,
            "accumulators": [{"name": name, "amount": str(amount)}
                             for name, amount in zip(SLOT_NAMES, year) if amount],
        },
    }
