"""Puts the examples, whose client the tests use, among the folders of modules: to be imported before them."""

import pathlib
import sys

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "Examples" / "python"
sys.path.insert(0, str(EXAMPLES))
