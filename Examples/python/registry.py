"""RegistryService: hospitals, and who is insured how; the persons that the other examples settle for.

    /usr/bin/python3 Examples/python/registry.py 127.0.0.1:8123

What stands so already is answered as unchanged, so that all of it may be put again. A person is a number and no name.
"""

from client import connect
from messages import claim_pb2, person_pb2
from messages import registry_service_pb2 as registry

SERVICE = "jiesuan.v1.RegistryService/"
RETIRED, ACTIVE = 101, 102


def register(channel):
    """A county, two hospitals, and a retired and an active employee, in one call."""
    request = registry.ImportBatchRequest()
    county = request.items.add().area.area
    county.code, county.name, county.region = "500236", "奉节县", "chongqing"
    for code, level in (("H2", claim_pb2.LEVEL_2), ("H3", claim_pb2.LEVEL_3)):
        hospital = request.items.add().institution.institution
        hospital.code, hospital.region, hospital.level, hospital.area = code, "chongqing", level, "500236"
        hospital.kind = registry.INSTITUTION_KIND_HOSPITAL
    for number, birth_month, status in (
            (RETIRED, 196205, person_pb2.WORK_STATUS_RETIRED), (ACTIVE, 199001, person_pb2.WORK_STATUS_ACTIVE)):
        person = request.items.add().person
        person.person, person.region, person.birth_month = number, "chongqing", birth_month
        enrol = request.items.add().enrol
        enrol.person = number
        enrol.enrolment.insurance = person_pb2.INSURANCE_EMPLOYEE
        enrol.enrolment.membership = person_pb2.MEMBERSHIP_EMPLOYER
        enrol.enrolment.status = status
        enrol.enrolment.covered_from = 20200101
    answer = channel.call(SERVICE + "ImportBatch", request, registry.ImportBatchResponse)
    for error in answer.errors:
        raise RuntimeError(f"item {error.item} was refused: {error.code} {error.field}={error.value}")
    return answer


def main(channel):
    answer = register(channel)
    print("recorded", answer.recorded, "unchanged", answer.unchanged)

    # What is on record of a person, the oldest first.
    person = channel.call(SERVICE + "GetPerson", registry.GetPersonRequest(person=RETIRED), registry.GetPersonResponse)
    for entry in person.entries:
        print("record", entry.number, "enrolment" if entry.HasField("enrolment") else "registration")

    # The person's year: what is used of each deductible and limit, and what is left.
    year = channel.call(
        SERVICE + "GetYear", registry.GetYearRequest(person=RETIRED, year=2024), registry.GetYearResponse)
    for accumulator in year.accumulators:
        for limit in accumulator.limits[:1]:
            print(accumulator.label_zh, "used", accumulator.amount, "left", limit.left, f"[{limit.rule}]")


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
