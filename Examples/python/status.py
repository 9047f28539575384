"""StatusService: what a server is and does at this moment, and what stands in its log.

    /usr/bin/python3 Examples/python/status.py 127.0.0.1:8123

Where the server knows its callers, operators and auditors may ask, and operators change the log.
"""

from client import connect
from messages import status_service_pb2 as status

SERVICE = "jiesuan.v1.StatusService/"


def main(channel):
    now = channel.call(SERVICE + "GetStatus", status.GetStatusRequest(), status.GetStatusResponse)
    print("version", now.version, "is ready" if not now.not_ready else f"is not ready: {now.not_ready}")
    print(now.requests, "requests of", now.connections_accepted, "connections;", now.connections, "are open")
    for method in now.methods:
        if method.answers:
            each = method.nanoseconds // method.answers // 1000
            print(f"{method.method}: {method.answers} answers, {each} µs each")

    # A request that takes 250 milliseconds or more stands in the log from now on; the level stays as it is.
    log = status.SetLogRequest(sets_slow=True, slow_milliseconds=250)
    changed = channel.call(SERVICE + "SetLog", log, status.SetLogResponse)
    print("log", changed.level, "slow from", changed.slow_milliseconds, "ms")


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
