"""Row 31: nothing in the logs of all servers of this run names a person or a settlement."""

import os
import re

from faults.desk import FIRST, PERSONS
from heavy.kinds import CROWDED, IMPORTED
from rig.rows import Part, Row

#: What the harnesses call settlements, institutions' own rows and registered persons.
SECRETS = re.compile(
    r"(kept|late|reply|twice|other|spoilt|drain\d|visit|refused|theirs|heavy|one-and-the)-\d{3,}|one-and-the-same|"
    + "|".join(str(first)[:7] + r"\d{3}" for first in {FIRST, CROWDED, CROWDED + IMPORTED, 9_999_999_999}))


def hits(folder):
    found = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), errors="replace") as file:
            found += [f"{name}: {line.strip()}" for line in file if SECRETS.search(line)]
    return found


def run(rig):
    found = hits(rig.logs)
    count = len(os.listdir(rig.logs))
    planted = rig.new_folder("planted")
    with open(os.path.join(planted, "server.log"), "w", encoding="utf-8") as file:
        file.write(f"settled kept-000001 of person {FIRST + PERSONS - 1}\n")
    finds = len(hits(planted)) == 1
    figure = f"{count} logs, {len(found)} hits" + (f": {found[0][:120]}" if found else "")
    canary = "a line with a settlement and a person: found" + ("" if finds else ", MISSED")
    return [Row("31", "persons and settlements in logs", figure, not found and finds, canary, {"logs": count})]


PART = Part("logs", "31", 0.1, run)
