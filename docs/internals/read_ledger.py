#!/usr/bin/env python3
"""Reads a ledger by the page ledger-format.md and nothing else: checks every block and prints the settlements.

    jiesuan demo --ledger demo.db
    docs/internals/read_ledger.py demo.db            a line a settlement, then what was found
    docs/internals/read_ledger.py demo.db --row 15.0 one row, field by field with its bytes

Exit code: 0 everything fits; 1 a block or row does not, which is named; 2 wrong usage.
"""
import argparse
import contextlib
import os
import sqlite3
import struct
import sys
import urllib.parse
import zlib

KINDS = {
    1: "settlement", 2: "reversal", 3: "registry", 4: "accounts", 5: "recognition", 6: "mark", 7: "adjustment",
    8: "second round", 9: "recognition payment", 12: "payment", 13: "clock",
    14: "origin",
}
FUNDS = ["pool", "large amount", "critical illness", "assistance", "re-assistance", "supplementary"]


class Damage(Exception):
    """A block or row that is not what the page says."""


class Row:
    """The bytes of a row, taken from the front; keeps what was taken, for `--row`."""

    def __init__(self, data):
        self.data, self.at, self.taken = data, 0, []

    def take(self, name, count):
        if self.at + count > len(self.data):
            raise Damage(f"the row ends within {name}")
        part = self.data[self.at:self.at + count]
        self.at += count
        return part

    def note(self, name, start, value):
        self.taken.append((name, self.data[start:self.at], value))
        return value

    def byte(self, name):
        start = self.at
        return self.note(name, start, self.take(name, 1)[0])

    def number(self, name):
        start, value, shift = self.at, 0, 0
        while True:
            byte = self.take(name, 1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return self.note(name, start, value)
            shift += 7

    def signed(self, name):
        start = self.at
        value = self.number(name)
        self.taken.pop()
        return self.note(name, start, (value >> 1) ^ -(value & 1))

    def text(self, name):
        start = self.at
        size = self.number(name)
        self.taken.pop()
        return self.note(name, start, self.take(name, size).decode())


def settlement(row):
    """A row of kind 1 as a dictionary."""
    found = {"kind": row.byte("kind"), "version": row.byte("version")}
    for name, read in (
        ("id", row.text), ("person", row.number), ("institution", row.number), ("pack", row.number),
        ("previous standing", row.number), ("previous record", row.number), ("flags", row.byte),
    ):
        found[name] = read(name)
    flags = found["flags"]
    if flags & 64:
        row.number("prescribing institution")
    if flags & 4:
        for _ in range(row.number("family accounts")):
            row.number("owner")
        for _ in range(row.number("documents")):
            row.text("document")
        row.number("prescription weeks")
        row.text("referral")
    if found["version"] == 2:
        row.text("prescription number")
        row.number("prescription date")
    claim(row, found, flags)
    outcome(row, found)
    year(row)
    for _ in range(row.byte("accounts")):
        if row.byte("relation"):
            row.number("owner")
        for name in ("paid", "balance after", "previous entry"):
            row.number(name)
    return found


def claim(row, found, flags):
    row.byte("kind and account use")
    found["date"] = row.number("service date")
    row.byte("place")
    row.byte("disease")
    found["total"] = row.number("total")
    row.number("in policy")
    if flags & 8:
        for name in ("out of catalog", "over limit", "first self-pay", "in-policy drug", "special drug"):
            row.number(name)
    if flags & 16:
        row.number("external basic")
        row.number("external large amount")
    row.byte("person")
    row.number("covered from")
    row.number("covered until")
    if flags & 32:
        row.byte("product")
        row.number("bought on")


def outcome(row, found):
    row.byte("identity, no rule")
    found["funds"] = sum(row.number(fund) for fund in FUNDS)
    found["account"] = row.number("account paid") + row.number("family account paid")
    found["cash"] = row.number("cash")
    row.number("deductible paid")
    row.number("plan")
    for _ in range(row.byte("layers")):
        for name in ("layer", "base", "deductible", "measure before", "computed"):
            row.number(name)
        row.signed("quota left")
        row.number("paid, first fund")
        row.number("paid, second fund")


def year(row):
    slots = row.byte("slots")
    mask = row.number("mask")
    for slot in range(slots):
        if mask >> slot & 1:
            row.number(f"slot {slot} before")
            row.signed(f"slot {slot} change")


def blocks(path):
    """Sequence number and rows of every block, each checked against its checksum and the block before."""
    last = 0
    # Without a log there is nobody who writes, and SQLite is to leave no files beside the ledger.
    way = "mode=ro" if os.path.exists(path + "-wal") else "mode=ro&immutable=1"
    address = f"file:{urllib.parse.quote(os.path.abspath(path))}?{way}"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as ledger:
        for expected, (sequence, block) in enumerate(ledger.execute("SELECT * FROM block ORDER BY sequence"), 1):
            def wrong(what, sequence=sequence):
                raise Damage(f"block {sequence}: {what}")

            if len(block) < 52:
                wrong("is too short")
            magic, own, _, count, size, chain = struct.unpack("<8s5Q", block[:48])
            checksum, = struct.unpack("<I", block[-4:])
            if checksum != zlib.crc32(block[:-4]):
                wrong("does not fit its checksum")
            if magic != b"JESUAN01" or own != sequence or sequence != expected:
                wrong("is not the one that it should be")
            if chain & 0xFFFFFFFF != last:
                wrong("does not continue the block before it")
            if len(block) != 48 + size + 4 * count + 4:
                wrong("has other sizes than it says")
            last = checksum
            ends = [0, *struct.unpack(f"<{count}I", block[48 + size:-4])]
            ends[0] = 48
            yield sequence, [block[start:end] for start, end in zip(ends, ends[1:])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger")
    parser.add_argument("--row", metavar="BLOCK.ROW", help="show this settlement field by field")
    arguments = parser.parse_args()
    counts, total = {}, 0
    try:
        for sequence, rows in blocks(arguments.ledger):
            for index, data in enumerate(rows):
                name = KINDS.get(data[0])
                if name is None:
                    raise Damage(f"row {index} of block {sequence} is of kind {data[0]}, which there is not")
                counts[name] = counts.get(name, 0) + 1
                if name != "settlement":
                    continue
                row = Row(data)
                found = settlement(row)
                if row.at != len(data):
                    raise Damage(f"row {index} of block {sequence} has {len(data) - row.at} bytes too many")
                if found["funds"] + found["account"] + found["cash"] != found["total"]:
                    raise Damage(f"row {index} of block {sequence} does not add up (G-7)")
                total += found["total"]
                if arguments.row == f"{sequence}.{index}":
                    for field, taken, value in row.taken:
                        print(f"{field:24} {taken.hex(' '):40} {value}")
                elif arguments.row is None:
                    print(sequence << 16 | index, found["id"], found["date"], found["total"])
    except (Damage, sqlite3.Error, UnicodeDecodeError) as problem:
        sys.exit(f"{arguments.ledger}: {problem}")
    if arguments.row is None:
        print("; ".join(f"{name} {count}" for name, count in sorted(counts.items())) + f"; {total} fen settled")


if __name__ == "__main__":
    main()
