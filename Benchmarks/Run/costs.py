"""What one settlement costs the server, counted: calls of malloc, system calls, bytes, synced writes.

Counts are taken on servers of their own, because counting slows them: an allocator that counts, or strace.
"""
import mmap
import pathlib
import re
import shutil
import signal
import subprocess
import time

import build
import peers
import processes

UNARY_CALLS = 200_000
BATCH_CLAIMS, BATCH_CALLS = 65_536, 20
TRACED_CALLS = 50_000
SETTLEMENTS = {"settle-256": (5_000, 45_000), "settle-1": (200, 2_200)}  # of the short and of the long run
PATIENCE_SECONDS = 60
SYNC_CALLS = ("fsync", "fdatasync", "sync_file_range", "msync")
ATTACH_SECONDS = 1.0  # strace has found every thread by then


class MallocCount:
    """The counter that malloc_counter.so keeps in a file."""

    def __init__(self, file):
        self.file = file
        file.write_bytes(bytes(8))

    @property
    def environment(self):
        return {"LD_PRELOAD": str(build.BUILT / "malloc_counter.so"), "MALLOC_COUNTER": str(self.file)}

    def read(self):
        with open(self.file, "rb") as file, mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ) as mapped:
            return int.from_bytes(mapped[:8], "little")


class Trace:
    """System calls of a process between the beginning and the end of a block, by name."""

    def __init__(self, pid, folder):
        self.pid, self.file, self.counts = pid, folder / "strace.txt", {}

    def __enter__(self):
        self.process = subprocess.Popen(
            ["strace", "-c", "-f", "-U", "calls,name", "-o", str(self.file), "-p", str(self.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(ATTACH_SECONDS)
        if self.process.poll() is not None:
            raise processes.StepFailed("strace cannot attach to the server: are other processes' traces allowed?")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        for line in self.file.read_text(encoding="utf-8").splitlines():
            match = re.match(r"\s*(\d+)\s+(\w+)\s*$", line)
            if match and match.group(2) != "total":
                self.counts[match.group(2)] = int(match.group(1))


def written_bytes(pid):
    """Bytes that the process had written to the disk."""
    match = re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(encoding="utf-8"), re.MULTILINE)
    return int(match.group(1))


class Costs:
    def __init__(self, servers, results, loads, folder):
        self.servers, self.results, self.loads, self.folder = servers, results, loads, folder
        self.counter = MallocCount(folder / "mallocs")

    def add(self, workload, value, unit):
        self.results.add("cost", workload, "jiesuan", 1, value, unit)

    def calls(self, server, message, calls, *options):
        """So many calls of the plain driver, and what they were."""
        return processes.run_json([
            build.BUILT / "load", "--port", server.port, "--message", peers.MESSAGES / message, "--calls", calls,
            "--warm-up", 0, "--seconds", 120, "--json", *options], 180)

    BATCH_OPTIONS = ("--method", "CalculateBatch", "--connections", 1, "--in-flight", 1)

    def mallocs(self):
        server = self.servers.start(
            "counted", [build.RELEASE / "jiesuan", "serve", "--port", "0", "--quiet"], self.counter.environment)
        try:
            found = []
            for workload, message, calls, claims, options in (
                    ("unary-4x64", "request.bin", UNARY_CALLS, 1, ("--connections", 4, "--in-flight", 64)),
                    ("batch-65536", f"batch-{BATCH_CLAIMS}.bin", BATCH_CALLS, BATCH_CLAIMS, self.BATCH_OPTIONS)):
                # Buffers grow to what they are needed for, once.
                self.calls(server, message, max(500, calls // 10) if claims == 1 else 5, *options)
                before = self.counter.read()
                done = self.calls(server, message, calls, *options)["calls"]
                value = (self.counter.read() - before) / done / claims
                self.add(workload, value, "mallocs")
                found.append(f"{value:.5f}")
            return f"mallocs a request {found[0]}, a claim of a batch {found[1]}"
        finally:
            self.servers.stop("counted")

    def system_calls(self):
        server = self.servers["jiesuan"]
        found = []
        for workload, calls, options in (("unary-4x64", TRACED_CALLS, ("--connections", 4, "--in-flight", 64)),
                                         ("unary-1x1", TRACED_CALLS // 50, ("--connections", 1, "--in-flight", 1))):
            with Trace(server.pid, self.folder) as trace:
                done = self.calls(server, "request.bin", calls, *options)["calls"]
            value = sum(trace.counts.values()) / done
            self.add(workload, value, "syscalls")
            found.append(f"{value:.3f}")
        with Trace(server.pid, self.folder) as trace:
            done = self.calls(server, f"batch-{BATCH_CLAIMS}.bin", BATCH_CALLS, *self.BATCH_OPTIONS)["calls"]
        self.add("batch-65536", sum(trace.counts.values()) / done / BATCH_CLAIMS, "syscalls")
        return f"system calls a request: {found[0]} with 256 in flight, {found[1]} alone"

    def wire_bytes(self):
        """Request and answer with their frames, as they go over the wire."""
        server = self.servers["jiesuan"]
        for workload, message, claims, options in (
                ("unary-4x64", "request.bin", 1, ("--connections", 1, "--in-flight", 1)),
                ("batch-65536", f"batch-{BATCH_CLAIMS}.bin", BATCH_CLAIMS, self.BATCH_OPTIONS)):
            answer = self.folder / "answer.bin"
            self.calls(server, message, 2, *options, "--dump", answer)
            method = "CalculateBatch" if claims > 1 else "Calculate"
            request_frame = 12 + 2 + 4 + len("jiesuan.v1.CalculationService") + len(method) + 6
            answer_frame = 12 + 2 + 6
            size = (peers.MESSAGES / message).stat().st_size + answer.stat().st_size + request_frame + answer_frame
            self.add(workload, size / claims, "bytes")
        return "bytes on the wire"

    def settle(self, workload, *options):
        """Two runs of `jiesuan load`, one longer than the other: what the longer one costs more is its settlements',
        because both register as many persons."""
        folder = self.folder / "settling"
        folder.mkdir()
        server = self.servers.start("settling", [
            build.RELEASE / "jiesuan", "serve", "--port", "0", "--quiet", "--allow-load-tests", "--ledger",
            folder / "ledger.db"],
            self.counter.environment)

        def run(requests):
            return self.loads.run(
                ["--workload", "settle", "--warm-up", 0, "--requests", requests, *options], PATIENCE_SECONDS,
                server=server)["answered"]

        def used():
            return self.counter.read(), written_bytes(server.pid)

        try:
            few, many = SETTLEMENTS[workload]
            # The first run gives buffers and the ledger's log their size.
            run(few)
            before, few_answered, between, many_answered, after = used(), run(few), used(), run(many), used()
            settled = many_answered - few_answered
            for position, unit in enumerate(("mallocs", "bytes")):
                more = after[position] - between[position] - (between[position] - before[position])
                self.add(workload, more / settled, unit)
            with Trace(server.pid, self.folder) as few_calls:
                few_answered = run(few)
            with Trace(server.pid, self.folder) as many_calls:
                settled = run(many) - few_answered
            calls = (sum(many_calls.counts.values()) - sum(few_calls.counts.values())) / settled
            syncs = sum(many_calls.counts.get(name, 0) - few_calls.counts.get(name, 0) for name in SYNC_CALLS) / settled
            self.add(workload, syncs, "fsyncs")
            self.add(workload, calls, "syscalls")
            return f"{syncs:.4f} synced writes and {calls:.2f} system calls a settlement"
        finally:
            self.servers.stop("settling")
            shutil.rmtree(folder)

    def steps(self, with_settlements):
        yield "cost", "mallocs", 8, self.mallocs
        yield "cost", "syscalls", 8, self.system_calls
        yield "cost", "bytes", 2, self.wire_bytes
        if with_settlements:
            for in_flight, connections in ((256, 4), (1, 1)):
                yield "cost", f"settle-{in_flight}", 25, lambda c=connections, n=in_flight: (
                    self.settle(f"settle-{n}", "--connections", c, "--in-flight", n // c))
