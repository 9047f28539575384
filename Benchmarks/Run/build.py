"""Builds everything that a run needs, where it is not built yet."""
import os
import pathlib
import subprocess

import processes

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "Benchmarks"
PEERS = BENCHMARKS / "Peers"
BUILT = ROOT / ".build" / "peers"
RELEASE = ROOT / ".build" / "release"
BUILD_SECONDS = 3600  # the first build of a Swift package, on a slow machine

SWIFT_PRODUCTS = ("jiesuan", "calculator-benchmark", "store-benchmark", "micro-benchmark")


def make(folder, name):
    processes.run(["make", "-s", "-C", folder, f"BUILD={BUILT / name}"], BUILD_SECONDS)


def cc(source, name, *options):
    processes.run(["cc", "-O2", "-Wall", "-Wextra", "-o", BUILT / name, source, *options], BUILD_SECONDS)


def swift(product):
    processes.run(["swift", "build", "-c", "release", "--product", product], BUILD_SECONDS, cwd=ROOT)


def grpc_swift():
    processes.run(
        ["swift", "build", "-c", "release", "--product", "grpc-swift-server", "--scratch-path", BUILT / "grpc-swift"],
        BUILD_SECONDS, cwd=PEERS / "grpc-swift")


def tasks(peers):
    """What is to be built, in order: name, whether nothing goes without it, function."""
    BUILT.mkdir(parents=True, exist_ok=True)
    found = [(f"swift build {name}", name == "jiesuan", lambda name=name: swift(name)) for name in SWIFT_PRODUCTS]
    found += [
        ("load driver", True, lambda: cc(PEERS / "load.c", "load")),
        ("limits", False, lambda: cc(BENCHMARKS / "Machine" / "limits.c", "limits", "-lpthread")),
        ("malloc counter", False, lambda: cc(
            BENCHMARKS / "Machine" / "malloc_counter.c", "malloc_counter.so", "-fPIC", "-shared", "-fno-builtin")),
        ("c-epoll", False, lambda: make(PEERS / "c-epoll", "c-epoll")),
    ]
    if "grpc-cpp" in peers or "grpc-swift" in peers:
        found.append(("gRPC C++ server and client", False, lambda: make(PEERS / "grpc-cpp", "grpc-cpp")))
    if "nghttp2-echo" in peers:
        found.append(("nghttp2 echo", False, lambda: make(PEERS / "nghttp2-echo", "nghttp2-echo")))
    if "fastapi" in peers:
        found.append(("FastAPI (from PyPI, the first time)", False, lambda: make(PEERS / "fastapi", "fastapi")))
    if "sqlite-rows" in peers or "postgresql" in peers:
        found.append(("durable peers", False, lambda: make(PEERS / "durable", "durable")))
    if "grpc-swift" in peers:
        found.append(("gRPC Swift server (minutes, the first time)", False, grpc_swift))
    return found


def tcmalloc():
    """Google's allocator, which the gRPC programs are given; nothing where it is not installed."""
    output = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, env={
        **os.environ, "PATH": os.environ.get("PATH", "") + ":/sbin:/usr/sbin"}).stdout
    for line in output.splitlines():
        if "libtcmalloc_minimal.so" in line:
            return {"LD_PRELOAD": line.split()[-1]}
    return {}
