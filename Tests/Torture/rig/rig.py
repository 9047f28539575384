"""The place of a run: the program, a folder that is removed at its end, the servers that were started."""

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time

from rig.process import Server


class Rig:
    def __init__(self, program, work, options):
        self.program = os.path.abspath(program)
        self.options = options
        os.makedirs(work, exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix="torture-", dir=work)
        self.logs = os.path.join(self.folder, "logs")
        os.makedirs(self.logs)
        self.started = []
        #: What parts that work in the background have to hand in at the end.
        self.pending = []
        self.numbers = itertools.count(1)

    def close(self):
        for server in self.started:
            server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_folder(self, name):
        path = os.path.join(self.folder, f"{name}-{next(self.numbers)}")
        os.makedirs(path)
        return path

    def new_log(self, name):
        return os.path.join(self.logs, f"{name}-{next(self.numbers)}.log")

    def serve(self, *arguments, **options):
        return Server(self, *arguments, **options)

    def say(self, text):
        print(f"  {text}", flush=True)

    def command(self, *arguments, patience=120, **options):
        """Runs the program to its end: exit code, standard output, standard error."""
        done = subprocess.run(
            [self.program, *arguments], capture_output=True, text=True, timeout=patience, errors="replace", **options)
        return done.returncode, done.stdout, done.stderr

    def verify(self, ledger):
        """Whether the ledger verifies, with its settlements; for a ledger that no server has open."""
        code, output, error = self.command("ledger", "verify", ledger, "--json")
        try:
            return code == 0, json.loads(output).get("settlements", 0)
        except ValueError:
            return False, f"ledger verify ended with {code}: {(output + error)[-200:]}"


class Load:
    """`jiesuan load` under way: an honest client that checks every answer. The server must allow load tests."""

    def __init__(self, rig, server, *arguments, seconds, warm_up=1.0):
        self.patience = seconds + warm_up + 120
        self.process = subprocess.Popen(
            [rig.program, "load", "--server", f"{server.host}:{server.port}", "--seconds", str(seconds), "--warm-up",
             str(warm_up), "--json", "-", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def result(self):
        """The record; `problem` says in words why there is none, or what was wrong with the answers."""
        try:
            output, error = self.process.communicate(timeout=self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return {"problem": "the honest client hangs"}
        try:
            record = json.loads(output)
        except ValueError:
            return {"problem": f"the honest client ended with {self.process.returncode}: {error[-300:]}"}
        bad = record["wrong"] + record["unanswered"] + sum(e["count"] for e in record["errors"])
        record["problem"] = f"{bad} calls failed: {record['errors']}" if bad else ""
        return record


def one_by_one(rig, server, seconds, persons=200, warm_up=1.0):
    """An honest client that settles claims one by one, each kept before the next is sent."""
    return Load(
        rig, server, "--workload", "settle", "--persons", str(persons), "--connections", "1", "--in-flight", "1",
        seconds=seconds, warm_up=warm_up)


def wait_until(condition, patience):
    """Asks again and again; returns the seconds until it held, None: it did not."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if condition():
            return time.monotonic() - began
        time.sleep(0.02)
    return None
