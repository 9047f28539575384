"""Calls the server over HTTP as its own OpenAPI description says, and otherwise, by schemathesis:

    python3 -B Tests/Interop/openapi_test.py .build/release/jiesuan .build/schemathesis/bin/schemathesis

Every method gets requests that fit its schema, at the edges of it and outside of it; no answer may be of a status or
shape that the description does not have, and none a failure of the server. Some 700 requests, half a minute.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from server import Server

SEED = "20241231"
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]


class TheDescription(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="jiesuan-openapi-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.server = Server(PROGRAM, "--ledger", os.path.join(cls.folder.name, "ledger.db"))
        cls.url = "http://{}:{}".format(*cls.server.address)
        with urllib.request.urlopen(cls.url + "/openapi.json", timeout=60) as answer:
            cls.description = json.load(answer)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        if code != 0:
            raise RuntimeError(f"the server exited with {code}")

    def run_over(self, description, *options):
        """Schemathesis's exit code and report over a description."""
        path = os.path.join(self.folder.name, "openapi.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(description, file)
        ended = subprocess.run(
            [TOOL, "run", path, "--url", self.url, "--seed", SEED, "--workers", "1", "--no-color",
             "--max-examples", "5", "--phases", "coverage,fuzzing", "--checks", ",".join(CHECKS), *options],
            cwd=self.folder.name, capture_output=True, text=True, timeout=1200)
        return ended.returncode, ended.stdout + ended.stderr

    def test_every_answer_is_one_that_it_has(self):
        code, report = self.run_over(self.description)
        self.assertEqual(code, 0, report)
        paths = len(self.description["paths"])
        self.assertGreater(paths, 60)
        self.assertIn(f"Tested: {paths}\n", report)

    def test_an_answer_that_it_does_not_have_is_found(self):
        path = "/jiesuan.v1.AccountService/Balance"
        faulty = json.loads(json.dumps(self.description))
        # Nobody is registered: every request is refused, as "default" says.
        del faulty["paths"][path]["post"]["responses"]["default"]
        code, report = self.run_over(faulty, "--include-path", path)
        self.assertNotEqual(code, 0, report)
        self.assertIn("Undocumented status code", report)


if __name__ == "__main__":
    TOOL = os.path.abspath(sys.argv.pop(2))
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
