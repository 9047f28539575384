"""Row 14: peers that vanish without a word: a network of their own whose link goes down. It waits in the background."""

import os
import subprocess
import sys
import threading
import time

from connections.crowd import found
from rig.rig import wait_until
from rig.rows import Part, Row

PEERS = 50
SERVER, PEER = "10.231.7.1", "10.231.7.2"
#: Minutes, not the two hours of the system.
LONGEST = 200
CLIENT = """
import socket, sys
held = [socket.create_connection((sys.argv[1], int(sys.argv[2]))) for _ in range(int(sys.argv[3]))]
print("open", flush=True)
sys.stdin.read()
"""


class Network:
    """A namespace with one link to this machine; needs root."""

    def __init__(self):
        self.name = f"torture{os.getpid()}"
        self.link = f"tv{os.getpid() % 100000}"

    def __enter__(self):
        self.ip("netns", "add", self.name)
        self.ip("link", "add", self.link, "type", "veth", "peer", "name", "peer", "netns", self.name)
        self.ip("addr", "add", f"{SERVER}/24", "dev", self.link)
        self.ip("link", "set", self.link, "up")
        self.ip("-n", self.name, "addr", "add", f"{PEER}/24", "dev", "peer")
        self.ip("-n", self.name, "link", "set", "peer", "up")
        return self

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "del", self.name], check=False)

    @staticmethod
    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True, capture_output=True)

    def clients(self, port):
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, sys.executable, "-c", CLIENT, SERVER, str(port), str(PEERS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if process.stdout.readline().strip() != "open":
            raise RuntimeError("the clients in the other network cannot connect")
        return process

    def cut(self):
        """From now on nothing of theirs arrives, and nothing reaches them."""
        self.ip("link", "set", self.link, "down")


def watch(rig):
    with Network() as network:
        server = rig.serve("--host", SERVER, name="halfopen")
        before = server.sockets()
        clients = network.clients(server.port)
        opened = wait_until(lambda: server.sockets() >= before + PEERS, 10)
        network.cut()
        # The link is down: what was not noticed yet must stay noticed as open.
        early = server.sockets() - before
        began = time.monotonic()
        limit = 20 if rig.options.quick else LONGEST
        gone = wait_until(lambda: server.sockets() <= before, limit)
        took = time.monotonic() - began
        clients.kill()
        clients.wait()
        server.kill()
    figure = f"{PEERS} peers; " + (f"all found within {took:.0f} s" if gone is not None else f"not found in {limit} s")
    finds = opened is not None and early >= PEERS
    canary = f"the first moment after the cut: {early} still open" + found(finds)
    if rig.options.quick and gone is None:
        return [Row("14", "half-open peers", f"not waited for to the end ({limit} s, --quick)", True, canary)]
    return [Row("14", "half-open peers", figure, gone is not None and finds, canary, {"seconds": took})]


def run(rig):
    """Starts it; the driver takes its rows at the end."""
    rows = []

    def work():
        try:
            rows.extend(watch(rig))
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            why = f"cannot be tried here (root and `ip` are needed): {error}"
            rows.append(Row("14", "half-open peers", why, False))

    thread = threading.Thread(target=work)
    thread.start()

    def finish():
        thread.join()
        return rows

    rig.pending.append(finish)
    return []


PART = Part("half-open peers", "14", 0.1, run)
