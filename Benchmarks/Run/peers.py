"""The calculation by every contender in turns: first their answers are compared, then they are timed."""
import os

import build
import messages
import processes

MESSAGES = build.BUILT / "messages"
ANSWERS = build.BUILT / "answers"
WARM_UP = 0.5  # seconds

UNARY = (("unary-4x64", 4, 64), ("unary-1x1", 1, 1))
BATCHES = ((1_000, 2, 1), (65_536, 2, 1))  # claims, connections, in flight

# Threads of each server are those that do its work best on two cores beside a client: docs/measuring/comparisons.md.
GRPC_THREADS = 2
C_THREADS = 2

GRPC = ("grpc-cpp", "grpc-swift")


class Peers:
    """Servers that answer CalculationService, and the drivers that load them."""

    def __init__(self, servers, results, contenders, seconds):
        self.servers, self.results, self.contenders, self.seconds = servers, results, contenders, seconds
        self.client_environment = None

    def start(self, port):
        """Starts every contender, `port` and the next three are theirs; says which do not start, and does without."""
        ANSWERS.mkdir(parents=True, exist_ok=True)
        self.servers.start("jiesuan", [build.RELEASE / "jiesuan", "serve", "--port", "0", "--quiet"])
        tcmalloc = build.tcmalloc()
        self.client_environment = {**os.environ, **tcmalloc}
        c_server = build.BUILT / "c-epoll" / "server"
        commands = {
            "c-epoll": ([c_server, "--port", port, "--threads", C_THREADS], None),
            "grpc-cpp": ([build.BUILT / "grpc-cpp" / "server", f"127.0.0.1:{port + 1}", GRPC_THREADS], tcmalloc),
            "grpc-swift": ([build.BUILT / "grpc-swift" / "release" / "grpc-swift-server", port + 2], None),
            "c-echo": ([c_server, "--port", port + 3, "--threads", C_THREADS, "--echo", ANSWERS / "echoed.bin"], None),
        }
        if "c-echo" in self.contenders:
            # It echoes what jiesuan answers: the same bytes.
            self.call("jiesuan", MESSAGES / "request.bin", ANSWERS / "echoed.bin")
        failures = []
        for name in [name for name in self.contenders if name in commands]:
            command, variables = commands[name]
            try:
                self.servers.start(name, command, variables)
            except processes.StepFailed as failure:
                failures.append(str(failure))
                self.contenders.remove(name)
        return failures

    # What is measured.

    def load(self, name, message, seconds, *options):
        server = self.servers[name]
        common = ["--seconds", seconds, "--server-pid", server.pid, "--json", *options]
        if name in GRPC:
            what = "--rows" if message.name.startswith(("rows", "compared")) else "--message"
            command = [build.BUILT / "grpc-cpp" / "client", "--address", f"127.0.0.1:{server.port}", what, message]
            return processes.run_json(command + common, seconds + 60, env=self.client_environment)
        command = [build.BUILT / "load", "--port", server.port, "--message", message]
        return processes.run_json(command + common, seconds + 60)

    def call(self, name, message, answer, *options):
        """One call; its answer goes to a file."""
        width = ["--channels", 1] if name in GRPC else ["--connections", 1]
        self.load(name, message, 0.1, *width, "--in-flight", 1, "--warm-up", 0, "--dump", answer, *options)

    def add(self, workload, name, round_number, found, unit):
        if found["errors"] or not found["calls"]:
            raise processes.StepFailed(f"{found['errors']} of {found['calls']} answers are errors")
        claims = found["claims"]
        rate, p50, p99 = found["rate"] * claims, found["p50"], found["p99"]
        self.results.add("peers", workload, name, round_number, rate, unit, p50, p99)
        self.results.add("cost", workload, name, round_number, found["server_cpu"] / claims, "ns")
        return f"{rate:>12,.0f} {unit}  p50 {p50 / 1e3:,.0f} µs  p99 {p99 / 1e3:,.0f} µs"

    def unary(self, workload, connections, in_flight, name, round_number):
        width = ["--channels" if name in GRPC else "--connections", connections, "--in-flight", in_flight]
        found = self.load(name, MESSAGES / "request.bin", self.seconds, *width, "--warm-up", WARM_UP)
        return self.add(workload, name, round_number, found, "calls/s")

    def batch(self, claims, connections, in_flight, name, round_number):
        workload = f"batch-{claims}"
        if name in GRPC:
            found = self.load(name, MESSAGES / f"rows-{claims}.bin", self.seconds, "--channels", connections,
                              "--in-flight", in_flight, "--warm-up", WARM_UP)
        else:
            found = self.load(name, MESSAGES / f"batch-{claims}.bin", self.seconds, "--method", "CalculateBatch",
                              "--connections", connections, "--in-flight", in_flight, "--claims", claims,
                              "--warm-up", WARM_UP)
        return self.add(workload, name, round_number, found, "claims/s")

    def steps(self, round_number):
        """Workload, contender, seconds and function of one round; the order turns from round to round."""
        turned = self.contenders[round_number % len(self.contenders):]
        turned += self.contenders[:round_number % len(self.contenders)]
        cost = self.seconds + WARM_UP + 0.3
        for workload, connections, in_flight in UNARY:
            for name in turned:
                yield workload, name, cost, lambda w=workload, c=connections, f=in_flight, n=name: self.unary(
                    w, c, f, n, round_number)
        for claims, connections, in_flight in BATCHES:
            for name in turned:
                # An echo settles nothing.
                if name == "c-echo":
                    continue
                yield f"batch-{claims}", name, cost, lambda k=claims, c=connections, f=in_flight, n=name: (
                    self.batch(k, c, f, n, round_number))

    # What must be right before anything is timed.

    def compare(self):
        """Every contender says the same money for requests of every identity, and for a batch."""
        read = messages.Messages()
        names = [name for name in self.contenders if name != "c-echo"]
        for number in range(messages.SINGLES):
            figures = {}
            for name in names:
                answer = ANSWERS / f"single-{number}.{name}"
                self.call(name, MESSAGES / f"single-{number}.bin", answer)
                figures[name] = read.figures(answer)
                messages.compare(f"request {number}, jiesuan and {name}", figures["jiesuan"], figures[name])
        self.compare_batches(read, [name for name in names if name not in GRPC])
        figures = {}
        for name in names:
            answer = ANSWERS / f"batch.{name}"
            if name in GRPC:
                self.call(name, MESSAGES / "compared-rows.bin", answer)
                figures[name] = read.row_figures(answer)
            else:
                self.call(name, MESSAGES / "compared-batch.bin", answer, "--method", "CalculateBatch")
                figures[name] = read.batch_figures(answer)
            messages.compare(f"a batch, jiesuan and {name}", figures["jiesuan"], figures[name])
        return f"{messages.SINGLES} requests and {messages.COMPARED:,} claims: {', '.join(names)} agree to the fen"

    def compare_batches(self, read, names):
        """A batch as it is timed: a person's claims in columns, each on the year that those before it left."""
        figures = {}
        for name in names:
            answer = ANSWERS / f"columns.{name}"
            message = MESSAGES / f"batch-{messages.BATCHES[0]}.bin"
            self.call(name, message, answer, "--method", "CalculateBatch")
            figures[name] = read.batch_figures(answer)
            messages.compare(f"columns, jiesuan and {name}", figures["jiesuan"], figures[name])
