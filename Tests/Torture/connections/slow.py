"""Rows 12 and 13: peers that send a byte a second, and peers that ask and do not read."""

import threading
import time

from client import HEADER
from connections.crowd import closed_by_server, found, good, idle, ledger_server, settled
from heavy.kinds import call
from jiesuan.v1 import policy_service_pb2
from rig.rig import wait_until
from rig.rows import Part, Row
from rig.toy import Toy
from rig.wire import connect

LORISES = 5_000
READERS = 20
#: Requests of a reader that does not read: some 40 KB of answer each.
ASKED = 2_000
#: Seconds after which the server has to have dropped them: its own times are 30 and 20.
PATIENCE = 45
#: Per cent of its goodput that an honest client keeps.
SHARE = 90


class Lorises:
    """Connections that send a byte of a large frame each second."""

    def __init__(self, address, count):
        self.held = idle(address, count)
        self.frame = HEADER.pack(b"PRPC", 1 << 20, 40) + bytes(1024)
        self.began = time.monotonic()
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        for place in range(len(self.frame)):
            for one in self.held:
                try:
                    one.send(self.frame[place:place + 1])
                except OSError:
                    continue
            if self.ends.wait(1):
                return

    def stop(self):
        self.ends.set()
        self.thread.join()
        for one in self.held:
            one.close()


class Readers:
    """Connections that ask for much and read nothing."""

    def __init__(self, address, count):
        packet = call("PolicyService/Show", policy_service_pb2.ShowPolicyRequest(region="chongqing"))
        self.held = []
        for _ in range(count):
            one = connect(address)
            one.settimeout(0.5)
            self.held.append(one)
            try:
                for _ in range(ASKED):
                    one.sendall(packet)
            except OSError:
                # The server reads no more of them: that is right.
                continue


def run(rig):
    server = ledger_server(rig, "slow")
    before = server.sockets()
    first = good(settled(rig, server, 5))
    memory = server.resident_kb()
    count = LORISES // 10 if rig.options.quick else LORISES
    lorises = Lorises(server.address, count)
    beside = settled(rig, server, 5)
    loris = wait_until(lambda: closed_by_server(lorises.held) == len(lorises.held), PATIENCE)
    lasted = time.monotonic() - lorises.began
    lorises.stop()
    quiet = wait_until(lambda: server.sockets() <= before, 10) is not None
    # Before and after, because a machine is not always as fast.
    baseline = (first + good(settled(rig, server, 5))) / 2
    share = 100 * good(beside) / baseline if baseline else 0
    slow_figure = (
        f"{len(lorises.held):,} connections; honest goodput {share:.0f} % of its own; "
        + (f"all dropped within {lasted:.1f} s" if loris is not None else f"not all dropped in {PATIENCE} s")
        + f"; {beside['problem'] or '0 calls failed'}")

    base = server.resident_kb()
    began = time.monotonic()
    readers = Readers(server.address, READERS)
    grown = (server.resident_kb() - base) / 1024
    reader = wait_until(lambda: server.sockets() <= before, PATIENCE)
    took = time.monotonic() - began
    for one in readers.held:
        one.close()
    server.stop()
    read_figure = f"{READERS} readers; " + (
        f"dropped within {took:.1f} s" if reader is not None else f"not dropped in {PATIENCE} s"
    ) + f"; + {max(0, grown):.0f} MB"
    finds, canary = canary_of()
    return [
        Row("12", "a byte a second", slow_figure + ("" if quiet else "; connections left behind"),
            loris is not None and quiet and share >= SHARE and not beside["problem"] and finds, canary,
            {"share_percent": share, "seconds": lasted, "resident_kb": memory}),
        Row("13", "asks and does not read", read_figure, reader is not None and grown < 512 and finds, canary,
            {"seconds": took, "grown_mb": grown})]


def canary_of():
    """A server that waits for ever for the end of a frame."""
    toy = Toy()
    lorises = Lorises(toy.address, 20)
    dropped = wait_until(lambda: closed_by_server(lorises.held) == len(lorises.held), 3)
    lorises.stop()
    toy.close()
    return dropped is None, "a server that waits for ever: not dropped in 3 s" + found(dropped is None)


PART = Part("slow peers", "12 13", 1.3, run)
