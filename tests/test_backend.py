"""How TensorFlow and Keras are imported: quietly, and without what Keras would load only because it is installed."""

import importlib
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # Each test imports TensorFlow anew.

LATE = """
import sys
import course_utils.backend
assert "keras" in sys.modules
assert not {"sklearn", "matplotlib"} & set(sys.modules), "they cost a third of the import, and the course needs neither"
import matplotlib.pyplot
import sklearn.cluster
"""
EARLY = """
import sys
import matplotlib.pyplot
import sklearn.cluster
before = {name: sys.modules[name] for name in ("sklearn", "matplotlib", "matplotlib.pyplot")}
import course_utils.backend
assert {name: sys.modules[name] for name in before} == before
"""
WRITES = """
import os, sys
import course_utils.backend
os.write(2, b"heard again")
"""


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.mark.parametrize("code", [LATE, EARLY], ids=["before the others", "after the others"])
def test_scikit_learn_and_matplotlib_work_in_either_order_of_import(code):
    done = run(code)
    assert done.returncode == 0, done.stderr


def test_what_is_missing_for_an_import_is_there_again_when_it_fails():
    from course_utils.backend import without

    assert "turtle" not in sys.modules
    with pytest.raises(ZeroDivisionError), without("turtle"):
        with pytest.raises(ImportError):
            importlib.import_module("turtle")
        _ = 1 / 0
    assert "turtle" not in sys.modules, "the next import finds it"


def test_the_import_says_nothing_and_gives_the_error_stream_back():
    assert run(WRITES).stderr == "heard again"
