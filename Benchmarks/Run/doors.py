"""The doors side by side: gRPC by h2load and HTTP/1.1 with JSON by wrk beside their peers, every door by
`jiesuan load`, and the mallocs of a gRPC request.

Nothing is timed before the doors and the peers say the same money.
"""
import json
import os
import re
import struct
import time
import urllib.error
import urllib.request

import build
import costs
import loads
import messages
import peers
import processes

PATH = "/jiesuan.v1.CalculationService/Calculate"
GRPC_BODY = peers.MESSAGES / "request.grpc"
JSON_BODY = peers.MESSAGES / "request.json"
ECHOED = peers.ANSWERS / "doors-echoed.bin"
WARM_UP = 0.5  # seconds
BATCH = 65_536
MALLOC_CALLS = 100_000
READY_SECONDS = 30

GRPC_PEERS = ("grpc-cpp", "nghttp2-echo")
HTTP_PEERS = ("fastapi",)
PROTOCOLS = (("jiesuan", "baidu_std"), ("jiesuan-grpc", "grpc"), ("jiesuan-http", "http"), ("jiesuan-tls", "baidu_std"))
# h2load takes a core for itself, wrk too: threads of the peers are as many as there are cores, like ours.
CORES = len(os.sched_getaffinity(0))


def cpu_nanoseconds(group):
    """CPU time, user and system, of every process of a process group, so far."""
    total = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            if os.getpgid(int(name)) == group:
                # Linux's number of the CPU clock of a process.
                total += time.clock_gettime_ns(~int(name) << 3 | 2)
        except (ProcessLookupError, OSError):
            pass
    return total


