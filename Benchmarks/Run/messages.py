#!/usr/bin/python3
"""Writes the messages that load drivers send, and compares what servers answered, fen by fen.

Needs protoc and python3-protobuf. Examples:
  messages.py make DIRECTORY                    every message of the benchmarks
  messages.py compare one.bin other.bin         two servers' answers to the same CalculateRequest
  messages.py compare-rows batch.bin rows.bin   a batch in columns and the same as rows
"""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

from google.protobuf import json_format

SINGLES = 24  # requests of their own that every server must answer alike before anything is timed
BATCHES = (1_000, 65_536)
COMPARED = 2_000  # claims of the batch that is compared
CLAIMS_OF_A_PERSON = 8
SEED = 1


def generated_modules():
    """The Python code of the messages: the calculation, claims, persons, the peer's own."""
    benchmarks = pathlib.Path(__file__).resolve().parents[1]
    proto = benchmarks.parent / "Proto"
    files = sorted(proto.glob("jiesuan/v1/*.proto")) + [benchmarks / "Peers" / "peer.proto"]
    with tempfile.TemporaryDirectory() as directory:
        command = ["protoc", f"--python_out={directory}", f"-I{proto}", f"-I{benchmarks / 'Peers'}"]
        subprocess.run(command + [str(file) for file in files], check=True)
        sys.path.insert(0, directory)
        from jiesuan.v1 import calculation_service_pb2, claim_pb2, person_pb2
        import peer_pb2
    return calculation_service_pb2, claim_pb2, person_pb2, peer_pb2


class Different(Exception):
    """Two servers that do not say the same."""


