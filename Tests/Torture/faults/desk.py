"""An honest office: it settles, remembers what it was told, and asks for it again."""

import os
import shutil

import rig  # noqa: F401
from client import Channel, RpcError
from heavy.kinds import HOSPITALS, SERVICE, import_batch, settle_request
from messages import claim_pb2, registry_service_pb2, settlement_service_pb2

FIRST = 7_000_000_001
PERSONS = 200
SETTLE = SERVICE + "SettlementService/Settle"


class Desk:
    """Settlements of one ledger, over any number of servers one after the other."""

    def __init__(self, prefix="kept"):
        self.prefix = prefix
        self.told = {}
        self.number = 0

    @staticmethod
    def register(server):
        request = import_batch(FIRST, PERSONS)
        record = request.items.add().institution.institution
        record.code, record.region, record.level = HOSPITALS[0], "chongqing", claim_pb2.LEVEL_2
        record.kind = registry_service_pb2.INSTITUTION_KIND_HOSPITAL
        with Channel(*server.address) as channel:
            answer = channel.call(
                SERVICE + "RegistryService/ImportBatch", request, registry_service_pb2.ImportBatchResponse)
        if answer.errors:
            raise RuntimeError(f"not registered: {answer.errors[0]}")

    def request(self, name):
        number = int(name.rsplit("-", 1)[1])
        return settle_request(name, FIRST + number % PERSONS, 100_00 + number)

    def next(self):
        self.number += 1
        return f"{self.prefix}-{self.number:06}"

    def settle(self, channel, name=None, **options):
        """Settles one more; its error code, 0: settled. What is answered is remembered."""
        name = name or self.next()
        channel.send(SETTLE, self.request(name), **options)
        answer = channel.receive()
        if answer.code == 0:
            self.told[name] = answer.message
        return answer.code

    def settle_until(self, channel, most, stop):
        """Settles until `stop(code)`; the code, 0: never."""
        for _ in range(most):
            code = self.settle(channel)
            if stop(code):
                return code
        return 0

    def lost(self, server):
        """How many of the acknowledged are answered otherwise now, or not at all."""
        count = 0
        with Channel(*server.address) as channel:
            for name, before in self.told.items():
                channel.send(SETTLE, self.request(name))
                answer = channel.receive()
                count += answer.code != 0 or answer.message != before
        return count

    def get(self, channel, name):
        """The record of a settlement, or an RpcError."""
        return channel.call(
            SERVICE + "SettlementService/Get", settlement_service_pb2.GetRequest(settlement_id=name),
            settlement_service_pb2.SettlementRecord)

    def is_readable(self, channel, name):
        try:
            return self.get(channel, name).request.settlement_id == name
        except RpcError:
            return False


def opened(rig, name, *arguments, folder=None, **options):
    """A server over a fresh ledger with the desk's persons, and the ledger's path."""
    path = os.path.join(folder or rig.new_folder(name), "ledger.db")
    server = rig.serve("--ledger", path, *arguments, name=name, **options)
    Desk.register(server)
    return server, path


def forgetful(rig, desk, before):
    """What a server answers that has only what a copy from before the desk's work has: lost, which must be found."""
    folder = rig.new_folder("forgetful")
    shutil.copytree(before, folder, dirs_exist_ok=True)
    server = rig.serve("--ledger", os.path.join(folder, "ledger.db"), name="forgetful")
    count = desk.lost(server)
    server.kill()
    return count > 0, f"a server that forgets: {count} of {len(desk.told)} lost" + ("" if count else ", MISSED")


def copy_of(rig, path):
    """A copy of the folder of a ledger that no server has open."""
    folder = rig.new_folder("before")
    shutil.copytree(os.path.dirname(path), folder, dirs_exist_ok=True)
    return folder
