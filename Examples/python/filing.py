"""FilingService: a chronic disease on file, so that its treatment is settled as such.

    /usr/bin/python3 Examples/python/filing.py 127.0.0.1:8123

The server needs a ledger.
"""

from client import connect
from messages import filing_service_pb2 as filing
from registry import RETIRED, register

SERVICE = "jiesuan.v1.FilingService/"


def main(channel):
    register(channel)
    # Which hospitals may certify a disease is the operator's table.
    channel.call(SERVICE + "Designate", filing.DesignateRequest(institution="H3", certifier=True), filing.FilingAnswer)

    def show():
        return channel.call(SERVICE + "Show", filing.ShowFilingsRequest(person=RETIRED), filing.ShowFilingsResponse)

    if not any(disease.disease == "hypertension" for disease in show().filings):
        request = filing.FileRequest(person=RETIRED, disease="hypertension", institution="H3")
        setattr(request, "from", 20240101)  # a word of Python's
        answer = channel.call(SERVICE + "File", request, filing.FilingAnswer)
        print("filed as number", answer.number)
    for disease in show().filings:
        print(disease.disease, "since", getattr(disease, "from"), "certified by", disease.institution)

    # A register as CSV: of Shenyang the contracts and filings of two diseases (SY-8).
    table = filing.FilingTableRequest(table=filing.FILING_TABLE_CONTRACT_REGISTER, region="shenyang")
    answer = channel.call(SERVICE + "Table", table, filing.FilingTableResponse)
    print("columns of the register:", len(answer.columns))


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
