"""What every harness uses: the server as a process, an honest client, rows of the table."""

import pathlib
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
# The client and the messages are those of the examples.
sys.path.insert(0, str(REPOSITORY / "Examples" / "python"))