class Doors:
    def __init__(self, servers, results, contenders, seconds, load):
        self.servers, self.results, self.seconds, self.loads = servers, results, seconds, load
        self.grpc = ["jiesuan"] + [name for name in GRPC_PEERS if name in contenders]
        self.http = ["jiesuan"] + [name for name in HTTP_PEERS if name in contenders]

    def start(self, port, scratch):
        """Starts the peers that are not there yet, `port` and the next one are theirs; says which do not start."""
        self.scratch = scratch
        message = (peers.MESSAGES / "request.bin").read_bytes()
        GRPC_BODY.write_bytes(b"\0" + struct.pack(">I", len(message)) + message)
        read = messages.Messages()
        JSON_BODY.write_text(read.json(read.sample()), encoding="utf-8")
        failures = []
        try:
            self.start_tls()
        except processes.StepFailed as failure:
            failures.append(str(failure))
        commands = {}
        if "nghttp2-echo" in self.grpc:
            # It answers what jiesuan answers: the same bytes.
            ECHOED.write_bytes(self.native_answer(peers.MESSAGES / "request.bin"))
            commands["nghttp2-echo"] = ([build.BUILT / "nghttp2-echo" / "server", port, ECHOED], None, "listening on")
        if "fastapi" in self.http:
            folder = build.BUILT / "fastapi"
            commands["fastapi"] = ([
                folder / "venv" / "bin" / "uvicorn", "app:app", "--app-dir", build.PEERS / "fastapi", "--host",
                "127.0.0.1", "--port", port + 1, "--workers", CORES, "--log-level", "error", "--no-access-log",
                "--loop", "uvloop", "--http", "httptools"],
                {"CALCULATION_LIBRARY": str(folder / "libcalculation.so")}, None)
        for name, (command, variables, ready) in commands.items():
            try:
                server = self.servers.start(name, command, variables, ready)
                if ready is None:
                    server.port = port + 1
                    self.wait_for(server.port)
            except processes.StepFailed as failure:
                failures.append(str(failure))
                self.forget(name)
        for name in ("grpc-cpp",):
            if name in self.grpc and name not in self.servers:
                self.grpc.remove(name)
        return failures

    def start_tls(self):
        """Our server with TLS, beside the plain one."""
        self.certificate = self.scratch / "tls.pem"
        key = self.scratch / "tls.key"
        processes.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2,
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
            self.certificate], 60)
        self.servers.start("jiesuan-tls", [
            loads.JIESUAN, "serve", "--port", "0", "--quiet", "--tls-certificate", self.certificate, "--tls-key", key])

    def forget(self, name):
        for contenders in (self.grpc, self.http):
            if name in contenders:
                contenders.remove(name)

    def wait_for(self, port):
        end = time.monotonic() + READY_SECONDS
        while True:
            try:
                return self.post(port, JSON_BODY.read_bytes())
            except (urllib.error.URLError, OSError) as failure:
                if time.monotonic() > end:
                    raise processes.StepFailed(f"port {port} does not answer JSON: {failure}") from None
                time.sleep(0.2)

    # Single calls.

    def native_answer(self, message):
        answer = self.scratch / "native.bin"
        processes.run([
            build.BUILT / "load", "--port", self.servers["jiesuan"].port, "--message", message, "--seconds", 0.1,
            "--connections", 1, "--in-flight", 1, "--warm-up", 0, "--dump", answer], 60)
        return answer.read_bytes()

    @staticmethod
    def post(port, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{PATH}", data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def grpc_answer(self, port, message):
        """By gRPC C++'s own client, unmodified."""
        answer = self.scratch / "grpc.bin"
        processes.run([
            build.BUILT / "grpc-cpp" / "client", "--address", f"127.0.0.1:{port}", "--message", message, "--seconds",
            0.1, "--channels", 1, "--in-flight", 1, "--warm-up", 0, "--dump", answer], 60)
        return answer.read_bytes()

    def compare(self):
        """Our doors, and the peers behind theirs, say the same money as baidu_std does, for requests of every kind."""
        read = messages.Messages()
        has_client = (build.BUILT / "grpc-cpp" / "client").exists()
        for number, request in enumerate(read.singles()):
            message = peers.MESSAGES / f"single-{number}.bin"
            answers = {}
            if has_client:
                for name in self.grpc:
                    if name != "nghttp2-echo":
                        answers[f"{name}'s gRPC"] = self.grpc_answer(self.servers[name].port, message)
            for name in self.http:
                text = self.post(self.servers[name].port, read.json(request).encode())
                answers[f"{name}'s JSON"] = read.from_json(text).SerializeToString()
            ours = read.figures_of(self.native_answer(message))
            for name, answer in answers.items():
                messages.compare(f"request {number}, baidu_std and {name}", ours, read.figures_of(answer))
        return f"doors: {messages.SINGLES} requests agree to the fen: gRPC {self.grpc}, JSON {self.http}"

    # What is measured.

    def measured(self, name, function):
        """Runs `function`, which says how many calls were answered; adds the server's CPU time a call."""
        server = self.servers[name]
        before = cpu_nanoseconds(server.pid)
        found = function(server.port)
        found["cpu"] = (cpu_nanoseconds(server.pid) - before) / found["calls"]
        return found

    def add(self, workload, name, round_number, found):
        self.results.add("peers", workload, name, round_number, found["rate"], "calls/s", found.get("p50"),
                         found.get("p99"))
        self.results.add("cost", workload, name, round_number, found["cpu"], "ns")
        text = f"{found['rate']:>12,.0f} calls/s  CPU {found['cpu'] / 1e3:,.2f} µs a call"
        return text + (f"  p50 {found['p50'] / 1e3:,.0f} µs" if "p50" in found else "")

    def h2load(self, port, clients, streams, seconds, with_latency):
        log = self.scratch / "h2load.log"
        log.unlink(missing_ok=True)
        command = [
            "h2load", "--clients", clients, "--max-concurrent-streams", streams, "--threads", 1, "--duration",
            f"{int(seconds * 1000)}ms", "--data", GRPC_BODY, "--header", "content-type: application/grpc", "--header",
            "te: trailers", "--window-bits", 24, "--connection-window-bits", 26]
        if with_latency:
            command += ["--log-file", log]
        output = processes.run(command + [f"http://127.0.0.1:{port}{PATH}"], seconds + 60)
        counts = re.search(
            r"requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored", output)
        spent = re.search(r"finished in ([\d.]+)(m?s)", output)
        if not counts or not spent:
            raise processes.StepFailed(f"h2load says nothing that is known: {processes.tail(output)}")
        done, good, failed, errors = (int(count) for count in counts.groups())
        # What was under way at the end counts as failed; no more than that may.
        if good == 0 or failed + errors > clients * streams:
            raise processes.StepFailed(f"{failed} of {done} requests failed, {errors} in error")
        took = float(spent.group(1)) / (1 if spent.group(2) == "s" else 1000)
        found = {"calls": good, "rate": good / took}
        if with_latency:
            times = sorted(int(line.split()[2]) for line in log.read_text(encoding="utf-8").splitlines())
            found["p50"], found["p99"] = times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000
        return found

    def grpc_load(self, workload, clients, streams, name, round_number):
        self.h2load(self.servers[name].port, clients, streams, WARM_UP, False)
        found = self.measured(
            name, lambda port: self.h2load(port, clients, streams, self.seconds, clients * streams == 1))
        return self.add(workload, name, round_number, found)

    def wrk(self, port, connections, seconds):
        # wrk knows whole seconds only.
        output = processes.run([
            "wrk", "--threads", 1, "--connections", connections, "--duration", f"{max(1, round(seconds))}s", "--script",
            build.PEERS / "shared" / "post.lua", f"http://127.0.0.1:{port}{PATH}", "--", JSON_BODY,
            "application/json"], seconds + 60)
        record = json.loads(output.strip().splitlines()[-1])
        if record["errors"] or not record["requests"]:
            raise processes.StepFailed(f"{record['errors']} errors in {record['requests']} requests")
        return {"calls": record["requests"], "rate": record["requests"] * 1e6 / record["us"],
                "p50": record["p50"] * 1000, "p99": record["p99"] * 1000}

    def http_load(self, workload, connections, name, round_number):
        self.wrk(self.servers[name].port, connections, WARM_UP)
        found = self.measured(name, lambda port: self.wrk(port, connections, self.seconds))
        return self.add(workload, name, round_number, found)

    def own(self, workload, options, contender, protocol, round_number):
        """One of our doors by our own client, which checks every answer."""
        is_secure = contender == "jiesuan-tls"
        trust = ["--tls-ca", self.certificate] if is_secure else []
        record = self.loads.run([
            "--seconds", self.seconds, "--warm-up", WARM_UP, "--protocol", protocol, *trust, *options], self.seconds,
            server=self.servers["jiesuan-tls"] if is_secure else None)
        latency = record["latency"]
        if record["wrong"] or record["errors"]:
            raise processes.StepFailed(f"{record['wrong']} wrong answers, errors {record['errors']}")
        unit = "claims/s" if "batch" in workload else "calls/s"
        rate = record["goodClaims"] if unit == "claims/s" else record["good"]
        self.results.add("peers", workload, contender, round_number, rate, unit, latency["p50"], latency["p99"])
        self.results.add("cost", workload, contender, round_number, record["server"]["cpuPerClaim"], "ns")
        return f"{rate:>12,.0f} {unit}  p50 {latency['p50'] / 1e3:,.0f} µs"

    def steps(self, round_number):
        def turned(names):
            at = round_number % max(1, len(names))
            return list(names[at:]) + list(names[:at])

        cost = self.seconds + WARM_UP + 0.5
        for workload, clients, streams in (("grpc-4x64", 4, 64), ("grpc-1x1", 1, 1)):
            for name in turned(self.grpc):
                yield workload, name, cost, lambda w=workload, c=clients, s=streams, n=name: self.grpc_load(
                    w, c, s, n, round_number)
        for workload, connections in (("http-64", 64), ("http-1", 1)):
            for name in turned(self.http):
                yield workload, name, cost + 1, lambda w=workload, c=connections, n=name: self.http_load(
                    w, c, n, round_number)
        for workload, options in (
                ("door-4x64", ["--workload", "calculate", "--connections", 4, "--in-flight", 64]),
                ("door-batch-65536", ["--workload", "batch", "--connections", 2, "--in-flight", 1, "--claims", BATCH])):
            for contender, protocol in turned(PROTOCOLS):
                yield workload, contender, cost + 1, lambda w=workload, o=options, c=contender, p=protocol: self.own(
                    w, o, c, p, round_number)

    def mallocs(self):
        """Mallocs of the server for one gRPC request, counted end to end."""
        counter = costs.MallocCount(self.scratch / "grpc-mallocs")
        server = self.servers.start(
            "counted-grpc", [loads.JIESUAN, "serve", "--port", "0", "--quiet"], counter.environment)

        def run(requests):
            return self.loads.run([
                "--protocol", "grpc", "--warm-up", 0, "--requests", requests], costs.PATIENCE_SECONDS,
                server=server)["answered"]

        try:
            # Two runs of different length: what connecting costs is in both.
            run(MALLOC_CALLS // 10)
            start, few, between = counter.read(), run(MALLOC_CALLS // 10), counter.read()
            many, end = run(MALLOC_CALLS), counter.read()
            value = ((end - between) - (between - start)) / (many - few)
            self.results.add("cost", "grpc-4x64", "jiesuan", 1, value, "mallocs")
            return f"mallocs a gRPC request {value:.3f}"
        finally:
            self.servers.stop("counted-grpc")
