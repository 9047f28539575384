"""Rows 5 and 7: a disk that is full, and one whose syncs take a second."""

import os
import shutil
import subprocess
import time

from client import Channel
from faults.desk import Desk, copy_of, forgetful, opened
from faults.shim import environment
from jiesuan.v1 import policy_service_pb2
from rig.process import Ended
from rig.rows import Part, Row, text_of

#: Of the small disk: room for some thousand settlements.
DISK_MB = 24
MOST = 200_000


class SmallDisk:
    """A tmpfs of some MiB; needs root."""

    def __init__(self, rig):
        self.path = rig.new_folder("disk")

    def __enter__(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "none", self.path], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=False)

    def resize(self, megabytes):
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", self.path], check=True)

    def fill(self):
        """Writes until nothing fits any more."""
        with open(os.path.join(self.path, "ballast"), "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return


def full(rig):
    with SmallDisk(rig) as disk:
        server, path = opened(rig, "full-disk", folder=disk.path)
        server.stop()
        before = copy_of(rig, path)
        server = rig.serve("--ledger", path, name="full-disk")
        desk = Desk()
        with Channel(*server.address) as channel:
            for _ in range(300):
                desk.settle(channel)
            disk.fill()
            code = desk.settle_until(channel, MOST, lambda code: code != 0)
            acknowledged = len(desk.told)
            after = sum(desk.settle(channel) == 0 for _ in range(200))
            reads = sum(desk.is_readable(channel, name) for name in list(desk.told)[:50])
            os.remove(os.path.join(disk.path, "ballast"))
            began = time.monotonic()
            again = desk.settle_until(channel, MOST, lambda code: code == 0) == 0
            resumed = time.monotonic() - began
        server.kill()
        disk.fill()
        try:
            started = rig.serve("--ledger", path, name="full-disk")
            start = "starts" if desk.lost(started) == 0 else "starts and has lost some"
            started.kill()
        except Ended as refusal:
            # The file that cannot be written must be named.
            named = os.path.basename(path) in refusal.log
            start = f"a start is refused with {refusal.code}" + ("" if named else " without naming the file")
        os.remove(os.path.join(disk.path, "ballast"))
        disk.resize(4 * DISK_MB)
        server = rig.serve("--ledger", path, name="full-disk")
        lost = desk.lost(server)
        server.stop()
        is_clean, count = rig.verify(path)
    finds, canary = forgetful(rig, desk, before)
    logged = any("full" in one.log().lower() or "space" in one.log().lower() for one in rig.started
                 if "full-disk" in one.log_path)
    figure = (
        f"{acknowledged:,} acknowledged, then refused with {code}; acknowledged while full {after}, read while full "
        f"{reads} of 50; resumed {resumed:.2f} s after there was room; on a full disk {start}; lost {lost}, "
        f"verify {'clean' if is_clean else count}" + ("" if logged else "; no line in the log"))
    holds = (
        code in (4106, 4107) and reads == 50 and lost == 0 and is_clean and again and logged and "without" not in start
        and "lost" not in start)
    return Row("5", "disk full", figure, holds and finds, canary, {"acknowledged": acknowledged, "after": after})


def slow(rig):
    delay = 1_000
    server, path = opened(rig, "slow-disk")
    server.stop()
    server = rig.serve("--ledger", path, name="slow-disk", environment=environment(rig, sync_milliseconds=delay))
    desk, waits = Desk(), []
    with Channel(*server.address) as channel, Channel(*server.address) as reader:
        desk.settle(channel)
        for _ in range(8):
            began = time.monotonic()
            desk.settle(channel)
            waits.append(1000 * (time.monotonic() - began))
        # While a commit waits for the disk, calculating does not.
        name = desk.next()
        channel.send("jiesuan.v1.SettlementService/Settle", desk.request(name))
        began = time.monotonic()
        reader.call("jiesuan.v1.PolicyService/List", policy_service_pb2.ListPoliciesRequest(),
                    policy_service_pb2.ListPoliciesResponse)
        beside = 1000 * (time.monotonic() - began)
        desk.told[name] = channel.receive().message
    server.kill()
    server = rig.serve("--ledger", path, name="slow-disk")
    lost = desk.lost(server)
    server.stop()
    shutil.rmtree(os.path.dirname(path), ignore_errors=True)
    longest = max(waits)
    finds = longest >= delay
    figure = (
        f"a settlement waits {text_of(longest)} at most for a sync of {text_of(delay)}; what needs no disk "
        f"{text_of(beside)}; lost {lost}")
    canary = f"the wait itself: {text_of(longest)} seen" + ("" if finds else ", MISSED")
    return Row("7", "slow disk", figure, lost == 0 and beside < delay / 2 and finds, canary, {"longest_ms": longest})


def run(rig):
    return [full(rig), slow(rig)]


PART = Part("disks", "5 7", 0.4, run)
