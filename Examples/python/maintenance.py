"""MaintenanceService: a server that refuses writes for a while, and takes them again.

    /usr/bin/python3 Examples/python/maintenance.py 127.0.0.1:8123

Where the server knows its callers, operators may do it.
"""

from client import RpcError, connect
from messages import maintenance_service_pb2 as maintenance
from messages import settlement_service_pb2 as settlement

SERVICE = "jiesuan.v1.MaintenanceService/"


def switch(channel, read_only):
    request = maintenance.SetMaintenanceRequest(read_only=read_only)
    return channel.call(SERVICE + "Set", request, maintenance.MaintenanceState)


def main(channel):
    print("read only since", switch(channel, True).since)
    try:
        request = settlement.ReverseRequest(settlement_id="no-such-settlement", reason="an example")
        channel.call("jiesuan.v1.SettlementService/Reverse", request, settlement.ReverseResponse)
    except RpcError as error:
        print(error.code, "READ_ONLY" if "READ_ONLY" in str(error) else error)
    finally:
        # Whatever happens: a server that takes no writes settles nothing.
        switch(channel, False)
    state = channel.call(SERVICE + "Get", maintenance.GetMaintenanceRequest(), maintenance.MaintenanceState)
    print("writes are", "refused" if state.read_only else "taken again")


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
