"""A client of Jiesuan in one page: Apache brpc's baidu_std protocol, by hand.

    channel = Channel("127.0.0.1", 8700)
    answer = channel.call("jiesuan.v1.CalculationService/Calculate", request, CalculateResponse)

A packet is 12 bytes of header, then a meta message, then the message itself, then an attachment (not used here):

    "PRPC" | body size, uint32 big-endian | meta size, uint32 big-endian | RpcMeta | message | attachment

The body size counts everything after the header. An answer carries the request's correlation id; answers come in
any order, so many requests may be in flight on one connection.
"""

import gzip
import socket
import struct
import sys
import zlib
from typing import NamedTuple

from messages import rpc_meta_pb2

HEADER = struct.Struct(">4sII")

PLAIN, SNAPPY, GZIP, ZLIB = 0, 1, 2, 3  # RpcMeta.compress_type
COMPRESS = {PLAIN: bytes, GZIP: gzip.compress, ZLIB: zlib.compress}
DECOMPRESS = {PLAIN: bytes, GZIP: gzip.decompress, ZLIB: zlib.decompress}


class RpcError(Exception):
    """The server's answer is an error: 1000 to 2999 are brpc's own codes, 4000 to 4999 the DomainErrors."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class Answer(NamedTuple):
    correlation_id: int
    compress_type: int
    code: int
    text: str
    message: bytes

    def parse(self, response_type):
        """The message, or an RpcError."""
        if self.code != 0:
            raise RpcError(self.code, self.text)
        return response_type.FromString(self.message)


def packet(method, message, correlation_id, timeout_ms=0, compress_type=PLAIN, token=""):
    """The bytes of one request; method is "package.Service/Method", message a message or its bytes."""
    data = message if isinstance(message, bytes) else message.SerializeToString()
    meta = rpc_meta_pb2.RpcMeta(correlation_id=correlation_id, compress_type=compress_type)
    meta.request.service_name, meta.request.method_name = method.split("/")
    if timeout_ms:
        meta.request.timeout_ms = timeout_ms  # work that has not begun by then is dropped
    if token:
        meta.authentication_data = token.encode()  # who calls, at a server that knows its callers
    head = meta.SerializeToString()
    body = head + COMPRESS.get(compress_type, bytes)(data)
    return HEADER.pack(b"PRPC", len(body), len(head)) + body


class Channel:
    """One connection. Not for two threads at once."""

    def __init__(self, host, port, patience=60, token=""):
        self.token = token
        self.socket = socket.create_connection((host, port), timeout=patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")
        self.last_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.input.close()
        self.socket.close()

    def send(self, method, message, **options):
        """Sends a request and returns its correlation id; receive() brings the answer."""
        self.last_id += 1
        self.socket.sendall(packet(method, message, self.last_id, token=self.token, **options))
        return self.last_id

    def receive(self):
        """The next answer, whichever request it belongs to."""
        magic, body_size, meta_size = HEADER.unpack(self.read(HEADER.size))
        if magic != b"PRPC":
            raise ConnectionError(f"the packet begins with {magic!r}, not with PRPC")
        body = self.read(body_size)
        meta = rpc_meta_pb2.RpcMeta.FromString(body[:meta_size])
        message = DECOMPRESS[meta.compress_type](body[meta_size:])
        return Answer(
            meta.correlation_id, meta.compress_type, meta.response.error_code, meta.response.error_text, message)

    def call(self, method, message, response_type, **options):
        """Sends one request and waits for its answer: the message, or an RpcError."""
        sent = self.send(method, message, **options)
        answer = self.receive()
        if answer.correlation_id != sent:
            raise ConnectionError(f"an answer to {answer.correlation_id}, not to {sent}")
        return answer.parse(response_type)

    def read(self, count):
        data = self.input.read(count)
        if len(data) < count:
            raise ConnectionError("the server closed the connection")
        return data


def connect(arguments=None):
    """The channel to the server that a command line names, as HOST:PORT; without one to port 8123 of this machine."""
    address = (sys.argv[1:] if arguments is None else arguments) or ["127.0.0.1:8123"]
    host, _, port = address[0].rpartition(":")
    return Channel(host.strip("[]") or "127.0.0.1", int(port))
