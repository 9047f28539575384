"""Rows 15, 16 and 19: ids that come twice, replies that get lost, and work whose deadline has passed."""

from concurrent.futures import ThreadPoolExecutor

from client import Channel
from faults.desk import SETTLE, Desk, opened
from heavy.kinds import BATCH, FIRST_REFUSED, batch, call
from rig.rows import Part, Row
from rig.wire import connect, read_code

#: Ids that as many offices send at once.
SAME = 100
OFFICES = 32
REUSED = 4102
LOST = 300
EXPIRED = 500
ERPCTIMEDOUT = 1008


def at_once(server, requests):
    """Answers to the requests, each sent over a connection of its own at the same moment."""
    with ThreadPoolExecutor(OFFICES) as pool:
        channels = [Channel(*server.address) for _ in requests]

        def ask(pair):
            channel, request = pair
            channel.send(SETTLE, request)
            return channel.receive()

        answers = list(pool.map(ask, zip(channels, requests)))
        for channel in channels:
            channel.__exit__()
    return answers


def duplicates(rig):
    """The same ids from many offices: the same content is one settlement, other content is refused."""
    server, path = opened(rig, "duplicates")
    desk = Desk("twice")
    alike = winners = refused = 0
    for number in range(SAME):
        answers = at_once(server, [desk.request(f"twice-{number:06}")] * OFFICES)
        alike += len({answer.message for answer in answers}) == 1 and not any(answer.code for answer in answers)
        others = [desk.request(f"other-{number:06}") for _ in range(OFFICES)]
        for place, request in enumerate(others):
            request.claim.cost.total = request.claim.cost.in_policy = 1000 + place
        codes = [answer.code for answer in at_once(server, others)]
        winners += codes.count(0)
        refused += codes.count(REUSED)
    server.stop()
    is_clean, count = rig.verify(path)
    doubled = count - 2 * SAME if isinstance(count, int) else count
    figure = (
        f"{SAME} ids × {OFFICES} offices, same content: {alike} of {SAME} one answer; other content: {winners} "
        f"settled, {refused} × {REUSED}; doubled {doubled}")
    holds = alike == SAME and winners == SAME and refused == SAME * (OFFICES - 1) and doubled == 0 and is_clean
    finds = refused > 0
    canary = f"other content under the same id: {refused} seen" + ("" if finds else ", MISSED")
    return Row("15", "duplicate ids at once", figure, holds, canary)


def lost_replies(rig):
    """The client goes away before it reads the answer, and sends the same again."""
    server, path = opened(rig, "replies")
    desk = Desk("reply")
    names = [desk.next() for _ in range(LOST)]
    for name in names:
        with connect(server.address) as one:
            one.sendall(call("SettlementService/Settle", desk.request(name)))
    with Channel(*server.address) as channel:
        refused = sum(desk.settle(channel, name) != 0 for name in names)
    lost = desk.lost(server)
    server.stop()
    is_clean, count = rig.verify(path)
    doubled = count - LOST if isinstance(count, int) else count
    # Sent again under a new id it is another settlement: the count must see it.
    server = rig.serve("--ledger", path, name="replies")
    with Channel(*server.address) as channel:
        desk.settle(channel)
    server.stop()
    _, more = rig.verify(path)
    finds = more == LOST + 1
    verdict = "clean" if is_clean else count
    figure = f"{LOST} replies not read: doubled {doubled}, missing {refused + lost}, verify {verdict}"
    canary = "one sent again under another id: counted" + ("" if finds else ", MISSED")
    return Row("16", "lost reply", figure, doubled == 0 and refused + lost == 0 and is_clean and finds, canary)


def answers(server, desk, names, **options):
    """The codes of settlements that wait behind a heavy batch."""
    heavy = call("SettlementService/SettleBatch", batch([f"late-{n:08}" for n in range(BATCH)], FIRST_REFUSED))
    with connect(server.address) as one, Channel(*server.address) as channel:
        for _ in range(4):
            one.sendall(heavy)
        for name in names:
            channel.send(SETTLE, desk.request(name), **options)
        codes = [channel.receive().code for _ in names]
        for _ in range(4):
            read_code(one)
    return codes


def settled(server, desk, names):
    with Channel(*server.address) as channel:
        return sum(desk.is_readable(channel, name) for name in names)


def expired(rig):
    server, _ = opened(rig, "deadlines")
    desk = Desk("late")
    names = [desk.next() for _ in range(EXPIRED)]
    codes = answers(server, desk, names, timeout_ms=1)
    late = codes.count(ERPCTIMEDOUT)
    done = settled(server, desk, names)
    # Without a deadline all of them are done: the count must see it.
    patient = [desk.next() for _ in range(50)]
    answers(server, desk, patient)
    finds = settled(server, desk, patient) == len(patient)
    server.stop()
    figure = (
        f"{EXPIRED} settlements with 1 ms behind heavy batches: {late} answered {ERPCTIMEDOUT}, "
        f"{codes.count(0)} in time; settled {done}")
    canary = "50 without a deadline: settled" + ("" if finds else ", MISSED")
    holds = done == codes.count(0) and late + done == EXPIRED and late > 0 and finds
    return Row("19", "expired deadlines", figure, holds, canary, {"late": late, "settled": done})


def run(rig):
    return [duplicates(rig), lost_replies(rig), expired(rig)]


PART = Part("replies and deadlines", "15 16 19", 0.3, run)
