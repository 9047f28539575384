"""The harnesses' own judgement, without a server: python3 Tests/Torture/torture_test.py"""

import os
import random
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import torture  # noqa: E402
from connections import burst, crowd, hostile, idle  # noqa: E402
from faults import overload  # noqa: E402
from heavy import kinds, rounds  # noqa: E402
from report import page, table  # noqa: E402
from rig.rows import Row  # noqa: E402
from rig.toy import Toy  # noqa: E402
from suite import figures, runs  # noqa: E402

#: Rows that can be tried without TLS, authentication and PostgreSQL, in half an hour.
TRIED = {str(number) for number in range(1, 39)} - {"21", "22", "24", "29"}
SAID = '''
FIGURE kills: 3 kills, lost 0
canary, a disk that ignores syncs: found at 3 of 4 points
✔ Test "the harness finds a server that forgets what it settled" passed after 1.0 seconds.
✔ Suite "A server that is killed" passed after 2.0 seconds.
✘ Test "a second with 3 test cases" failed after 1.0 seconds with 1 issue.
✘ Suite OrderTests failed after 1.0 seconds with 1 issue.
'''


class Judgement(unittest.TestCase):
    def test_an_honest_client_may_wait_ten_times_its_quiet_wait_or_20_ms_and_never_250(self):
        self.assertTrue(rounds.holds(5, 50, 250))
        self.assertFalse(rounds.holds(5, 51, 250))
        self.assertTrue(rounds.holds(1, 20, 100))
        self.assertFalse(rounds.holds(1, 21, 100))
        self.assertFalse(rounds.holds(5, 10, 251))

    def test_the_heavy_questions_get_shorter_rounds_where_less_time_is_left_and_none_where_too_little_is(self):
        part = rounds.PART
        self.assertEqual(torture.seconds_of_rounds(part, 3, 20.0, 17), 20)
        for left in (16.7, 12, 8):
            seconds = torture.seconds_of_rounds(part, 3, 20.0, left)
            self.assertTrue(5 <= seconds < 20)
            self.assertLessEqual(torture.share_of_rounds(part, 3, seconds), left)
        self.assertEqual(torture.seconds_of_rounds(part, 3, 20.0, 4), 0)
        self.assertEqual(torture.seconds_of_rounds(part, 1, 4.0, 17), 4)

    def test_every_row_that_can_be_tried_has_a_part(self):
        import importlib
        parts = [importlib.import_module(name).PART for name in torture.PARTS]
        self.assertEqual({row for part in parts for row in part.rows.split()}, TRIED)
        self.assertLessEqual(sum(part.minutes for part in parts), 30)

    def test_a_slope_is_that_of_the_line(self):
        self.assertAlmostEqual(overload.slope([(x, 3 * x + 7) for x in range(10)]), 3)
        self.assertEqual(overload.slope([(x, 5) for x in range(10)]), 0)

    def test_what_the_suite_says_becomes_a_row(self):
        output = runs.Output(SAID)
        good = runs.Fault("1", "kill", ["A server that is killed"], [r"^FIGURE kills:"],
                          ["the harness finds a server"], [r"^canary, a disk"])
        made = runs.row(good, output)
        self.assertTrue(made.holds)
        self.assertEqual(made.figure, "kills: 3 kills, lost 0")
        self.assertEqual(made.canary, "a disk that ignores syncs: found at 3 of 4 points")
        for suites, canaries in ((["OrderTests"], []), (["Missing"], []), (good.suites, ["not run"])):
            self.assertFalse(runs.row(runs.Fault("1", "", suites, [], canaries), output).holds)

    def test_a_filter_finds_each_suite_and_no_other(self):
        import re
        for fault in figures.FAULTS:
            for name in fault.suites:
                plain = name.isalnum()
                self.assertTrue(re.search(
                    runs.filter_of([name]), f"LedgerTests.{name}/x()" if plain else f"LedgerTests.`{name}`/`x`()"))
        short = runs.filter_of(["A server that is killed"])
        self.assertFalse(re.search(short, "S.`A server that is killed while it pays`/x"))


class Requests(unittest.TestCase):
    def test_a_bomb_has_the_size_that_it_says(self):
        import gzip
        packet = kinds.bomb("SettlementService/Settle", kinds.settle_request("bomb"), 1 << 20)
        _, body, meta = hostile.HEADER.unpack(packet[:12])
        self.assertEqual(len(packet), 12 + body)
        self.assertEqual(len(gzip.decompress(packet[12 + meta:])), 1 << 20)

    def test_spoilt_packets_are_spoilt_and_their_headers_mostly_right(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        whole = kinds.call("SettlementService/Settle", kinds.settle_request("x"))
        made = [hostile.spoilt(whole, chance) for _ in range(500)]
        right = sum(hostile.HEADER.unpack(one[:12])[1] == len(one) - 12 for one in made)
        self.assertGreater(right, 400, f"seed {seed}")
        self.assertGreater(sum(one != whole for one in made), 450, f"seed {seed}")


class Planted(unittest.TestCase):
    def test_each_planted_fault_of_connections_is_found(self):
        for finds, said in (idle.canary_of(), burst.canary_of(), hostile.canary_of(1)):
            self.assertTrue(finds, said)

    def test_a_sound_server_has_no_fault(self):
        toy = Toy()
        self.assertEqual(crowd.served(toy.address, 100, 10).failures, 0)
        toy.close()


class Pages(unittest.TestCase):
    rows = [Row("10", "b", "2", True, "c"), Row("1b", "a | x", "1", False), Row("1", "a", "1", True)]

    def test_rows_stand_in_their_order_and_cells_hold_no_bars(self):
        lines = table.markdown(self.rows).splitlines()
        self.assertEqual([line.split("|")[1].strip() for line in lines[2:]], ["1", "1b", "10"])
        self.assertTrue(all(line.count("|") == 6 for line in lines[1:]))
        self.assertIn("**no**", lines[3])

    def test_the_table_goes_between_its_marks(self):
        with tempfile.NamedTemporaryFile("w+", suffix=".md") as file:
            file.write("before\n" + page.BEGIN + "old\n" + page.END + "\nafter\n")
            file.flush()
            for _ in range(2):
                page.replace(file.name, self.rows, 3, "quick")
            file.seek(0)
            text = file.read()
        self.assertEqual(text.count("| 10 |"), 1)
        self.assertTrue(text.startswith("before\n") and text.endswith("\nafter\n"))

    def test_a_page_without_marks_is_not_touched(self):
        with tempfile.NamedTemporaryFile("w+", suffix=".md") as file, self.assertRaises(ValueError):
            page.replace(file.name, self.rows, 3, "quick")


if __name__ == "__main__":
    unittest.main()
