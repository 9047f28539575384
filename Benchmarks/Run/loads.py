"""Runs of `jiesuan load`: those whose records the report shows, and those that settle for keeps."""
import json
import re

import build
import processes

JIESUAN = build.RELEASE / "jiesuan"
BATCH = 65_536
RAMP_STEP_SECONDS = 2
OVERLOAD = 10  # times the capacity


def has_subcommand(name):
    """Whether this build has it: it stands in the help's list."""
    output = processes.run([JIESUAN, "--help"], 60)
    return re.search(rf"^  {name} ", output, re.MULTILINE) is not None


class Loads:
    def __init__(self, servers, results, seconds):
        self.servers, self.results, self.seconds = servers, results, seconds

    def start(self, folder):
        self.servers.start("jiesuan-ledger", [
            JIESUAN, "serve", "--port", "0", "--quiet", "--allow-load-tests", "--ledger", folder / "ledger.db"])

    def run(self, options, seconds, with_ledger=False, name=None, server=None):
        """The record of one run; also kept as load-NAME.json and .hgrm where it has a name."""
        server = server or self.servers["jiesuan-ledger" if with_ledger else "jiesuan"]
        file = self.results.folder / (f"load-{name}.json" if name else "scratch/load.json")
        command = [JIESUAN, "load", "--server", f"127.0.0.1:{server.port}", "--server-pid", server.pid, "--json", file]
        if name:
            command += ["--hgrm", self.results.folder / f"load-{name}.hgrm"]
        processes.run(command + list(options), seconds * 2 + 120)
        return json.loads(file.read_text(encoding="utf-8"))

    def closed(self, name, options, with_ledger=False):
        record = self.run(["--seconds", self.seconds, "--warm-up", 1, *options], self.seconds, with_ledger, name)
        return self.text(record)

    @staticmethod
    def text(record):
        latency = record["latency"]
        return (f"{record['goodClaims']:>12,.0f} claims/s  p50 {latency['p50'] / 1e3:,.0f} µs  "
                f"p99 {latency['p99'] / 1e3:,.0f} µs, {record['missed']} missed, {record['wrong']} wrong")

    def half(self):
        """An open loop at half of what the closed one reached."""
        file = self.results.folder / "load-unary-4x64.json"
        if not file.exists():
            raise processes.StepFailed("the capacity is not known: load-unary-4x64.json is missing")
        capacity = json.loads(file.read_text(encoding="utf-8"))["good"]
        return self.closed("half-capacity", [
            "--workload", "calculate", "--connections", 4, "--rate", round(capacity / 2),
            "--arrivals", "poisson"])

    def ramp(self):
        server = self.servers["jiesuan"]
        file = self.results.folder / "ramp.json"
        seconds = min(self.seconds, RAMP_STEP_SECONDS)
        processes.run([
            JIESUAN, "load", "--server", f"127.0.0.1:{server.port}", "--server-pid", server.pid, "--ramp",
            "--workload", "calculate", "--connections", 4, "--in-flight", 64, "--seconds", seconds, "--json", file],
            seconds * 60 + 120)
        record = json.loads(file.read_text(encoding="utf-8"))
        for step in record["overload"]:
            if step["factor"] == OVERLOAD:
                latency = step["run"]["latency"]
                self.results.add("peers", f"overload-{OVERLOAD}x", "jiesuan", 1, step["run"]["good"], "calls/s",
                                 latency["p50"], latency["p99"])
        knee = record.get("knee")
        return f"capacity {record['capacity']:,.0f}/s, knee {knee['rate']:,.0f}/s" if knee else "no knee"

    def steps(self):
        cost = self.seconds + 2
        yield "load", "unary-4x64", cost, lambda: self.closed(
            "unary-4x64", ["--workload", "calculate", "--connections", 4, "--in-flight", 64])
        yield "load", "unary-1x1", cost, lambda: self.closed(
            "unary-1x1", ["--workload", "calculate", "--connections", 1, "--in-flight", 1])
        yield "load", "batch-65536", cost + 5, lambda: self.closed(
            "batch-65536", ["--workload", "batch", "--connections", 2, "--in-flight", 1, "--claims", BATCH])
        yield "load", "settle-256", cost + 3, lambda: self.closed(
            "settle-256", ["--workload", "settle", "--connections", 4, "--in-flight", 64], with_ledger=True)
        yield "load", "settle-batch", cost + 3, lambda: self.closed(
            "settle-batch", ["--workload", "settle-batch", "--connections", 2, "--in-flight", 1, "--claims", BATCH],
            with_ledger=True)
        yield "load", "half-capacity", cost, self.half
        yield "load", "ramp", min(self.seconds, RAMP_STEP_SECONDS) * 22, self.ramp
