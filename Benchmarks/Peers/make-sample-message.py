#!/usr/bin/python3
"""Writes the bytes of a sample jiesuan.v1.CalculateRequest, for the load drivers' --message; with --claims those of a
CalculateBatchRequest: that many Yantai residents' stays in columns, eight a person, from a fixed seed.

Needs protoc and python3-protobuf. Example: make-sample-message.py request.bin
"""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile


def generated_modules(proto: pathlib.Path, directory: str):
    """Generates the Python code of the messages into `directory` and imports it."""
    files = sorted(proto.glob("jiesuan/v1/*.proto"))
    subprocess.run(["protoc", f"--python_out={directory}", f"-I{proto}", *map(str, files)], check=True)
    sys.path.insert(0, directory)
    from jiesuan.v1 import calculation_service_pb2, claim_pb2, person_pb2
    return calculation_service_pb2, claim_pb2, person_pb2


def single(region, accumulators, service, claims, persons):
    request = service.CalculateRequest(region=region)
    claim = request.claim
    claim.kind = claims.CLAIM_KIND_INPATIENT
    claim.service_date = 20240315
    claim.institution.level = claims.LEVEL_3
    cost = claim.cost
    cost.out_of_catalog, cost.over_limit, cost.first_self_pay = 210_000, 35_000, 480_000
    cost.in_policy, cost.in_policy_drug = 9_876_543, 4_100_000
    cost.total = cost.out_of_catalog + cost.over_limit + cost.first_self_pay + cost.in_policy
    claim.external_basic = 5_400_000
    person = request.person
    person.person = 370600001234
    person.insurance = persons.INSURANCE_RESIDENT
    person.identities.add(identity=persons.IDENTITY_LOW_INCOME, given=20230710)
    request.year.year = 2024
    for entry in accumulators:
        name, _, amount = entry.rpartition("=")
        request.year.accumulators.add(name=name, amount=int(amount))
    return request


def batch(region, count, service, claims, persons):
    draw = random.Random(1)
    people = max(1, count // 8)
    in_policy = [draw.randrange(10_000, 8_000_000) for _ in range(count)]
    out_of_catalog = [draw.randrange(0, 100_000) for _ in range(count)]
    request = service.CalculateBatchRequest(region=region)
    request.institutions.level = bytes([claims.LEVEL_1, claims.LEVEL_2, claims.LEVEL_3])
    request.persons.year.extend([2024] * people)
    request.persons.insurance = bytes([persons.INSURANCE_RESIDENT]) * people
    request.persons.identity_row.extend(range(people))
    request.persons.identity = bytes([persons.IDENTITY_LOW_INCOME]) * people
    request.persons.identity_given.extend([20230710] * people)
    columns = request.claims
    columns.person_row.extend(row * people // count for row in range(count))
    columns.service_date.extend(20240601 + row % 30 for row in range(count))
    columns.kind = bytes([claims.CLAIM_KIND_INPATIENT]) * count
    columns.institution.extend(row % 3 for row in range(count))
    columns.in_policy.extend(in_policy)
    columns.out_of_catalog.extend(out_of_catalog)
    columns.total.extend(a + b for a, b in zip(in_policy, out_of_catalog))
    columns.in_policy_drug.extend(amount // 3 for amount in in_policy)
    columns.external_basic.extend(amount // 2 for amount in in_policy)
    return request


def main():
    parser = argparse.ArgumentParser(description="Writes a sample CalculateRequest, a Yantai resident's stay.")
    parser.add_argument("file", type=pathlib.Path, help="where to write the message")
    parser.add_argument("--region", default="yantai", help="the policy pack (default: yantai)")
    parser.add_argument("--accumulator", action="append", default=[], metavar="NAME=FEN",
                        help="an accumulator of the year so far; may be given several times")
    parser.add_argument("--claims", type=int, default=0, metavar="N", help="a batch of N claims in columns instead")
    arguments = parser.parse_args()

    proto = pathlib.Path(__file__).resolve().parents[2] / "Proto"
    with tempfile.TemporaryDirectory() as directory:
        modules = generated_modules(proto, directory)
        if arguments.claims:
            request = batch(arguments.region, arguments.claims, *modules)
        else:
            request = single(arguments.region, arguments.accumulator, *modules)
        arguments.file.write_bytes(request.SerializeToString())


if __name__ == "__main__":
    main()
