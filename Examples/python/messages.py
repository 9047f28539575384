"""The messages of Proto/ for Google's protobuf runtime, generated when this module is imported.

Needs Debian's protobuf-compiler and python3-protobuf. A project of its own generates them once and keeps the result:

    /usr/bin/python3 Examples/python/messages.py my/project/generated
"""

import atexit
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROTO = pathlib.Path(__file__).resolve().parents[2] / "Proto"


def generate(folder):
    """Has protoc write baidu_std/*_pb2.py and jiesuan/v1/*_pb2.py below a folder."""
    files = sorted(str(file) for part in ("baidu_std", "jiesuan/v1") for file in (PROTO / part).glob("*.proto"))
    subprocess.run(["protoc", f"--python_out={folder}", f"-I{PROTO}", *files], check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    generate(sys.argv[1])
    sys.exit(0)

GENERATED = tempfile.mkdtemp(prefix="jiesuan-messages-")
atexit.register(shutil.rmtree, GENERATED, ignore_errors=True)
generate(GENERATED)
sys.path.insert(0, GENERATED)

from baidu_std import rpc_meta_pb2  # noqa: E402, F401
from jiesuan.v1 import (  # noqa: E402, F401
    account_service_pb2, calculation_service_pb2, claim_pb2, clearing_service_pb2, error_pb2, filing_service_pb2,
    maintenance_service_pb2, outcome_pb2, person_pb2, policy_service_pb2, registry_service_pb2, settlement_service_pb2,
    status_service_pb2, year_end_service_pb2)
