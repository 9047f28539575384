"""The small parts by themselves: the calculator against C, and the cases of micro-benchmark."""
import json
import os
import re
import shutil
import subprocess

import build
import processes

CALCULATOR_ROUNDS = 60  # of both sides, in turns, in one of our rounds
THRESHOLDS = build.BENCHMARKS / "Programs" / "Micro" / "thresholds.json"
TOLERANCE = 1.05  # other versions of the compiler and of libc count a little differently
INSTRUCTION_RUNS = (2, 6)  # operations of the two runs whose difference counts


class Micro:
    def __init__(self, results, folder):
        self.results, self.folder = results, folder

    def calculator(self, round_number):
        """Median of each side's turns; yantai has four layers, chongqing accounts."""
        output = processes.run([
            build.RELEASE / "calculator-benchmark", "--rounds", CALCULATOR_ROUNDS, "--json"], 300)
        texts = []
        for line in output.splitlines():
            found = json.loads(line)
            workload = "calculator" if found["workload"].startswith("yantai") else "calculator-accounts"
            self.results.add("micro", workload, "jiesuan", round_number, found["swift"], "ns")
            self.results.add("micro", workload, "c", round_number, found["c"], "ns")
            texts.append(f"{found['swift']:.1f} ns, C {found['c']:.1f} ns")
        return "; ".join(texts)

    def cases(self, round_number):
        """Time and calls of malloc of every case."""
        output = processes.run([build.RELEASE / "micro-benchmark", "--json", "--folder", self.folder], 300)
        count = 0
        for line in output.splitlines():
            found = json.loads(line)
            self.results.add("micro", found["name"], "jiesuan", round_number, found["nanoseconds"], "ns")
            if round_number == 1:
                self.results.add("micro", found["name"], "jiesuan", 1, found["mallocs"], "mallocs")
            count += 1
        return f"{count} cases"

    def instructions(self):
        """Instructions of one operation by valgrind: the same whatever else the machine does."""
        if not shutil.which("valgrind"):
            raise processes.StepFailed("valgrind is not installed")
        binary = self.folder / "micro-benchmark"
        # Without debug information: valgrind 3.19 gives up on DWARF 5 as Swift writes it.
        processes.run(["objcopy", "--strip-debug", build.RELEASE / "micro-benchmark", binary], 120)
        for bundle in build.RELEASE.glob("*.resources"):
            (self.folder / bundle.name).symlink_to(bundle.resolve())
        cases = [line.split() for line in processes.run([binary, "--list"], 60).splitlines()]
        for name, operations in cases:
            few, many = (self.count(binary, name, runs) for runs in INSTRUCTION_RUNS)
            value = (many - few) / (INSTRUCTION_RUNS[1] - INSTRUCTION_RUNS[0]) / int(operations)
            self.results.add("micro", name, "jiesuan", 1, value, "instructions")
        self.check()
        return f"{len(cases)} cases counted, all within their thresholds"

    def check(self):
        """Counts must not pass what is checked in; times are not compared, they are of the day and the machine."""
        above = []
        for name, limits in json.loads(THRESHOLDS.read_text(encoding="utf-8")).items():
            for unit, limit in limits.items():
                found = self.results.values("micro", name, "jiesuan", unit).get(1)
                if found is None:
                    above.append(f"{name} was not counted")
                elif found > limit * TOLERANCE:
                    above.append(f"{name}: {found:,.1f} {unit}, the threshold is {limit:,}")
        if above:
            raise processes.StepFailed(f"{'; '.join(above)} ({THRESHOLDS.relative_to(build.ROOT)})")

    def count(self, binary, name, runs):
        process = subprocess.run(
            ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={os.devnull}", str(binary),
             "--only", name, "--runs", str(runs), "--folder", str(self.folder)],
            # Sets and dictionaries in the set-up would differ by millions of instructions from run to run.
            env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"},
            capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
        match = re.search(r"I\s+refs:\s+([\d,]+)", process.stderr)
        if process.returncode != 0 or not match:
            raise processes.StepFailed(f"valgrind, {name}: {processes.tail(process.stderr)}")
        return int(match.group(1).replace(",", ""))

    def round_steps(self, round_number):
        yield "micro", "calculator", 3, lambda: self.calculator(round_number)
        yield "micro", "cases", 10, lambda: self.cases(round_number)
