"""Rows 4 and 33: bits of the files of a ledger in use turn, files are cut or missing, copied alone."""

import os
import random
import shutil
import time

from client import Channel
from faults.desk import Desk, copy_of, forgetful, opened
from rig.process import Ended
from rig.rows import Part, Row

SETTLED = 150
#: Trials of each kind of damage at random places.
FLIPS = 40
CUTS = 8
#: What is made anew at every start, and what only says who has the ledger open.
DERIVED = ("-shm", ".lock", ".index")


class Tally:
    """What became of damaged ledgers."""

    def __init__(self):
        self.refused = self.harmless = self.silent = 0
        self.notes = []

    def text(self):
        count = self.refused + self.harmless + self.silent
        noted = f" ({'; '.join(self.notes[:3])})" if self.notes else ""
        return f"{count}: {self.refused} refused, {self.harmless} harmless, silent loss {self.silent}{noted}"


def files(folder):
    """Files that hold what cannot be made anew, the largest first."""
    names = [name for name in os.listdir(folder) if not name.endswith(DERIVED)
             and os.path.isfile(os.path.join(folder, name)) and os.path.getsize(os.path.join(folder, name)) > 0]
    return sorted(names, key=lambda name: -os.path.getsize(os.path.join(folder, name)))


def flip(path, chance):
    place, bit = chance.randrange(os.path.getsize(path)), chance.randrange(8)
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1 << bit]))
    return f"bit {bit} of byte {place} of {os.path.basename(path)}"


def cut(path, chance):
    length = chance.randrange(os.path.getsize(path))
    os.truncate(path, length)
    return f"{os.path.basename(path)} cut to {length}"


def remove(path, _):
    os.remove(path)
    return f"{os.path.basename(path)} deleted"


def alone(path, _):
    """Only this file is copied."""
    folder = os.path.dirname(path)
    for name in os.listdir(folder):
        other = os.path.join(folder, name)
        if other != path:
            shutil.rmtree(other) if os.path.isdir(other) else os.remove(other)
    return f"{os.path.basename(path)} alone"


def trial(rig, base, desk, name, damage, chance, tally):
    """Damages a copy, starts a server over it, and asks for everything that was acknowledged."""
    folder = os.path.join(rig.folder, "damaged")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    what = damage(os.path.join(folder, name), chance)
    try:
        server = rig.serve("--ledger", os.path.join(folder, "ledger.db"), name="rot")
    except Ended as refusal:
        tally.refused += 1
        if refusal.code != 3:
            tally.notes.append(f"{what}: ended with {refusal.code}")
            tally.silent += 1
        return
    lost = desk.lost(server)
    # Damage that shows while it runs is answered as such, and is no silent loss; what is asked for is there or not.
    server.kill()
    if lost:
        tally.silent += 1
        tally.notes.append(f"{what}: {lost} of {len(desk.told)} lost")
    else:
        tally.harmless += 1


def in_use(rig):
    """(base, desk, before): files of a ledger whose server was killed with work in its log."""
    server, path = opened(rig, "rot")
    server.stop()
    before = copy_of(rig, path)
    server = rig.serve("--ledger", path, name="rot")
    desk = Desk()
    with Channel(*server.address) as channel:
        for _ in range(SETTLED):
            desk.settle(channel)
    server.kill()
    return copy_of(rig, path), desk, before


def run(rig):
    seed = int(time.time())
    chance = random.Random(seed)
    base, desk, before = in_use(rig)
    size = 4 if rig.options.quick else 1
    main, beside = Tally(), Tally()
    for name in files(base):
        tally = main if name == "ledger.db" else beside
        for _ in range(FLIPS // size):
            trial(rig, base, desk, name, flip, chance, tally)
        for _ in range(CUTS // size):
            trial(rig, base, desk, name, cut, chance, tally)
        if name != "ledger.db":
            trial(rig, base, desk, name, remove, chance, tally)
    trial(rig, base, desk, "ledger.db", alone, chance, beside)
    finds, canary = forgetful(rig, desk, before)
    rows = []
    for number, fault, tally in (
            ("4", "flips and cuts of the main file of a killed server", main),
            ("33", "flips, cuts, deletion of its log, the main file alone", beside)):
        figure = f"{tally.text()}, seed {seed}"
        rows.append(Row(number, fault, figure, tally.silent == 0 and tally.refused > 0 and finds, canary,
                        {"refused": tally.refused, "harmless": tally.harmless, "silent": tally.silent}))
    return rows


PART = Part("rot", "4 33", 0.8, run)
