"""How the tests run command lines: in this process, or in one of their own where that is what matters."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")


def contents(folder: Path) -> dict[Path, bytes]:
    """The files of a folder."""
    return {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def check_refused(command: str, words: str, folder: Path, capsys: pytest.CaptureFixture) -> None:
    """A command ends with 2 and one line that holds the words, and leaves the folder as it was."""
    before = contents(folder)
    assert main(shlex.split(command)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1 and printed.err.startswith("course_utils: error: ")
    assert words in printed.err and not printed.err.endswith(" \n")
    assert contents(folder) == before


def check_without_tensorflow(codes: dict[str, int]) -> None:
    """Commands end with their codes, and none of them loads TensorFlow."""
    program = (
        "import sys; from course_utils.__main__ import main\n"
        f"codes = [main(command) for command in {[shlex.split(command) for command in codes]!r}]\n"
        f"assert codes == {list(codes.values())!r}, codes\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'TensorFlow was loaded for nothing'"
    )
    run = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr.splitlines()[-1]


def environment(**more: str) -> dict[str, str]:
    """That of a process of its own. first: a folder in which modules are looked for first."""
    return os.environ | {"PYTHONPATH": os.pathsep.join([*more.pop("first", "").split(), str(ROOT)])} | more


def start(command: list[str], **more: str) -> subprocess.Popen:
    """A command line in a process of its own, which hears Ctrl-C."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(**more)}
    return subprocess.Popen([sys.executable, "-m", "course_utils", *command], preexec_fn=_hear_ctrl_c, **pipes)


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background jobs are made deaf to it.


UNDER_WAY = rb" \d\d+/10000 "  # There is a first iteration, with a picture to be saved, after some evaluations.


def interrupt(command: list[str], shown: bytes, by: int = signal.SIGINT) -> tuple[int, bytes, bytes]:
    """Run a command, press Ctrl-C (or send another signal) when its bar matches; its exit code, output and errors."""
    with start(command) as run:
        bar = b""
        while not re.search(shown, bar) and (more := run.stderr.read1()):
            bar += more
        run.send_signal(by)
        printed, errors = run.communicate(timeout=60)
    return run.returncode, printed, bar + errors
