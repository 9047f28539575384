"""Row 37: a second server on the same ledger, by any name of its file."""

import os

from client import Channel
from faults.desk import Desk, opened
from rig.process import Ended
from rig.rows import Part, Row


def second(rig, path, pid):
    """Starts one more server: (refused, its words name the first's process)."""
    try:
        server = rig.serve("--ledger", path, name="second")
    except Ended as refusal:
        return True, str(pid) in refusal.log
    server.kill()
    return False, False


def run(rig):
    server, path = opened(rig, "owner")
    folder = rig.new_folder("names")
    names = {"the same path": path, "a hard link": os.path.join(folder, "hard.db"),
             "a symbolic link": os.path.join(folder, "soft.db"),
             "a path through a linked folder": os.path.join(folder, "linked", "ledger.db")}
    os.link(path, names["a hard link"])
    os.symlink(path, names["a symbolic link"])
    os.symlink(os.path.dirname(path), os.path.join(folder, "linked"))
    results = {name: second(rig, place, server.pid) for name, place in names.items()}
    desk = Desk()
    with Channel(*server.address) as channel:
        for _ in range(50):
            desk.settle(channel)
    server.kill()
    os.remove(names["a hard link"])
    server = rig.serve("--ledger", path, name="owner")
    lost = desk.lost(server)
    server.stop()
    refused = sum(refused for refused, _ in results.values())
    named = sum(named for _, named in results.values())
    open_ones = [name for name, (refused, _) in results.items() if not refused]
    figure = (
        f"{refused} of {len(names)} names refused, {named} naming the first's process; 50 settled "
        f"meanwhile, lost {lost}"
        + (f"; not refused: {', '.join(open_ones)}" if open_ones else ""))
    # Another ledger is none of the first server's business: a harness that calls this refused sees nothing.
    other, _ = second(rig, os.path.join(folder, "other.db"), server.pid)
    canary = "a ledger of its own: " + ("MISSED, it is refused" if other else "not refused")
    return [Row("37", "two owners", figure, refused == named == len(names) and lost == 0 and not other, canary)]


PART = Part("owners", "37", 0.1, run)
