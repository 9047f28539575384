"""YearEndService: the end of the year on a running server, here as a dry run, which posts nothing.

    /usr/bin/python3 Examples/python/year_end.py 127.0.0.1:8123

The server needs a ledger. A run has a name: started again under it, it is taken up where it was.
"""

import hashlib
import json
import time

from client import connect
from messages import year_end_service_pb2 as year_end

SERVICE = "jiesuan.v1.YearEndService/"
UNDER_WAY = (year_end.YEAR_END_STAGE_READING, year_end.YEAR_END_STAGE_POSTING)


def download(channel, run, file):
    """The bytes of one of a run's files, part by part, as long as it says that it is."""
    data = b""
    while len(data) < file.size:
        request = year_end.ReadYearEndFileRequest(name=run, file=file.name, offset=len(data))
        part = channel.call(SERVICE + "ReadFile", request, year_end.ReadYearEndFileResponse).data
        if not part:
            break
        data += part
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise RuntimeError(f"{file.name}: is not what the server listed: ask for it again")
    return data


def main(channel):
    run = year_end.YearEndRequest(name="example-2024")
    start = year_end.StartYearEndRequest(name=run.name, year=2024, dry_run=True)
    status = channel.call(SERVICE + "Start", start, year_end.YearEndStatus)
    while status.stage in UNDER_WAY:
        time.sleep(0.05)
        status = channel.call(SERVICE + "GetProgress", run, year_end.YearEndStatus)
    print(year_end.YearEndStage.Name(status.stage), status.message)

    result = json.loads(channel.call(SERVICE + "GetResult", run, year_end.YearEndResponse).result_json)
    print("result:", ", ".join(sorted(result)[:4]), "…")
    files = channel.call(SERVICE + "ListFiles", run, year_end.ListYearEndFilesResponse).files
    report = next(file for file in files if file.name.endswith(".html"))
    print(report.name, "arrived whole," if download(channel, run.name, report) else "is empty,", len(files), "files")
    listed = channel.call(
        SERVICE + "ListRuns", year_end.ListYearEndRunsRequest(), year_end.ListYearEndRunsResponse)
    for kept in listed.runs:
        print("run", kept.name, "of", kept.year)


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
