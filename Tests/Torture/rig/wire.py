"""Connections for hostile and for many clients: raw packets, answers by their code only."""

import select
import socket
import struct
import threading
import time

import rig  # noqa: F401
from client import HEADER
from messages import rpc_meta_pb2


def connect(address, patience=60, source=None):
    made = socket.create_connection(address, timeout=patience, source_address=source)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def read_exactly(connection, count):
    parts = []
    while count:
        data = connection.recv(min(count, 1 << 20))
        if not data:
            raise ConnectionError("the server closed the connection")
        parts.append(data)
        count -= len(data)
    return b"".join(parts)


def read_code(connection):
    """Reads an answer; returns its error code, 0: success."""
    _, body_size, meta_size = HEADER.unpack(read_exactly(connection, HEADER.size))
    body = read_exactly(connection, body_size)
    return rpc_meta_pb2.RpcMeta.FromString(body[:meta_size]).response.error_code


class Hostile:
    """One connection that always has one request under way, as fast as it is answered, from `start` to `stop`."""

    def __init__(self, address, packets, pause=0):
        self.address, self.packets, self.pause = address, packets, pause
        self.codes = {}
        self.closed = 0
        self.longest = 0.0
        self.ends = threading.Event()
        self.connection = None
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        """Ends it, in the middle of a request if it has one; returns whether it ended."""
        self.ends.set()
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass
        self.thread.join(30)
        return not self.thread.is_alive()

    def run(self):
        place = 0
        while not self.ends.is_set():
            try:
                self.connection = connect(self.address)
                while not self.ends.is_set():
                    began = time.monotonic()
                    self.connection.sendall(self.packets[place % len(self.packets)])
                    place += 1
                    code = read_code(self.connection)
                    self.longest = max(self.longest, time.monotonic() - began)
                    self.codes[code] = self.codes.get(code, 0) + 1
                    if code and self.pause:
                        self.ends.wait(self.pause)
            except (OSError, struct.error):
                if not self.ends.is_set():
                    self.closed += 1
                    self.ends.wait(0.01)
            finally:
                if self.connection:
                    self.connection.close()

    @property
    def answered(self):
        return self.codes.get(0, 0)

    @property
    def refused(self):
        return sum(count for code, count in self.codes.items() if code)


class Crowd:
    """Many connections that are opened at once and send a packet each, in one thread."""

    def __init__(self, address, packet):
        self.address, self.packet = address, packet
        self.answered = 0
        #: What became of the others, by reason.
        self.failed = {}
        self.longest = 0.0

    def run(self, count, patience, sources=1, meanwhile=None):
        """Opens `count`, waits for their answers. `meanwhile` is called once when all have been opened."""
        poller = select.epoll()
        self.waiting = {}
        self.began = time.monotonic()
        for number in range(count):
            one = socket.socket()
            one.setblocking(False)
            one.bind((f"127.0.1.{1 + number % sources}", 0))
            code = one.connect_ex(self.address)
            if code not in (0, 115):
                self.fail(one, f"connect {code}")
                continue
            self.waiting[one.fileno()] = [one, b""]
            poller.register(one.fileno(), select.EPOLLOUT)
        if meanwhile:
            meanwhile()
        while self.waiting and time.monotonic() - self.began < patience:
            for number, events in poller.poll(0.2):
                self.step(poller, number, events)
        for one, _ in list(self.waiting.values()):
            self.fail(one, "no answer")
        poller.close()
        return self

    def step(self, poller, number, events):
        one, came = self.waiting[number]
        try:
            if events & select.EPOLLOUT:
                code = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if code:
                    raise OSError(code, "connect")
                one.send(self.packet)
                poller.modify(number, select.EPOLLIN)
                return
            data = one.recv(65536)
            if not data:
                raise ConnectionError("closed")
            came += data
            self.waiting[number][1] = came
            if len(came) >= 12 and len(came) >= 12 + HEADER.unpack(came[:12])[1]:
                self.finish(one, came)
        except OSError as error:
            self.fail(one, error.strerror or str(error))

    def finish(self, one, came):
        _, body_size, meta_size = HEADER.unpack(came[:12])
        code = rpc_meta_pb2.RpcMeta.FromString(came[12:12 + meta_size]).response.error_code
        if code:
            return self.fail(one, f"error {code}")
        self.answered += 1
        self.longest = max(self.longest, time.monotonic() - self.began)
        self.waiting.pop(one.fileno())
        one.close()

    def fail(self, one, reason):
        self.failed[reason] = self.failed.get(reason, 0) + 1
        self.waiting.pop(one.fileno(), None)
        one.close()

    @property
    def failures(self):
        return sum(self.failed.values())
