"""Rows 18 and 30: more than a server can do, and a long time of what it can."""

import subprocess
import sys
import threading
import time

from connections.crowd import good, ledger_server
from rig.rig import Load, wait_until
from rig.rows import Part, Row, median, text_of

#: Goodput at ten times the capacity, in parts of that at the capacity, that must remain.
SHARE = 0.9
TIMES = [1, 2, 5, 10]
#: Runs of each offer, of which the middle one counts: the client and the server share the machine with others.
RUNS = 3


def offered(rig, server, rate, seconds, meanwhile=None):
    """An open loop: its record."""
    load = Load(
        rig, server, "--workload", "calculate", "--connections", "4", "--rate", str(int(rate)), seconds=seconds,
        warm_up=0.5)
    if meanwhile:
        meanwhile()
    return load.result()


def overload(rig):
    seconds = 1 if rig.options.quick else 2
    server = ledger_server(rig, "overload")
    closed = good(Load(rig, server, "--workload", "calculate", "--connections", "4", seconds=seconds).result())
    memory = server.resident_kb()
    # In turns, so that a disturbance is not one offer's alone.
    records = [(times, offered(rig, server, times * closed, seconds)) for _ in range(RUNS) for times in TIMES]
    grown = (server.resident_kb() - memory) / 1024
    rates = {times: median(good(record) for offer, record in records if offer == times) for times in TIMES}
    peak = max(closed, rates[1])
    wrong = sum(record.get("wrong", 1) for _, record in records)

    def hang():
        time.sleep(1)
        server.pause()
        threading.Timer(0.8 * seconds, server.resume).start()

    hung = good(offered(rig, server, 10 * closed, seconds, hang))
    finds = hung < SHARE * peak
    server.stop()
    figure = (
        f"closed loop {closed:,.0f}/s; offered "
        + ", ".join(f"{times} ×: {rate:,.0f}/s" for times, rate in rates.items())
        + f"; at 10 × {100 * rates[10] / peak:.0f} % of the capacity; wrong {wrong}; + {grown:.0f} MB; "
        + "client on the same cores")
    canary = f"a server that hangs most of the time: {100 * hung / peak:.0f} %" + ("" if finds else ", MISSED")
    holds = rates[10] >= SHARE * peak and wrong == 0 and grown < 64 and finds
    return Row("18", "overload", figure, holds, canary, {"closed": closed, "offered": rates})


def slope(samples):
    """Change a second over (second, value) samples: least squares."""
    count = len(samples)
    mean_x = sum(x for x, _ in samples) / count
    mean_y = sum(y for _, y in samples) / count
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread if spread else 0.0


def watched(resident, seconds):
    """Samples of the memory of a process in KB, twice a second."""
    began, samples = time.monotonic(), []
    while (now := time.monotonic() - began) < seconds:
        samples.append((now, resident()))
        time.sleep(0.5)
    return samples


def soak(rig):
    seconds = 10 if rig.options.quick else 40
    server = ledger_server(rig, "soak")
    load = Load(rig, server, "--workload", "calculate", "--connections", "4", "--rate", "20000", seconds=seconds,
                warm_up=1)
    # The first seconds fill buffers that stay.
    time.sleep(seconds / 3)
    descriptors = server.descriptors()
    samples = watched(server.resident_kb, seconds / 2)
    record = load.result()
    wait_until(lambda: server.descriptors() < descriptors, 3)
    grows = slope(samples)
    server.stop()
    finds = slope(leak()) > 100
    p99 = record["latency"]["p99"] / 1e6 if "latency" in record else 0
    figure = (
        f"Calculate {good(record):,.0f}/s for {seconds} s, {record.get('answered', 0):,} calls: {grows:+.0f} KB/s at "
        f"{samples[-1][1] / 1024:.0f} MB, descriptors {descriptors}, p99 {text_of(p99)}, "
        f"wrong {record.get('wrong', '?')}")
    canary = "a process that keeps a megabyte a second: found" + ("" if finds else ", MISSED")
    return Row("30", "soak (short)", figure, abs(grows) < 100 and not record["problem"] and finds, canary,
               {"kb_a_second": grows})


def leak():
    """Samples of a process that leaks."""
    script = "import time\nheld = []\nwhile True:\n held.append(b'x' * 200_000)\n time.sleep(0.2)"
    process = subprocess.Popen([sys.executable, "-c", script])

    def resident():
        with open(f"/proc/{process.pid}/statm") as file:
            return int(file.read().split()[1]) * 4

    time.sleep(0.5)
    samples = watched(resident, 3)
    process.kill()
    process.wait()
    return samples


def run(rig):
    return [overload(rig), soak(rig)]


PART = Part("overload and soak", "18 30", 1.2, run)
