"""ClearingService: what is owed to institutions for a month, and to persons.

    /usr/bin/python3 Examples/python/clearing.py 127.0.0.1:8123

The server needs a ledger. Nothing is handed over for payment here: Pay marks what was, and of institutions only what is
owed for a month that is over.
"""

import datetime

from client import connect
from messages import clearing_service_pb2 as clearing

SERVICE = "jiesuan.v1.ClearingService/"
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def main(channel):
    month = int(datetime.datetime.now(CHINA).strftime("%Y%m"))
    request = clearing.GetMonthRequest(month=month, region="chongqing")
    answer = channel.call(SERVICE + "GetMonth", request, clearing.GetMonthResponse)
    print("the month", "is over" if answer.is_over else "is not over: more will come")
    for line in answer.lines:
        print(line.institution, line.service_year, line.name, "owed", line.owed)
    for count in answer.counts:
        print(count.institution, count.settlements, "settlements,", count.reversals, "reversals, in all", count.total)

    # Part by part, as long as there is a next one.
    owed = clearing.ListOwedRequest(unpaid=True)
    while True:
        part = channel.call(SERVICE + "ListOwed", owed, clearing.ListOwedResponse)
        for entry in part.entries:
            print("owed for", entry.settlement_id, sum(share.person + share.account for share in entry.shares))
        if part.next == 0:
            break
        owed.after = part.next
    batches = channel.call(SERVICE + "ListBatches", clearing.ListBatchesRequest(), clearing.ListBatchesResponse)
    print("batches handed over:", len(batches.batches))


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
