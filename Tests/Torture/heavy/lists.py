"""How long the offices' lists take by themselves over a million settlements."""

import threading
import time

from client import Channel
from heavy.kinds import SERVICE
from heavy.ledger import Filled
from jiesuan.v1 import filing_service_pb2
from rig.rows import Part, Row, median, text_of

#: Milliseconds.
LONGEST = 100.0
ASKED = 5
#: A list that takes longer is asked for once.
SLOW = 1_000.0
DEPARTMENT_CIVIL_AFFAIRS = 1


def answer_time(channel, method, message):
    """Milliseconds until the answer is here; a refusal is an answer."""
    began = time.monotonic()
    channel.send(SERVICE + method, message)
    answer = channel.receive()
    return 1000 * (time.monotonic() - began), answer.code


def questions():
    """(name, method, message) of every list; regions that have none of a kind refuse it, which costs nothing."""
    names = filing_service_pb2.FilingTable.items()
    for name, number in names:
        for region in ("anhui", "chongqing", "shenyang", "yantai"):
            if number:
                yield f"{name.removeprefix('FILING_TABLE_').lower()} of {region}", "FilingService/Table", (
                    filing_service_pb2.FilingTableRequest(
                        region=region, table=number, day=20241231, month=202412, year=2024, cost_from=50_000_00,
                        stays_from=2, campaign_from=20240101, campaign_until=20241231,
                        department=DEPARTMENT_CIVIL_AFFAIRS, disposable_income=40_000_00))
    for month in (202401, 202406):
        yield f"Screen of {month}", "FilingService/Screen", filing_service_pb2.ScreenRequest(
            region="anhui", month=month)


def run(rig):
    filled = Filled.of(rig)
    slowest = {"Table": (0, ""), "Screen": (0, "")}
    answered = refused = 0
    with Channel(*filled.server.address) as channel:
        for name, method, message in questions():
            kind = method.rsplit("/", 1)[1]
            times = []
            for _ in range(ASKED):
                took, code = answer_time(channel, method, message)
                times.append(took)
                if code:
                    refused += 1
                    break
                answered += 1
                if took > SLOW:
                    break
            slowest[kind] = max(slowest[kind], (median(times), name))
        finds, canary = canary_of(channel, filled.server)
    rows = []
    for kind, (took, name) in slowest.items():
        figure = f"{text_of(took)} at most ({name}), {filled.settlements:,} settlements"
        rows.append(Row("34", f"{kind} by itself", figure, took < LONGEST and finds, canary, {"slowest_ms": took}))
    rig.say(f"lists: {answered} answered, {refused} refused")
    return rows


def canary_of(channel, server):
    """A server that is stopped while it is asked."""
    server.pause()
    threading.Timer(1.5 * LONGEST / 1000, server.resume).start()
    table = filing_service_pb2.FILING_TABLE_CHRONIC_LEDGER
    question = filing_service_pb2.FilingTableRequest(region="anhui", table=table)
    took, _ = answer_time(channel, "FilingService/Table", question)
    finds = took >= LONGEST
    return finds, f"a server stopped for {1.5 * LONGEST:.0f} ms: {text_of(took)} seen" + ("" if finds else ", MISSED")


PART = Part("lists", "34", 0.5, run)
