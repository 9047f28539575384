"""Rows 8 and 9: frames and requests that are spoilt in every way, and headers that claim too much."""

import random
import socket
import time

from client import HEADER
from google.protobuf.message import DecodeError
from connections.crowd import found, ledger_server, served
from heavy import kinds
from rig.rig import wait_until
from rig.rows import Part, Row, text_of
from rig.toy import Toy
from rig.wire import connect, read_code

#: Spoilt packets that go down one connection before their answers are read.
WAVE = 16
#: Headers: (magic, body, meta).
CLAIMS = [(b"PRPC", 2 << 30, 40), (b"PRPC", 0xFFFFFFFF, 40), (b"PRPC", (64 << 20) + 1, 40), (b"PRPC", 10, 11),
          (b"HTTP", 10, 5)]


def seeds():
    """Small valid packets of many methods."""
    return [
        kinds.call("SettlementService/Settle", kinds.settle_request("spoilt-1")),
        kinds.call("SettlementService/Settle", kinds.settle_request("spoilt-2"), kinds.GZIP),
        kinds.call("SettlementService/SettleBatch", kinds.batch([f"spoilt-{n:03}" for n in range(20)], kinds.CROWDED)),
        kinds.call("SettlementService/Compare", kinds.compare()),
        kinds.call("SettlementService/ReconcileDetails", kinds.reconcile("H", 20)),
        kinds.call("RegistryService/ImportBatch", kinds.import_batch(kinds.CROWDED, 10)),
        kinds.call("PolicyService/Explain", kinds.explain_policy()),
        *kinds.year_ends("spoilt", 1)]


def spoilt(packet, chance):
    """A packet with some bytes changed, left out or doubled; sometimes its header is right all the same."""
    data = bytearray(packet[HEADER.size:])
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        what = chance.randrange(4)
        if what == 0:
            data[place] = chance.randrange(256)
        elif what == 1:
            del data[place:place + chance.randint(1, 9)]
        elif what == 2:
            data[place:place] = data[place:place + chance.randint(1, 9)]
        else:
            data[place] ^= 1 << chance.randrange(8)
        if not data:
            data = bytearray(1)
    magic, _, meta = HEADER.unpack(packet[:HEADER.size])
    if chance.random() < 0.05:
        return bytes(chance.randrange(256) for _ in range(HEADER.size)) + bytes(data)
    return HEADER.pack(magic, len(data), min(meta, len(data))) + bytes(data)


class Spoiler:
    """Sends spoilt packets for some seconds, and counts what becomes of them."""

    def __init__(self, address, seed):
        self.address, self.chance = address, random.Random(seed)
        self.sent = self.answered = self.closed = self.hung = self.refused_connects = 0

    def run(self, seconds):
        end = time.monotonic() + seconds
        packets = seeds()
        while time.monotonic() < end:
            try:
                one = connect(self.address, patience=10)
            except OSError:
                self.refused_connects += 1
                if self.refused_connects > 20:
                    return self
                continue
            with one:
                self.wave(one, [spoilt(self.chance.choice(packets), self.chance) for _ in range(WAVE)])
        return self

    def wave(self, one, packets):
        try:
            one.sendall(b"".join(packets))
            self.sent += len(packets)
            # Nothing follows: the server answers what it can and closes, too.
            one.shutdown(socket.SHUT_WR)
            while True:
                read_code(one)
                self.answered += 1
        except socket.timeout:
            self.hung += 1
        except (OSError, ValueError, DecodeError):
            self.closed += 1


def claims(address, patience=5):
    """Seconds until each header that claims too much is closed; None: it was not."""
    times = []
    for magic, body, meta in CLAIMS:
        with connect(address, patience) as one:
            began = time.monotonic()
            try:
                one.sendall(HEADER.pack(magic, body, meta))
                closed = one.recv(1) == b""
            except socket.timeout:
                closed = False
            except OSError:
                closed = True
            times.append(time.monotonic() - began if closed else None)
    return times


def run(rig):
    server = ledger_server(rig, "hostile")
    seed = int(time.time())
    sockets = server.sockets()
    spoiler = Spoiler(server.address, seed).run(3 if rig.options.quick else 15)
    back = wait_until(lambda: server.sockets() <= sockets, 10) is not None
    crowd = served(server.address, 50)
    times = claims(server.address)
    memory = server.resident_kb("VmHWM") / 1024
    code, _ = server.stop()
    finds, canary = canary_of(seed)
    figure = (
        f"{spoiler.sent:,} packets over {spoiler.closed:,} connections, seed {seed}: {spoiler.answered:,} answered, "
        f"hung {spoiler.hung}, exit {code}, connections {'gone' if back else 'left behind'}, peak {memory:.0f} MB; "
        f"honest calls failed {crowd.failures}")
    holds = (code == 0 and back and crowd.failures == 0 and spoiler.hung == 0 and spoiler.refused_connects == 0
             and spoiler.answered > 0)
    longest = text_of(1000 * max(took for took in times if took is not None)) if any(times) else "–"
    open_ones = times.count(None)
    return [
        Row("8", "spoilt packets at the real server", figure, holds and finds, canary, {"sent": spoiler.sent}),
        Row("9", "headers that claim 64 MiB + 1, 2 GiB, 4 GiB",
            f"{len(times) - open_ones} of {len(times)} closed, within {longest}", open_ones == 0 and finds,
            "a server that waits for what is claimed: not closed" + found(finds))]


def canary_of(seed):
    """A server that is gone after the first packet that does not parse, and one that waits for what is claimed."""
    toy = Toy()
    waits = None in claims(toy.address, 0.2)
    toy.close()
    gone = Toy(dies=True)
    spoiler = Spoiler(gone.address, seed).run(2)
    gone.close()
    finds = waits and spoiler.refused_connects > 0
    return finds, f"a server that dies of one: gone after {spoiler.sent} packets{found(finds)}"


PART = Part("spoilt packets", "8 9", 0.4, run)
