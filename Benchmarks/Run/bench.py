"""Measures Jiesuan beside its peers and the machine's limits, interleaved round by round, and writes what it found:
environment.json, points.ndjson, load-NAME.json, ramp.json, goals.json. `jiesuan report DIRECTORY` makes the page.

Exit codes: 0 everything was measured; 1 some steps failed (they are named, the others' results are kept);
2 wrong usage; 3 the contenders do not agree on what a claim pays, and nothing was timed.
"""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

import build
import costs
import doors
import durable
import environment
import loads
import messages
import micro
import peers
import processes
import results

CALCULATORS = ("c-epoll", "c-echo", "grpc-cpp", "grpc-swift")
DURABLE = ("sqlite-rows", "postgresql")
DOORS = ("nghttp2-echo", "fastapi")
PEERS = "c-epoll c-echo grpc-cpp grpc-swift nghttp2-echo fastapi sqlite-rows postgresql"
# grpc-swift takes minutes to build the first time.
QUICK_PEERS = "c-epoll c-echo grpc-cpp nghttp2-echo fastapi sqlite-rows postgresql"
PARTS = "limits peers doors durable micro load cost"
PORT = 22600  # the first of six that the peers listen on

# Databases lie in a folder of their own there: on a disk, and PostgreSQL's user gets at it, which it may not below a
# home directory.
DATABASES = pathlib.Path("/var/tmp")


class Progress:
    """One line a step, with the time that is left as far as the steps' own estimates go."""

    def __init__(self, total, failures):
        self.total, self.done, self.started, self.failures = total, 0.0, time.monotonic(), failures
        self.is_terminal = sys.stderr.isatty()

    def left(self):
        spent = time.monotonic() - self.started
        # Until something is done the estimates stand for themselves.
        pace = spent / self.done if self.done > 0 else 1
        seconds = max(0, self.total - self.done) * pace
        return f"{seconds / 60:.0f} min left" if seconds >= 90 else f"{seconds:.0f} s left"

    def step(self, round_name, workload, contender, seconds, function):
        title = f"{round_name:<7} {workload:<13} {contender:<14}"
        if self.is_terminal:
            sys.stderr.write(f"\r\033[K{title} … ({self.left()})")
            sys.stderr.flush()
        try:
            text = function()
        except (processes.StepFailed, messages.Different, OSError, ValueError, KeyError) as failure:
            self.failures.append(f"{workload} {contender}: {failure}")
            text = f"FAILED: {failure}"
        self.done += seconds
        sys.stderr.write(("\r\033[K" if self.is_terminal else "") + f"{title} {text}\n")
        sys.stderr.flush()


def read_arguments():
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: Benchmarks/run.sh --rounds 5 --directory .build/bench")
    parser.add_argument("--directory", type=pathlib.Path, default=build.ROOT / ".build" / "bench",
                        help="where the results go; what another run left there is removed (default: .build/bench)")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "5")),
                        help="rounds, each with every contender (default: 5, or ROUNDS)")
    parser.add_argument("--seconds", type=float, default=2, help="seconds of one measurement (default: 2)")
    parser.add_argument("--peers", default=os.environ.get("PEERS"),
                        help=f"contenders beside Jiesuan, in quotes (default: {PEERS}; or PEERS). A quick run leaves "
                        "out grpc-swift, whose first build takes minutes")
    parser.add_argument("--parts", default=PARTS, help=f"what is measured, in quotes (default: {PARTS})")
    parser.add_argument("--quick", action="store_true", help="a smoke run: one round of short measurements")
    parser.add_argument("--no-build", action="store_true", help="everything is built already")
    parser.add_argument("--history", type=pathlib.Path, default=build.BENCHMARKS / "history.ndjson",
                        help="append a whole run's line to that file (default: Benchmarks/history.ndjson)")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 0.4
    peers_named = arguments.peers or (QUICK_PEERS if arguments.quick else PEERS)
    arguments.peers, arguments.parts = peers_named.split(), arguments.parts.split()
    for name in arguments.peers:
        if name not in CALCULATORS + DURABLE + DOORS:
            parser.error(f"--peers {name}: not one of {' '.join(CALCULATORS + DURABLE + DOORS)}")
    for name in arguments.parts:
        if name not in PARTS.split():
            parser.error(f"--parts {name}: not one of {PARTS}")
    if arguments.rounds < 1 or not 0.1 <= arguments.seconds <= 600:
        parser.error("--rounds is at least 1, --seconds from 0.1 to 600")
    return arguments


