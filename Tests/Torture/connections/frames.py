"""Row 35: unfinished frames that use up the memory for frames, and an honest client with requests above 64 KiB."""


from client import HEADER
from connections.crowd import found, ledger_server
from rig.rig import Load
from rig.rows import Part, Row, text_of
from rig.toy import Toy
from rig.wire import connect

FRAMES = 16
FRAME = 64 << 20
#: Claims of an honest batch: some 80 bytes each.
CLAIMS = 4_096


def unfinished(address, count):
    """Connections that have sent a frame of 64 MiB but for its end; the bytes that the server took of them."""
    held, sent = [], 0
    piece = bytes(1 << 20)
    for _ in range(count):
        one = connect(address)
        one.settimeout(3)
        held.append(one)
        try:
            one.sendall(HEADER.pack(b"PRPC", FRAME, 40))
            for _ in range(FRAME // len(piece) - 1):
                one.sendall(piece)
                sent += len(piece)
        except OSError:
            # Cut, or not read any more: both are the server's right.
            continue
    return held, sent


def honest(rig, server):
    return Load(
        rig, server, "--workload", "settle-batch", "--claims", str(CLAIMS), "--connections", "1", "--in-flight", "1",
        "--persons", "1000", seconds=4, warm_up=0.2).result()


def run(rig):
    server = ledger_server(rig, "frames")
    quiet = honest(rig, server)
    held, sent = unfinished(server.address, FRAMES)
    beside = honest(rig, server)
    memory = server.resident_kb("VmHWM") / 1024
    for one in held:
        one.close()
    server.stop()
    longest = text_of(beside["latency"]["max"] / 1e6) if "latency" in beside else "–"
    figure = (
        f"{sent >> 20} MiB held in {FRAMES} frames; honest batches of {CLAIMS * 80 >> 10} KiB: "
        f"{quiet.get('good', 0):.0f} → {beside.get('good', 0):.0f} a second, "
        f"{beside['problem'] or '0 failed'}; longest {longest}; "
        f"peak {memory:.0f} MB")
    finds, canary = canary_of()
    holds = not beside["problem"] and beside.get("good", 0) > 0
    return [Row("35", f"{FRAMES} unfinished frames of 64 MiB", figure, holds and finds, canary, {"peak_mb": memory})]


def canary_of():
    """A server that has room for as many connections as hold unfinished frames."""
    toy = Toy(room=4)
    held = [connect(toy.address) for _ in range(4)]
    try:
        with connect(toy.address, patience=3) as one:
            one.sendall(HEADER.pack(b"PRPC", FRAME, 40))
            finds = one.recv(1) == b""
    except (TimeoutError, ConnectionError):
        finds = True
    for one in held:
        one.close()
    toy.close()
    return finds, "a server without room for the honest: cut" + found(finds)


PART = Part("unfinished frames", "35", 0.4, run)
