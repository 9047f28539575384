"""Rows of the table, and the parts that make them."""

from dataclasses import dataclass, field
from collections.abc import Callable


@dataclass
class Row:
    """What came of one fault."""
    number: str
    fault: str
    figure: str
    holds: bool
    canary: str = ""
    values: dict = field(default_factory=dict)


@dataclass
class Part:
    """A harness: the rows that it makes, and its share of the time in minutes."""
    name: str
    rows: str
    minutes: float
    run: Callable[["object"], list]

    def makes(self, number):
        """Whether the part makes the row of that number, or one of its sub-rows (1 of 1, 1b)."""
        return number in self.rows.split()


def milliseconds(nanoseconds):
    return nanoseconds / 1e6


def text_of(ms):
    """0.42 ms, 12 ms, 1.3 s."""
    if ms >= 1000:
        return f"{ms / 1000:.1f} s"
    return f"{ms:.0f} ms" if ms >= 10 else f"{ms:.2f} ms"


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0