class Bench:
    def __init__(self, arguments, servers, folder):
        self.started = datetime.datetime.now(datetime.UTC)
        self.arguments, self.servers, self.scratch = arguments, servers, folder / "scratch"
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.results = results.Results(folder)
        self.scratch.mkdir()
        seconds = arguments.seconds
        calculators = ["jiesuan"] + [name for name in CALCULATORS if name in arguments.peers]
        self.peers = peers.Peers(servers, self.results, calculators, seconds)
        self.loads = loads.Loads(servers, self.results, seconds)
        self.has_load = loads.has_subcommand("load")
        self.open_folder = pathlib.Path(tempfile.mkdtemp(prefix="jiesuan-bench-", dir=DATABASES))
        self.open_folder.chmod(0o755)
        self.durable = durable.Durable(
            servers, self.results, arguments.peers, seconds, arguments.quick, self.open_folder, self.loads)
        self.doors = doors.Doors(servers, self.results, arguments.peers, seconds, self.loads)
        self.micro = micro.Micro(self.results, self.scratch)
        self.costs = costs.Costs(servers, self.results, self.loads, self.scratch)

    def start(self):
        """Starts the servers; says what does not start and is left out."""
        messages.Messages().make(peers.MESSAGES)
        failures = self.peers.start(PORT)
        if self.has_load:
            self.loads.start(self.open_folder)
        else:
            failures.append("this build has no `jiesuan load`: its runs are left out")
        if "doors" in self.arguments.parts:
            failures += self.doors.start(PORT + 4, self.scratch)
        if "durable" in self.arguments.parts:
            try:
                self.durable.start()
            except processes.StepFailed as failure:
                failures.append(f"postgresql: {failure}")
        return failures

    def limits(self, round_number):
        seconds = min(1.0, self.arguments.seconds)
        output = processes.run([
            build.BUILT / "limits", "--directory", self.open_folder, "--seconds", seconds, "--round", round_number], 60)
        texts = []
        for line in output.splitlines():
            point = json.loads(line)
            self.results.add_point(point)
            texts.append(f"{point['workload']} {point['value']:,.2f} {point['unit']}")
        return ", ".join(texts)

    def round_steps(self, number):
        parts = self.arguments.parts
        if "limits" in parts:
            yield "limits", "machine", 4 * min(1.0, self.arguments.seconds), lambda: self.limits(number)
        if "peers" in parts:
            yield from self.peers.steps(number)
        if "doors" in parts:
            yield from self.doors.steps(number)
        if "durable" in parts:
            yield from self.durable.steps(number)
        if "micro" in parts:
            yield from self.micro.round_steps(number)

    def last_steps(self):
        parts = self.arguments.parts
        if "load" in parts and self.has_load:
            yield from self.loads.steps()
        if "doors" in parts:
            yield "cost", "grpc mallocs", 6, self.doors.mallocs
        if "cost" in parts:
            yield from self.costs.steps(self.has_load and not self.arguments.quick)
        if "micro" in parts and not self.arguments.quick:
            yield "micro", "instructions", 60, self.micro.instructions

    def steps(self):
        """Round, workload, contender, seconds, function of everything, in order."""
        for number in range(1, self.arguments.rounds + 1):
            for step in self.round_steps(number):
                # Without the subcommand, what would come from it is left out.
                if step[0].startswith("settle") and step[1] == "jiesuan" and not self.has_load:
                    continue
                yield (f"{number}/{self.arguments.rounds}", *step)
        for step in self.last_steps():
            yield ("once", *step)

    def write_environment(self):
        syncs = [point for point in self.results.points if point["workload"] == "fsync"]
        middle = sorted(syncs, key=lambda point: point["p50"])[len(syncs) // 2] if syncs else {"p50": 0, "p99": 0}
        record = environment.record(
            self.open_folder, self.started, self.arguments.peers, (middle["p50"], middle["p99"]))
        self.results.write("environment.json", record)
        goals = build.BENCHMARKS / "goals.json"
        if goals.exists():
            shutil.copy(goals, self.results.folder / "goals.json")

    def close(self):
        self.durable.stop()
        # Before their files go.
        self.servers.stop_all()
        shutil.rmtree(self.scratch, ignore_errors=True)
        shutil.rmtree(self.open_folder, ignore_errors=True)


def build_all(arguments):
    """Builds everything; says what cannot be built. Nothing can be measured without the server and its driver."""
    failures = []
    for name, is_needed, function in build.tasks(arguments.peers):
        started = time.monotonic()
        try:
            function()
            print(f"build   {name:<45} {time.monotonic() - started:5.0f} s", file=sys.stderr)
        except processes.StepFailed as failure:
            if is_needed:
                raise
            failures.append(f"{name}: {failure}")
            print(f"build   {name:<45} FAILED: {failure}", file=sys.stderr)
    return failures


def report(arguments):
    """Makes the page, where this build can."""
    command = [loads.JIESUAN, "report", arguments.directory]
    # What is not whole would be compared with what is.
    if not arguments.quick and set(arguments.parts) == set(PARTS.split()):
        command += ["--append-history", arguments.history]
    if not loads.has_subcommand("report"):
        return "this build has no `jiesuan report`: the results are written, no page is made"
    return processes.run(command, 120).strip()


def main():
    arguments = read_arguments()
    # What stops a run stops its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        failures = [] if arguments.no_build else build_all(arguments)
    except processes.StepFailed as failure:
        sys.exit(f"run.sh: {failure}")
    folder = arguments.directory.resolve()
    with processes.Servers() as servers:
        bench = Bench(arguments, servers, folder)
        try:
            failures += bench.start()
            print(bench.peers.compare(), file=sys.stderr)
            if "doors" in arguments.parts:
                print(bench.doors.compare(), file=sys.stderr)
            bench.write_environment()
            steps = list(bench.steps())
            progress = Progress(sum(step[3] for step in steps), failures)
            for step in steps:
                progress.step(*step)
            bench.write_environment()
        except messages.Different as difference:
            print(f"run.sh: {difference}; nothing was timed", file=sys.stderr)
            sys.exit(3)
        except processes.StepFailed as failure:
            sys.exit(f"run.sh: {failure}")
        finally:
            bench.close()
    for failure in progress.failures:
        print(f"left out: {failure}", file=sys.stderr)
    try:
        print(report(arguments))
    except processes.StepFailed as failure:
        progress.failures.append(str(failure))
        print(f"no page: {failure}", file=sys.stderr)
    print(f"results: {folder}", file=sys.stderr)
    sys.exit(1 if progress.failures else 0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("run.sh: stopped; what was measured until then is kept")
