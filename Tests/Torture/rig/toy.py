"""Servers with a planted fault: what a harness must find. They answer every request with success and no message."""

import socket
import threading

import rig  # noqa: F401
from client import HEADER
from google.protobuf.message import DecodeError
from messages import rpc_meta_pb2
from rig.wire import read_exactly


class Toy:
    """Answers on a free port. `room`: connections above it are closed at once, and nobody ever gives way.
    `forgets`: every so many-th request of all is left without an answer and its connection is closed. `dies`: the whole
    server is gone when a packet does not parse."""

    def __init__(self, room=1 << 30, forgets=0, dies=False):
        self.room, self.forgets, self.dies = room, forgets, dies
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.host, self.port = self.address = self.listener.getsockname()
        self.open = self.requests = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                one, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                is_full = self.open >= self.room
                self.open += not is_full
            if is_full:
                one.close()
            else:
                threading.Thread(target=self.serve, args=(one,), daemon=True).start()

    def serve(self, one):
        try:
            while True:
                _, body_size, meta_size = HEADER.unpack(read_exactly(one, HEADER.size))
                body = read_exactly(one, body_size)
                asked = rpc_meta_pb2.RpcMeta.FromString(body[:meta_size])
                with self.lock:
                    self.requests += 1
                    number = self.requests
                if self.forgets and number % self.forgets == 0:
                    return
                meta = rpc_meta_pb2.RpcMeta(correlation_id=asked.correlation_id)
                meta.response.error_code = 0
                head = meta.SerializeToString()
                one.sendall(HEADER.pack(b"PRPC", len(head), len(head)) + head)
        except (OSError, ValueError, DecodeError):
            if self.dies:
                self.close()
        finally:
            one.close()
            with self.lock:
                self.open -= 1

    def close(self):
        # Closing alone leaves the thread that accepts with a listener that lives.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
