"""What the harnesses of connections share: an honest caller's request, idle connections, who is served."""

import os
import select

import rig  # noqa: F401
from heavy.kinds import call
from jiesuan.v1 import policy_service_pb2
from rig.rig import Load
from rig.wire import Crowd, connect

#: Source addresses of a crowd: one has 28,000 ports, some of which the last crowd has left behind.
SOURCES = 8
HONEST = 200


def light():
    """A request that costs the server next to nothing."""
    return call("PolicyService/List", policy_service_pb2.ListPoliciesRequest())


def ledger_server(rig, name, *arguments, **options):
    folder = rig.new_folder(name)
    return rig.serve(
        "--ledger", os.path.join(folder, "ledger.db"), "--allow-load-tests", *arguments, name=name, **options)


def idle(address, count):
    """Opens so many connections that say nothing; those that the server took."""
    opened = []
    for number in range(count):
        try:
            opened.append(connect(address, patience=10, source=(f"127.0.2.{1 + number % SOURCES}", 0)))
        except OSError:
            continue
    return opened


def closed_by_server(connections):
    """How many of them the server has closed, or taken back."""
    poller = select.poll()
    for one in connections:
        poller.register(one, select.POLLIN | select.POLLHUP | select.POLLERR)
    return len(poller.poll(0))


def served(address, count=HONEST, patience=30):
    """New honest clients that come at once with a call each: the crowd."""
    return Crowd(address, light()).run(count, patience, SOURCES)


def settled(rig, server, seconds, *arguments):
    """An honest load of settlements: its record."""
    return Load(
        rig, server, "--workload", "settle", "--persons", "500", "--connections", "4", "--in-flight", "4", *arguments,
        seconds=seconds).result()


def good(record):
    """Calls a second that came back right; 0: none."""
    return record.get("good", 0.0)


def found(finds):
    return "" if finds else ", MISSED"

