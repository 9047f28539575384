"""A ledger of a million settlements, and the server that has it open."""

import os

from client import Channel
from heavy import kinds

#: Claims of one batch while it is filled.
BATCH = 8_192


class Filled:
    """The server, made and filled when it is asked for first, and kept for all parts that need it."""

    def __init__(self, rig):
        self.rig = rig
        self.folder = rig.new_folder("million")
        self.path = os.path.join(self.folder, "ledger.db")
        self.server = rig.serve("--ledger", self.path, "--allow-load-tests", name="heavy")
        batches = -(-rig.options.settlements // BATCH)
        rig.say(f"filling a ledger with {batches * BATCH:,} settlements")
        code, output, error = rig.command(
            "load", "--server", f":{self.server.port}", "--workload", "settle-batch", "--claims", str(BATCH),
            "--connections", "1", "--in-flight", "2", "--requests", str(batches), "--warm-up", "0", patience=900)
        if code:
            raise RuntimeError(f"the ledger cannot be filled: {output[-300:]} {error[-300:]}")
        with Channel(*self.server.address) as channel:
            kinds.prepare(channel)
        self.settlements = batches * BATCH + kinds.STAYS
        self.kinds = kinds.kinds("load-chongqing-3")

    @classmethod
    def of(cls, rig):
        if not getattr(rig, "filled", None) or not rig.filled.server.is_running():
            rig.filled = cls(rig)
        return rig.filled
