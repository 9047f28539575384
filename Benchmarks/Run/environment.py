"""Where and with what a run takes place: environment.json."""
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

import build

PACKAGES = {"grpc++": "libgrpc++-dev", "protobuf": "libprotobuf-dev", "protobuf-c": "libprotobuf-c-dev",
            "tcmalloc": "libgoogle-perftools-dev", "sqlite": "libsqlite3-dev", "postgresql": "postgresql-15"}
SWIFT_PACKAGES = ("swift-nio", "grpc-swift-2", "grpc-swift-nio-transport", "swift-protobuf")


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=build.ROOT, timeout=60).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def first_match(pattern, path):
    match = re.search(pattern, pathlib.Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    return match.group(1).strip() if match else ""


def disk(folder):
    """File system and device that the folder is on."""
    found = output("findmnt", "-n", "-o", "FSTYPE,SOURCE,SIZE", "-T", str(folder)).split()
    return f"{found[0]} on {found[1]}, {found[2]}" if len(found) == 3 else ""


def packs():
    """The digest of each region's policy pack, from the packs themselves."""
    found = {}
    for file in sorted((build.ROOT / "Sources" / "Policy" / "Packs").glob("*.yaml")):
        found[file.stem] = output("sha256sum", str(file)).split(" ")[0]
    return found


def versions(peers):
    found = {}
    for name, package in PACKAGES.items():
        version = output("dpkg-query", "-W", "-f=${Version}", package)
        if version:
            found[name] = version
    states = [build.ROOT / ".build" / "workspace-state.json"]
    if "grpc-swift" in peers:
        states.append(build.BUILT / "grpc-swift" / "workspace-state.json")
    for state in states:
        if not state.exists():
            continue
        for dependency in json.loads(state.read_text(encoding="utf-8"))["object"]["dependencies"]:
            name = dependency["packageRef"]["identity"]
            version = dependency["state"].get("checkoutState", {}).get("version")
            if name in SWIFT_PACKAGES and version:
                found[name] = version
    return found


def record(folder, started, peers, fsync):
    """`fsync`: 50th and 99th percentile of a small durable write in nanoseconds."""
    memory = int(first_match(r"^MemTotal:\s+(\d+) kB", "/proc/meminfo") or 0) * 1024
    swift = output("swift", "--version")
    arguments = " ".join(sys.argv[1:])
    return {
        "startedAt": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cpu": first_match(r"^model name\s*:\s*(.*)$", "/proc/cpuinfo") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)), "memoryBytes": memory, "kernel": platform.release(),
        "disk": disk(folder), "swift": (re.search(r"Swift version ([^\s]+)", swift) or [None, swift])[1],
        "flags": "swift build -c release; C and C++: -O2 or -O3, no -march",
        "commit": output("git", "rev-parse", "HEAD"),
        "isDirty": bool(output("git", "status", "--porcelain")), "packs": packs(), "fsyncP50": fsync[0],
        "fsyncP99": fsync[1], "versions": versions(peers), "command": f"Benchmarks/run.sh {arguments}".strip(),
    }
