"""Runs every example of Examples/python against the real server, and again:

    python3 Tests/Interop/examples_test.py .build/release/jiesuan
"""

import contextlib
import importlib
import io
import os
import re
import subprocess
import sys
import tempfile
import unittest

import folders
from client import Channel
from server import Server

#: What each prints, also the second time: amounts are those of the sources' example 003-1 where they can be.
EXAMPLES = {
    "calculation": ["funds 189000 account 91000 cash 0", "funds 21000"],
    "policy": ["chongqing 重庆", "yantai as it is read: its digest", "CQ-16"],
    "registry": ["record 1 registration", "record 2 enrolment", "left"],
    "account": ["credited 126000", "used 3550", "PURPOSE_NOT_ALLOWED"],
    "settlement": [
        "settled funds 189000", "sent again: the same answer", "4102 ID_REUSED_WITH_OTHER_CONTENT", "batch of 3",
        "taken back as number", "today at H2"],
    "filing": ["hypertension since 20240101 certified by H3", "columns of the register"],
    "clearing": ["the month is not over", "H2 2024", "batches handed over: 0"],
    "status": ["is ready", "answers", "slow from 250 ms"],
    "maintenance": ["4402 READ_ONLY", "writes are taken again"],
    "year_end": ["YEAR_END_STAGE_DONE", "arrived whole", "run example-2024 of 2024"],
}


class TheExamples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="jiesuan-examples-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.server = Server(PROGRAM, "--ledger", os.path.join(cls.folder.name, "ledger.db"))

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        if code != 0:
            raise RuntimeError(f"the server exited with {code}")

    def printed(self, name):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), Channel(*self.server.address) as channel:
            importlib.import_module(name).main(channel)
        return output.getvalue()

    def test_each_prints_what_it_should_also_the_second_time(self):
        for turn in ("first", "second"):
            for name, parts in EXAMPLES.items():
                with self.subTest(f"{name}, the {turn} time"):
                    text = self.printed(name)
                    for part in parts:
                        self.assertIn(part, text)
        self.assertIn("settled before: 3", self.printed("settlement"), "a batch sent again settles nothing twice")
        self.assertIn("recorded 0 ", self.printed("registry"), "what is put again is not recorded again")

    def test_one_runs_from_the_command_line(self):
        host, port = self.server.address
        script = folders.EXAMPLES / "calculation.py"
        ended = subprocess.run(
            ["/usr/bin/python3", "-B", script, f"{host}:{port}"], capture_output=True, text=True, timeout=120)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertIn(EXAMPLES["calculation"][0], ended.stdout)

    def test_every_service_has_an_example_that_the_first_page_names(self):
        texts = {file.name: file.read_text(encoding="utf-8") for file in folders.EXAMPLES.iterdir() if file.is_file()}
        called = set(re.findall(r'SERVICE = "jiesuan\.v1\.(\w+)/"', "".join(texts.values())))
        protos = (folders.EXAMPLES.parents[1] / "Proto" / "jiesuan" / "v1").glob("*.proto")
        services = {
            name for file in protos for name in re.findall(r"^service (\w+)", file.read_text(encoding="utf-8"), re.M)}
        self.assertGreaterEqual(len(services), 8)
        self.assertEqual(services, called)
        for name in texts:
            if name.endswith(".py"):
                self.assertIn(f"`{name}`", texts["README.md"])
        self.assertLessEqual(set(EXAMPLES), {name.removesuffix(".py") for name in texts})


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
