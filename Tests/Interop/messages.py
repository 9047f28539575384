"""The messages of Proto/ for Google's protobuf runtime, generated when this module is imported.

Needs Debian's protobuf-compiler and python3-protobuf. In a project of your own, run protoc once and keep the result:

    protoc --python_out=OUT -I Proto Proto/baidu_std/*.proto Proto/jiesuan/v1/*.proto
"""

import atexit
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROTO = pathlib.Path(__file__).resolve().parents[2] / "Proto"
GENERATED = tempfile.mkdtemp(prefix="jiesuan-messages-")
atexit.register(shutil.rmtree, GENERATED, ignore_errors=True)

subprocess.run(
    ["protoc", f"--python_out={GENERATED}", f"-I{PROTO}"]
    + sorted(str(file) for folder in ("baidu_std", "jiesuan/v1") for file in (PROTO / folder).glob("*.proto")),
    check=True)
sys.path.insert(0, GENERATED)

from baidu_std import rpc_meta_pb2  # noqa: E402, F401
from jiesuan.v1 import (  # noqa: E402, F401
    account_service_pb2, calculation_service_pb2, claim_pb2, error_pb2, person_pb2, policy_service_pb2,
    registry_service_pb2, settlement_service_pb2)
