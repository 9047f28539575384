"""All rows of the suite: two runs of it at once, because they wait for processes and disks more than they compute."""

from concurrent.futures import ThreadPoolExecutor

from rig.rows import Part
from suite import figures, kills


def run(rig):
    # The longest first.
    runs = [kills.run_paying, kills.run_server, figures.run, kills.run_flips, kills.run_runs]
    with ThreadPoolExecutor(2) as pool:
        return [row for rows in pool.map(lambda one: one(rig), runs) for row in rows]


PART = Part("suite", "1 2 3 4 6 8 10 11 15 17 26 27 28 32 33 38", 5.0, run)
