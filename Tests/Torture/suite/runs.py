"""Runs tests of the suite by filter and reads what they say."""

import os
import re
import subprocess
from dataclasses import dataclass, field

from rig import REPOSITORY
from rig.rows import Row

TESTS = REPOSITORY / ".build/release/jiesuanPackageTests.xctest"
COLOUR = re.compile("\x1b\\[[0-9;]*m")
VERDICT = re.compile(r'^. Suite "?(.*?)"? (passed|failed) after')
TEST = re.compile(r'^. Test "?(.*?)"? (?:with \d+ test cases? )?(passed|failed) after')


@dataclass
class Fault:
    """A row that suites measure: its figures are their printed lines that match."""
    number: str
    fault: str
    suites: list
    figures: list = field(default_factory=list)
    #: Beginnings of the names of tests that plant a fault.
    canaries: list = field(default_factory=list)
    #: Printed lines of theirs.
    found: list = field(default_factory=list)


class Output:
    def __init__(self, text):
        self.lines = COLOUR.sub("", text).splitlines()
        self.suites, self.tests = {}, {}
        for line in self.lines:
            if match := VERDICT.match(line):
                self.suites[match[1]] = match[2] == "passed"
            elif (match := TEST.match(line)) and not match[1].startswith("run with"):
                self.tests[match[1]] = match[2] == "passed"

    def printed(self, patterns):
        return [
            line.strip().removeprefix("FIGURE ").removeprefix("canary, ") for pattern in patterns for line in self.lines
            if re.search(pattern, line) and not line.lstrip().startswith(("✔", "◇", "✘"))]

    def failed(self):
        return [name for name, passed in self.tests.items() if not passed]


def test(pattern, patience, **environment):
    """Runs the tests whose names match; a hang is a failure of all of them."""
    # The program of the tests itself: two of `swift test` at once are in each other's way.
    command = [str(TESTS), "--testing-library", "swift-testing", "--filter", pattern]
    try:
        done = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, errors="replace", timeout=patience,
            env={**os.environ, **environment})
        return Output(done.stdout + done.stderr)
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b"").decode(errors="replace") + f"\nnot done after {patience} s"
        return Output(text)


def filter_of(names):
    """A filter for suites by their names, in which every sign that may not stand in one is any sign."""
    return "|".join("[.`]" + re.sub(r"[^A-Za-z0-9]", ".", name) + "[`/]" for name in names)


def row(fault, output):
    missing = [name for name in fault.suites if name not in output.suites]
    failed = [name for name in fault.suites if output.suites.get(name) is False]
    canaries = [name for name in output.tests for begin in fault.canaries if name.startswith(begin)]
    finds = all(output.tests[name] for name in canaries) and bool(canaries) >= bool(fault.canaries)
    lines = output.printed(fault.figures)
    figure = "; ".join(lines) if lines else f"every test of {', '.join(fault.suites)} passed"
    if failed:
        figure = f"failed: {', '.join(failed)}: {', '.join(output.failed())[:200]}"
    if missing:
        figure = f"not run to its end: {', '.join(missing)}"
    found = "; ".join(output.printed(fault.found) or canaries)
    holds = not missing and not failed and finds
    return Row(fault.number, fault.fault, figure, holds, found if finds else f"MISSED: {fault.canaries}")
