"""Rows 25 and 36: a clock that was 400 days ahead for one settlement."""

import time

from client import Channel
from faults.desk import Desk, opened
from faults.shim import environment
from heavy.kinds import explain_policy
from rig.process import Ended
from rig.rows import Part, Row

AHEAD = 400 * 86_400
#: Seconds that a time may be off and is still true.
TRUE = 300
TRIES = 20


def off(desk, channel, name):
    """Seconds by which the time of a settlement is ahead of now."""
    return desk.get(channel, name).answer.settled_at / 1000 - time.time()


def settle(desk, server):
    """(code, seconds ahead, sequence) of one more settlement."""
    with Channel(*server.address) as channel:
        name = desk.next()
        code = desk.settle(channel, name)
        if code:
            return code, 0, 0
        return 0, off(desk, channel, name), desk.get(channel, name).answer.sequence


def accept(rig, path):
    """The operator says which times are not to be trusted; whether there is such a command."""
    code, output, error = rig.command("ledger", "accept-clock", "--help")
    if code:
        return False, "no way out"
    for arguments in (["--yes"], []):
        code, output, error = rig.command("ledger", "accept-clock", path, *arguments)
        if code == 0:
            return True, "accept-clock"
    return False, f"accept-clock ended with {code}: {(output + error)[-200:]}"


def calculated(rig, request, **options):
    """The bytes of an answer to Calculate, with a deadline that a jump of the clock must not touch."""
    server = rig.serve(name="jump", **options)
    with Channel(*server.address) as channel:
        channel.send("jiesuan.v1.CalculationService/Calculate", request, timeout_ms=60_000)
        answer = channel.receive()
    server.stop()
    return answer.code, answer.message


def jump(rig):
    request = explain_policy().claim
    plain = calculated(rig, request)
    shifted = [calculated(rig, request, environment=environment(rig, clock_seconds=shift)) for shift in (AHEAD, -AHEAD)]
    same = plain[0] == 0 and all(one == plain for one in shifted)
    request.claim.cost.total += 1
    request.claim.cost.in_policy += 1
    finds = calculated(rig, request) != plain
    figure = "400 days ahead and behind: " + ("the same bytes, deadlines right" if same else f"{plain} is {shifted}")
    canary = "a bill of one fen more: other bytes" + ("" if finds else ", MISSED")
    return Row("25", "clock jump", figure, same and finds, canary)


def run(rig):
    return [jump(rig), wrong_once(rig)]


def wrong_once(rig):
    desk = Desk()
    server, path = opened(rig, "clock")
    settle(desk, server)
    server.stop()
    server = rig.serve("--ledger", path, name="clock", environment=environment(rig, clock_seconds=AHEAD))
    _, ahead, before = settle(desk, server)
    server.stop()

    log = ""
    try:
        server = rig.serve("--ledger", path, name="clock")
        code, seconds, _ = settle(desk, server)
        log = server.log()
        server.stop()
        first = f"refused with {code}" if code else f"{seconds:.0f} s ahead"
        honest = code == 4107 or abs(seconds) <= TRUE
    except Ended as refusal:
        log, first, honest = refusal.log, f"a start is refused with {refusal.code}", True
    logged = "clock" in log
    way, said = accept(rig, path)
    server = rig.serve("--ledger", path, name="clock")
    results = [settle(desk, server) for _ in range(TRIES)]
    lost = desk.lost(server)
    server.stop()
    is_clean, count = rig.verify(path)
    true = all(code == 0 and abs(seconds) <= TRUE for code, seconds, _ in results)
    ordered = [before] + [sequence for _, _, sequence in results if sequence]
    in_order = ordered == sorted(set(ordered))
    figure = (
        f"once {ahead / 86_400:.0f} days ahead; then {first}{', logged' if logged else ', not logged'}; after {said}: "
        f"{sum(code == 0 and abs(s) <= TRUE for code, s, _ in results)} of {TRIES} at the true time, order "
        f"{'kept' if in_order else 'BROKEN'}, lost {lost}, verify {'clean' if is_clean else count}")
    finds = ahead > TRUE
    canary = f"the wrong time itself: {ahead / 86_400:.0f} days seen" + ("" if finds else ", MISSED")
    holds = honest and logged and way and true and in_order and lost == 0 and is_clean and finds
    return Row("36", "a clock that was wrong once", figure, holds, canary, {"ahead_days": ahead / 86_400})


PART = Part("clock", "25 36", 0.3, run)
