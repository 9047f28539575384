"""The table of a run."""

import json
import os
import platform
import re
import time


def order(row):
    """Rows by their number: 1, 1b, 2, … 10."""
    match = re.match(r"(\d+)(.*)", row.number)
    return (int(match[1]), match[2]) if match else (999, row.number)


def markdown(rows):
    """The table as it stands in a page."""
    lines = ["| row | fault | what came of it | holds | planted fault that the harness found |",
             "|---|---|---|---|---|"]
    for row in sorted(rows, key=order):
        cells = [row.number, row.fault, row.figure, "yes" if row.holds else "**no**", row.canary or "–"]
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def text(rows):
    lines = []
    for row in sorted(rows, key=order):
        lines.append(f"{'ok  ' if row.holds else 'FAIL'} {row.number:>3} {row.fault}: {row.figure}")
        if row.canary:
            lines.append(f"         planted: {row.canary}")
    return "\n".join(lines)


def write_json(rows, path, minutes):
    record = {
        "schema": "jiesuan-torture/1", "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "minutes": round(minutes, 1), "cores": os.cpu_count(), "machine": platform.machine(),
        "rows": [vars(row) for row in sorted(rows, key=order)]}
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(record, file, ensure_ascii=False, indent=1)
        file.write("\n")