class Messages:
    """Yantai residents of low income and their stays in hospitals, from a fixed seed."""

    def __init__(self):
        self.service, self.claims, self.persons, self.peer = generated_modules()

    def request(self):
        return self.service.CalculateRequest(region="yantai")

    def fill(self, request, in_policy, out_of_catalog, level=3, day=20240601):
        """One stay; as in the columns of `batch`."""
        request.region = "yantai"
        claim = request.claim
        claim.kind = self.claims.CLAIM_KIND_INPATIENT
        claim.service_date = day
        claim.institution.level = level
        claim.cost.in_policy, claim.cost.out_of_catalog = in_policy, out_of_catalog
        claim.cost.total = in_policy + out_of_catalog
        claim.cost.in_policy_drug = in_policy // 3
        claim.external_basic = in_policy // 2
        request.person.insurance = self.persons.INSURANCE_RESIDENT
        request.person.identities.add(identity=self.persons.IDENTITY_LOW_INCOME, given=20230710)
        request.year.year = 2024
        return request

    def sample(self):
        """The request that single calls repeat: four layers pay."""
        request = self.fill(self.request(), 9_876_543, 210_000, day=20240315)
        cost = request.claim.cost
        cost.over_limit, cost.first_self_pay, cost.in_policy_drug = 35_000, 480_000, 4_100_000
        cost.total = cost.out_of_catalog + cost.over_limit + cost.first_self_pay + cost.in_policy
        request.claim.external_basic = 5_400_000
        request.person.person = 370600001234
        return request

    def singles(self):
        """Requests of every identity that Yantai assists, with and without a year behind them."""
        draw = random.Random(SEED)
        for number in range(SINGLES):
            request = self.fill(self.request(), draw.randrange(10_000, 80_000_000), draw.randrange(100_000))
            request.person.identities[0].identity = number % 6
            if number % 2:
                for name, most in (("resident.critical_illness.absorbed", 700_000),
                                   ("resident.critical_illness.base", 40_000_000),
                                   ("assistance.paid", 3_000_000), ("reassistance.absorbed", 500_000)):
                    request.year.accumulators.add(name=name, amount=draw.randrange(1, most))
            yield request

    def stays(self, count):
        draw = random.Random(SEED)
        in_policy = [draw.randrange(10_000, 8_000_000) for _ in range(count)]
        return list(zip(in_policy, [draw.randrange(0, 100_000) for _ in range(count)]))

    def batch(self, count, claims_of_a_person):
        stays, people = self.stays(count), max(1, count // claims_of_a_person)
        request = self.service.CalculateBatchRequest(region="yantai")
        request.institutions.level = bytes([self.claims.LEVEL_1, self.claims.LEVEL_2, self.claims.LEVEL_3])
        request.persons.year.extend([2024] * people)
        request.persons.insurance = bytes([self.persons.INSURANCE_RESIDENT]) * people
        request.persons.identity_row.extend(range(people))
        request.persons.identity = bytes([self.persons.IDENTITY_LOW_INCOME]) * people
        request.persons.identity_given.extend([20230710] * people)
        columns = request.claims
        columns.person_row.extend(row * people // count for row in range(count))
        columns.service_date.extend(20240601 + row % 30 for row in range(count))
        columns.kind = bytes([self.claims.CLAIM_KIND_INPATIENT]) * count
        columns.institution.extend(row % 3 for row in range(count))
        columns.in_policy.extend(inside for inside, _ in stays)
        columns.out_of_catalog.extend(outside for _, outside in stays)
        columns.total.extend(inside + outside for inside, outside in stays)
        columns.in_policy_drug.extend(inside // 3 for inside, _ in stays)
        columns.external_basic.extend(inside // 2 for inside, _ in stays)
        return request

    def rows(self, count):
        """The same stays as rows, each with a year of its own that starts at nothing."""
        request = self.peer.CalculateRowsRequest()
        for row, (inside, outside) in enumerate(self.stays(count)):
            self.fill(request.requests.add(), inside, outside, row % 3 + 1, 20240601 + row % 30)
        return request

    def make(self, directory):
        def write(name, message):
            (directory / name).write_bytes(message.SerializeToString())

        directory.mkdir(parents=True, exist_ok=True)
        write("request.bin", self.sample())
        for number, request in enumerate(self.singles()):
            write(f"single-{number}.bin", request)
        for count in BATCHES:
            write(f"batch-{count}.bin", self.batch(count, CLAIMS_OF_A_PERSON))
            write(f"rows-{count}.bin", self.rows(count))
        write("compared-batch.bin", self.batch(COMPARED, 1))
        write("compared-rows.bin", self.rows(COMPARED))

    def json(self, request):
        """A request as JSON: enums by number, so that a peer need not know their names."""
        return json_format.MessageToJson(request, use_integers_for_enums=True, indent=None)

    def from_json(self, text):
        return json_format.Parse(text, self.service.CalculateResponse())

    def figures(self, path):
        return self.figures_of(path.read_bytes())

    def figures_of(self, message):
        """Every amount of a CalculateResponse, by name; texts differ from server to server, money must not."""
        answer = self.service.CalculateResponse.FromString(message)
        figures = {field.name: getattr(answer.outcome, field.name) for field in answer.outcome.DESCRIPTOR.fields
                   if field.label != field.LABEL_REPEATED and field.type != field.TYPE_STRING}
        for number, row in enumerate(answer.outcome.layers):
            for name in ("layer", "base_amount", "deductible", "payable", "limited", "quota_left", "paid"):
                figures[f"layers[{number}].{name}"] = getattr(row, name)
        for accumulator in answer.year_after.accumulators:
            if accumulator.amount:
                figures[accumulator.name] = accumulator.amount
        return figures

    FUNDS = ("pool_fund", "large_amount_fund", "critical_illness_fund", "assistance_fund", "reassistance_fund",
             "supplementary", "cash", "deductible_paid", "paid_outside")

    def batch_figures(self, path):
        answer = self.service.CalculateBatchResponse.FromString(path.read_bytes())
        if answer.errors:
            raise Different(f"{path}: refused claims: {answer.errors[0]}")
        columns = {name: getattr(answer.outcomes, name) or [0] * answer.claims for name in self.FUNDS}
        return {f"claim {row}: {name}": columns[name][row] for row in range(answer.claims) for name in self.FUNDS}

    def row_figures(self, path):
        answer = self.peer.CalculateRowsResponse.FromString(path.read_bytes())
        return {f"claim {row}: {name}": getattr(one.outcome, name)
                for row, one in enumerate(answer.responses) for name in self.FUNDS}


def compare(name, ours, theirs):
    """Raises where two servers say different money."""
    if not ours:
        raise Different(f"{name}: an empty answer")
    for key in sorted(set(ours) | set(theirs)):
        if ours.get(key) != theirs.get(key):
            raise Different(f"{name}: {key} is {ours.get(key)} here and {theirs.get(key)} there")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "compare", "compare-batches", "compare-rows"])
    parser.add_argument("paths", nargs="+", type=pathlib.Path, help="a directory, or answers")
    arguments = parser.parse_args()
    messages = Messages()
    if arguments.what == "make":
        messages.make(arguments.paths[0])
        return
    reader = messages.figures if arguments.what == "compare" else messages.batch_figures
    other = messages.row_figures if arguments.what == "compare-rows" else reader
    try:
        first = reader(arguments.paths[0])
        for path in arguments.paths[1:]:
            compare(f"{arguments.paths[0].name} and {path.name}", first, other(path))
    except Different as difference:
        sys.exit(f"messages.py: {difference}")


if __name__ == "__main__":
    main()
