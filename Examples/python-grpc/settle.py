"""Claims settled from Python by gRPC, once and only once.

    python3 Examples/python-grpc/settle.py 127.0.0.1:8123 my-id-1

Needs grpcio and grpcio-tools of PyPI; Examples/README.md says what it shows. Amounts are whole fen (分).
"""

import pathlib
import sys
import tempfile
import time

import grpc
import grpc_tools
from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "Proto"


def generate(folder):
    """Writes jiesuan/v1/*_pb2.py and *_pb2_grpc.py below a folder; a project of its own does it once."""
    files = sorted(str(file) for file in (PROTO / "jiesuan" / "v1").glob("*.proto"))
    well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    options = [f"-I{PROTO}", f"-I{well_known}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    if protoc.main(["protoc", *options, *files]) != 0:
        raise RuntimeError("protoc failed")


GENERATED = tempfile.TemporaryDirectory(prefix="jiesuan-messages-")
generate(GENERATED.name)
sys.path.insert(0, GENERATED.name)

from jiesuan.v1 import (  # noqa: E402
    calculation_service_pb2, calculation_service_pb2_grpc, claim_pb2, person_pb2, settlement_service_pb2,
    settlement_service_pb2_grpc)

#: Whether it was settled is not known, or it can be later: ask again. All other codes are final.
AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED,
         grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN)
#: Answers of batches are larger than the 4 MiB that gRPC's clients take by default.
OPTIONS = [("grpc.max_receive_message_length", 64 << 20)]


def settle(stub, request, lose=False):
    """Settles for keeps.

    Where no answer comes it is asked again with the same id: the server settles an id once, and answers it the next
    time as it did the first. With lose the first attempt is given up at once, as when a line breaks.
    """
    for attempt in range(1, 9):
        try:
            if lose and attempt == 1:
                call = stub.Settle.future(request, timeout=30)
                call.cancel()
            else:
                return stub.Settle(request, timeout=30)
        except grpc.RpcError as error:
            if error.code() not in AGAIN or attempt == 8:
                raise
        time.sleep(0.05 * 2 ** attempt)
    raise RuntimeError("not reached")


def tell(what, outcome):
    print(what, "funds", outcome.fund_total, "account", outcome.account_paid, "cash", outcome.cash)


def calculation():
    """A claim with all facts: what it comes to is told, and nothing is kept."""
    request = calculation_service_pb2.CalculateRequest(region="chongqing")
    request.claim.kind = claim_pb2.CLAIM_KIND_OUTPATIENT
    request.claim.service_date = 20240630
    request.claim.institution.level = claim_pb2.LEVEL_2
    request.claim.cost.total = request.claim.cost.in_policy = 2_800_00
    request.person.insurance = person_pb2.INSURANCE_EMPLOYEE
    request.person.membership = person_pb2.MEMBERSHIP_EMPLOYER
    request.person.status = person_pb2.WORK_STATUS_RETIRED
    request.year.year = 2024
    request.accounts.add(balance=1_260_00)
    return request


def visit(settlement_id):
    """A visit of a registered person at a registered hospital: the register knows the rest."""
    request = settlement_service_pb2.SettleRequest(settlement_id=settlement_id, person=101, institution="H2")
    request.claim.kind = claim_pb2.CLAIM_KIND_OUTPATIENT
    request.claim.service_date = 20240630
    request.claim.cost.total = request.claim.cost.in_policy = 50_00
    return request


def main(address, settlement_id):
    with grpc.insecure_channel(address, options=OPTIONS) as channel:
        calculator = calculation_service_pb2_grpc.CalculationServiceStub(channel)
        ledger = settlement_service_pb2_grpc.SettlementServiceStub(channel)
        tell("calculated", calculator.Calculate(calculation(), timeout=30).outcome)

        first = settle(ledger, visit(settlement_id), lose=True)
        tell("settled", first.outcome)
        again = settle(ledger, visit(settlement_id))
        print("asked again:", "the same answer" if again == first else "ANOTHER ANSWER")

        record = ledger.Get(settlement_service_pb2.GetRequest(settlement_id=settlement_id), timeout=30)
        print("looked up: person", record.request.person, "in", record.region)

        reverse = settlement_service_pb2.ReverseRequest(settlement_id=settlement_id, reason="wrong person")
        reversal = ledger.Reverse(reverse, timeout=30)
        print("taken back:", "yes" if reversal.settlement_id == settlement_id else "NO")
        try:
            settle(ledger, visit(settlement_id))
            print("settled AGAIN")
        except grpc.RpcError as error:
            # The text begins with the code's name; its number is in the details (google.rpc.ErrorInfo).
            print("refused:", error.code().name, error.details().split()[0].rstrip(":"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: settle.py HOST:PORT ID (of a settlement that there is not yet)")
    main(*sys.argv[1:])
