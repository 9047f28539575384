"""Row 23: SIGTERM under load, with a backlog of heavy requests, and with a slow disk."""

import threading
import time

from client import Channel
from faults.desk import Desk, opened
from faults.shim import environment
from heavy.kinds import BATCH, FIRST_REFUSED, batch, call
from rig.rows import Part, Row
from rig.wire import connect

DRAIN = 3
#: Seconds beside those of the drain for closing the ledger.
CLOSE = 2.0
OFFICES = 4
HEAVY = 8


class Office:
    """Settles one by one until the server is gone; what is sent last may have no answer."""

    def __init__(self, server, number):
        self.desk = Desk(f"drain{number}")
        self.refused = 0
        self.thread = threading.Thread(target=self.run, args=(server,), daemon=True)
        self.thread.start()

    def run(self, server):
        try:
            with Channel(*server.address) as channel:
                while True:
                    if self.desk.settle(channel):
                        self.refused += 1
                        return
        except OSError:
            return


def backlog(server):
    """Connections with heavy batches that wait."""
    heavy = call("SettlementService/SettleBatch", batch([f"heavy-{n:08}" for n in range(BATCH)], FIRST_REFUSED))
    held = [connect(server.address) for _ in range(OFFICES)]

    def push(one):
        try:
            for _ in range(HEAVY):
                one.sendall(heavy)
        except OSError:
            return

    for one in held:
        threading.Thread(target=push, args=(one,), daemon=True).start()
    return held


def drained(rig, name, with_backlog=False, sync_milliseconds=0, pause=0.0):
    """Ends a server under load: its row's figure and whether it holds."""
    server, path = opened(rig, name)
    server.stop()
    slow = environment(rig, sync_milliseconds=sync_milliseconds) if sync_milliseconds else None
    server = rig.serve("--ledger", path, "--drain-seconds", str(DRAIN), name=name, environment=slow)
    offices = [Office(server, number) for number in range(OFFICES)]
    held = backlog(server) if with_backlog else []
    time.sleep(1.5)
    if pause:
        threading.Timer(pause, server.resume).start()
        server.pause()
    code, took = server.stop(60)
    log = server.log()
    if code is None:
        server.kill()
    for one in held:
        one.close()
    for office in offices:
        office.thread.join(10)
    again = rig.serve("--ledger", path, name=name)
    lost = sum(office.desk.lost(again) for office in offices)
    again.stop()
    acknowledged = sum(len(office.desk.told) for office in offices)
    limit = DRAIN + CLOSE + 2 * sync_milliseconds / 1000
    figure = f"exit {code} after {took:.1f} s (--drain-seconds {DRAIN}), {acknowledged:,} acknowledged, lost {lost}"
    return figure, took <= limit and lost == 0, code, took, log


def names_disk(log):
    """Whether a line after the signal says that the disk, or the ledger's file, is what is waited for."""
    after = log.partition("draining")[2]
    return "disk" in after or "ledger.db" in after


def run(rig):
    # Stopped for longer than it may take: the clock of the harness must see it.
    _, in_time, _, took, _ = drained(rig, "drain", pause=DRAIN + CLOSE + 2.0)
    canary = f"a server that hangs for {DRAIN + CLOSE + 2:.0f} s: {took:.1f} s seen" + (", MISSED" if in_time else "")
    rows = []
    for fault, options in (
            ("SIGTERM under load", {}), ("SIGTERM with a backlog of heavy batches", {"with_backlog": True}),
            ("SIGTERM with a disk of 1.5 s a sync", {"sync_milliseconds": 1_500})):
        figure, holds, code, took, log = drained(rig, "drain", **options)
        right = code == 0
        if "sync_milliseconds" in options:
            # A disk that does not let it end in time must be named, and nothing may be lost all the same.
            named = names_disk(log)
            figure += f"; the slow disk is {'named' if named else 'not named'}"
            holds = holds or (named and "lost 0" in figure)
            right = code is not None
        rows.append(Row("23", fault, figure, holds and right and not in_time, canary, {"seconds": took, "exit": code}))
    return rows


PART = Part("drain", "23", 0.7, run)
