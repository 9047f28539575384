"""Settling for keeps: ours over TCP, our bare store, row-wise SQLite, a PostgreSQL stored procedure."""
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess

import build
import processes

PERSONS = 20_000
IN_FLIGHT = (1, 256)
QUICK_COMMITS = 20  # of the bare store in a smoke run; else it decides itself
STORE_ROWS = {1: ("settle-1", "calls/s"), 256: ("settle-256", "calls/s"), 65_536: ("settle-batch", "claims/s")}

# Everything that makes PostgreSQL faster without making it less durable; the rest is its default.
POSTGRESQL_OPTIONS = {
    "listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "shared_buffers": "1GB", "max_connections": "300", "max_wal_size": "4GB", "wal_buffers": "64MB", "jit": "off",
    "wal_compression": "lz4", "autovacuum": "on", "track_activities": "off", "checkpoint_timeout": "30min"}


class PostgreSQL:
    """A cluster of its own in a temporary folder, over a unix socket; nothing of the machine's is touched."""

    def __init__(self, servers, folder):
        self.folder = folder / "postgresql"
        self.folder.mkdir(parents=True)
        found = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        binaries = pathlib.Path(found.stdout.strip())
        # The server refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if become:
            shutil.chown(self.folder, "postgres", "postgres")
        self.reachable(become)
        data = self.folder / "data"
        processes.run(become + [binaries / "initdb", "-D", data, "-U", self.user, "--auth=trust", "--locale=C",
                                "--encoding=UTF8"], 120, cwd="/")
        options = [part for name, value in POSTGRESQL_OPTIONS.items() for part in ("-c", f"{name}={value}")]
        self.server = servers.start("postgresql", become + [
            binaries / "postgres", "-D", data, "-k", self.folder, *options], ready=None)
        processes.run(["sh", "-c", f"for i in $(seq 100); do {binaries}/pg_isready -q -h '{self.folder}' && exit 0; "
                       "sleep 0.2; done; exit 1"], 60, cwd="/")

    def reachable(self, become):
        """The folder must be open to the user, all the way down."""
        if become and subprocess.run(become + ["test", "-w", self.folder], cwd="/").returncode != 0:
            raise processes.StepFailed(f"user postgres cannot write in {self.folder}: choose another --directory")

    @property
    def connection(self):
        return f"host={self.folder} user={self.user} dbname=postgres"


class Durable:
    """One function a contender and workload."""

    def __init__(self, servers, results, contenders, seconds, is_quick, folder, loads):
        self.servers, self.results, self.seconds, self.folder = servers, results, seconds, folder
        self.contenders, self.loads, self.postgresql = contenders, loads, None
        self.store_options = ["--commits", QUICK_COMMITS] if is_quick else []

    def start(self):
        if "postgresql" in self.contenders:
            self.postgresql = PostgreSQL(self.servers, self.folder)

    def stop(self):
        """A fast shutdown: the signal is SIGINT, to the server itself."""
        if self.postgresql:
            self.postgresql.server.stop(signal.SIGINT)

    def add(self, workload, name, round_number, found):
        self.results.add("durable", workload, name, round_number, found["rate"], "calls/s", found["p50"], found["p99"])
        return f"{found['rate']:>12,.0f} calls/s  p50 {found['p50'] / 1e6:,.2f} ms  p99 {found['p99'] / 1e6:,.2f} ms"

    def sqlite(self, in_flight, round_number):
        file = self.folder / "sqlite-rows.db"
        found = processes.run_json([
            build.BUILT / "durable" / "sqlite-rows", "--file", file, "--persons", PERSONS, "--in-flight", in_flight,
            "--seconds", self.seconds, "--json"], self.seconds + 60)
        return self.add(f"settle-{in_flight}", "sqlite-rows", round_number, found)

    def postgres(self, in_flight, round_number):
        found = processes.run_json([
            build.BUILT / "durable" / "postgresql", "--connect", self.postgresql.connection, "--schema",
            build.PEERS / "durable" / "settle.sql", "--persons", PERSONS, "--in-flight", in_flight, "--seconds",
            self.seconds, "--json"], self.seconds + 90)
        return self.add(f"settle-{in_flight}", "postgresql", round_number, found)

    def store(self, round_number):
        """Our bare store: one settlement a commit, 256, 65,536."""
        output = processes.run([
            build.RELEASE / "store-benchmark", "--rounds", 1, "--directory", self.folder, "--json",
            *self.store_options], 300)
        texts = []
        for line in output.splitlines():
            found = json.loads(line)
            if found["side"] != "store":
                continue
            workload, unit = STORE_ROWS[found["rows"]]
            self.results.add("durable", workload, "store", round_number, found["rowsPerSecond"], unit, found["p50"],
                             found["p99"])
            texts.append(f"{found['rowsPerSecond']:,.0f}")
        return " ".join(texts) + " rows/s in commits of 1, 256, 65,536"

    def ours(self, workload, options, round_number):
        record = self.loads.run(["--seconds", self.seconds, "--warm-up", 1, *options], self.seconds, with_ledger=True)
        unit, rate = ("claims/s", record["goodClaims"]) if workload == "settle-batch" else ("calls/s", record["good"])
        service = record["service"]
        self.results.add("durable", workload, "jiesuan", round_number, rate, unit, service["p50"], service["p99"])
        return f"{rate:>12,.0f} {unit}  p50 {service['p50'] / 1e6:,.2f} ms  p99 {service['p99'] / 1e6:,.2f} ms"

    def steps(self, round_number):
        yield "store", "store", 8, lambda: self.store(round_number)
        ours = [("settle-1", ["--workload", "settle", "--connections", 1, "--in-flight", 1]),
                ("settle-256", ["--workload", "settle", "--connections", 4, "--in-flight", 64]),
                ("settle-batch",
                 ["--workload", "settle-batch", "--connections", 2, "--in-flight", 1, "--claims", 65_536])]
        for workload, options in ours:
            yield workload, "jiesuan", self.seconds + 3, lambda w=workload, o=options: self.ours(w, o, round_number)
        for in_flight in IN_FLIGHT:
            if "sqlite-rows" in self.contenders:
                yield f"settle-{in_flight}", "sqlite-rows", self.seconds + 1, lambda n=in_flight: self.sqlite(
                    n, round_number)
            if self.postgresql:
                yield f"settle-{in_flight}", "postgresql", self.seconds * 1.2 + 3, lambda n=in_flight: self.postgres(
                    n, round_number)
