"""Puts the table into a page between two marks."""

import os
import time

from report.table import markdown

BEGIN = "<!-- table: made by make torture -->\n"
END = "<!-- end of the table -->"


def replace(path, rows, minutes, how):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path}: the marks {BEGIN.strip()} and {END} are missing; put them where the table belongs")
    head = f"Made on {time.strftime('%Y-%m-%d')} in {minutes:.0f} minutes on {os.cpu_count()} cores: {how}.\n\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + begin + head + markdown(rows) + end + after)
