#!/usr/bin/python3
"""The library's modules in the order of Package.swift, a line each: its name, a tabulator, what it is.

What it is stands in Package.swift, above the target. Programs, C targets and tests are left out.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
#: A target, after the lines of comment above it.
TARGET = re.compile(r"((?:^[ \t]*//.*\n)*)^[ \t]*\.target\(", re.M)


def closing(text, start):
    """Where the bracket closes that was opened before `start`."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise ValueError("Package.swift: a bracket is not closed")


def modules(text):
    """Of a Package.swift: the targets that are Swift libraries of Sources/, with the comment above each."""
    for match in TARGET.finditer(text):
        declaration = text[match.end():closing(text, match.end())]
        name = re.search(r'name: "(\w+)"', declaration).group(1)
        path = re.search(r'path: "([^"]+)"', declaration)
        folder = path.group(1) if path else f"Sources/{name}"
        if folder.startswith("Sources/") and any((ROOT / folder).rglob("*.swift")):
            yield name, " ".join(line.strip().removeprefix("//").strip() for line in match.group(1).splitlines())


def main():
    found = list(modules((ROOT / "Package.swift").read_text(encoding="utf-8")))
    for name, what in found:
        print(f"{name}\t{what}")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
