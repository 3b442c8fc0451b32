"""Run lessons and store them with their outputs, the seconds that they took, and the memory.

    python tools/lessons.py [notebooks/05_deep_dream.ipynb ...]

Without a name every notebook but the studios is run. A notebook is written only when all of its cells
have run. What is measured is kept in its metadata and written into the table under its title, in the row that begins
with "| time |"; so that the table is never a guess.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from setup_venv import ROOT

NOTEBOOKS = ROOT / "notebooks"
KEPT = ("tags", "nbgrader", "editable", "deletable", "tolerance")  # Of a cell's metadata.
WORDS_A_MINUTE = 110  # Of one who reads the code and the pictures as well.
TIME_ROW = re.compile(r"^\| time \|.*\|$", re.MULTILINE)


def minutes_to_read(notebook: nbformat.NotebookNode) -> int:
    """Minutes that its text takes, code read along."""
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    return max(1, round(words / WORDS_A_MINUTE))


def time_row(notebook: nbformat.NotebookNode) -> str:
    """The row of the table that tells the times, from the metadata."""
    course = notebook.metadata["course"]
    return f"| time | {course['minutes']} minutes to read, {course['seconds']} seconds to run on two processor cores |"


def every() -> list[Path]:
    """All notebooks but the studios."""
    hidden = (NOTEBOOKS / "studios.ipynb", *NOTEBOOKS.rglob(".ipynb_checkpoints/*"))
    return sorted(set(NOTEBOOKS.rglob("*.ipynb")) - set(hidden))


def run(path: Path) -> None:
    """Run a notebook in a fresh kernel and store it."""
    notebook = nbformat.read(path, as_version=4)
    started = time.monotonic()
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
    ).execute()  # fmt: skip
    seconds = round(time.monotonic() - started)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "course": {"minutes": minutes_to_read(notebook), "seconds": seconds},
    }
    for cell in notebook.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in KEPT}
    first = notebook.cells[0]
    first.source = TIME_ROW.sub(time_row(notebook), first.source)
    nbformat.validate(notebook)
    unfinished = path.with_suffix(".part")
    nbformat.write(notebook, unfinished)
    os.replace(unfinished, path)
    size = path.stat().st_size / 1e6
    print(f"{path.relative_to(ROOT)}: {seconds} s, at most {peak:.0f} MB of memory so far, {size:.2f} MB to store")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        os.environ["COURSE_MY_PICTURES"] = own  # What is kept here is no learner's.
        for path in options.notebooks or every():
            run(path.resolve())


if __name__ == "__main__":
    main()
