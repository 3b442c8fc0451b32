"""Make the course's own Python environment, the folder .venv, or bring it up to date.

    python3 tools/setup_venv.py [--extra dev]

A second run only compares a stamp and ends at once. What an interrupted run left behind is made anew; a .venv that this
program has not made is used as it is, or left alone. Of two runs at the same time the second waits for the first. Only
the standard library is used, and syntax that Python 3.8 knows: an old Python, too, should be able to say what is
missing.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has another way to lock a file.
    import msvcrt

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ("3.11", "3.12", "3.13")  # The same as requires-python in pyproject.toml; a test compares them.
EXTRAS = ("dev", "film", "gpu", "train")
SYSTEMS = ("Linux x86_64", "Linux aarch64", "Darwin arm64", "Windows AMD64")  # Those of TensorFlow 2.21.
NEEDED_GB = 4.5  # 2.7 of them stay filled; pip's downloads and temporary files need the others.
LOCKED = "pyproject.toml"  # Held by the run that is at work, far beyond its end: it needs no file of its own.
NOW_AND_THEN = 15  # Seconds between two lines about what is going on, where one line cannot be written over.

# Every Python that is considered runs this. In a virtual environment it names the one below, for .venv to rest on that.
PROBE = """
import importlib.util, json, platform, sys
print(json.dumps({
    "executable": getattr(sys, "_base_executable", None) or sys.executable,
    "version": platform.python_version(),
    "minor": "%d.%d" % sys.version_info[:2],
    "build": platform.python_implementation() + (" 64 bits" if sys.maxsize > 2**32 else " 32 bits"),
    "system": platform.system() + " " + platform.machine(),
    "missing": [name for name in ("venv", "ensurepip", "pip") if not importlib.util.find_spec(name)],
}))
"""


# pip compiles one file after the other; all cores together take half as long. The packages' own tests are left out.
COMPILE = """
import compileall, re, sysconfig
tests = re.compile(r"[\\\\/]tests?[\\\\/]")
compileall.compile_dir(sysconfig.get_paths()["purelib"], quiet=2, workers=0, rx=tests)
"""


class SetupError(Exception):
    """Says in one line what is missing or went wrong, after "could not be set up:"."""


def probe(*command: str) -> dict | None:
    """Run a Python and return what it says of itself. None if it does not run: a python3.12 may be a broken shim."""
    try:
        return json.loads(subprocess.run([*command, "-c", PROBE], capture_output=True, timeout=60).stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def objection(python: dict | None) -> str:
    """Why the course cannot be set up with this Python; empty if it can."""
    if python is None:
        return "does not run"
    name = f"is Python {python['version']}"
    if python["minor"] not in SUPPORTED:
        return name
    if python["build"] != "CPython 64 bits" or python["system"] not in SYSTEMS:
        return f"{name}, {python['build']}, on {python['system']}, for which there is no TensorFlow 2.21"
    if "venv" in python["missing"] or "ensurepip" in python["missing"]:
        return f"{name} without the modules venv and ensurepip (on Debian and Ubuntu: apt install python3-venv)"
    return ""


def candidates() -> list[list[str]]:
    """Commands that may start a suitable Python, best first. All of PATH is searched: a shim may hide a Python."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    names = ("python3.12", "python3.13", "python3.11", "python3")
    found = [shutil.which(name, path=folder) for name in names for folder in folders]
    launcher = [["py", f"-{version}"] for version in SUPPORTED] if shutil.which("py") else []
    return [[sys.executable], *([file] for file in found if file), *launcher]


def find_python(commands: list[list[str]]) -> dict:
    """The first suitable Python among the commands. If there is none, an error names all that were found."""
    objections = {}
    for command in commands:
        python = probe(*command)
        reason = objection(python)
        if not reason:
            return python
        objections[python["executable"] if python else " ".join(command)] = reason
    found = "; ".join(f"{name} {reason}" for name, reason in objections.items())
    raise SetupError(f"no suitable Python. The course needs {', '.join(SUPPORTED)}; found: {found}.")


def venv_python(root: Path) -> str:
    """The Python inside .venv."""
    return str(root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def read_stamp(root: Path) -> dict:
    """What the last run left written in .venv; empty if there was none, or nothing that this program writes."""
    try:
        stamp = json.loads((root / ".venv" / "course.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    extras = stamp.get("extras") if isinstance(stamp, dict) else None
    if not isinstance(extras, list) or not all(one in EXTRAS for one in extras):
        return {}
    return {"own": True, **stamp}  # Earlier versions wrote no stamp but their own.


def write_stamp(root: Path, stamp: dict) -> None:
    """Write down in .venv what it was made for, whole or not at all: by the stamp this program knows its own."""
    unfinished = root / ".venv" / "course.part"
    unfinished.write_text(json.dumps(stamp), encoding="utf-8")
    os.replace(unfinished, root / ".venv" / "course.json")


def make_stamp(root: Path, python: dict, extras: list[str], own: bool = True) -> dict:
    """What a finished .venv is known by. It holds the folder, because an environment does not work when it is moved.

    own: whether this program has made it, and not only added to it.
    """
    inputs = b"".join((root / name).read_bytes() for name in ("pyproject.toml", "requirements.lock"))
    made = {"finished": True, "root": str(root), "python": python["minor"], "own": own}
    return {**made, "extras": extras, "inputs": hashlib.sha256(inputs).hexdigest()}


def is_sound(root: Path, python: dict | None, stamp: dict) -> bool:
    """Whether .venv can be built upon. One without a stamp was made by hand, and is used if its Python is suitable."""
    if objection(python) or "pip" in python["missing"]:
        return False
    made = make_stamp(root, python, [])
    return not stamp or all(stamp.get(key) == made[key] for key in ("finished", "root", "python"))


def explain(words: str) -> str:
    """The cause of a failed installation, read from pip's own words."""
    if re.search(r"No space left on device|not enough space on the disk", words):
        return "the disk, or the folder for temporary files, is full"
    # A connection lost once says little, because pip tries again: "total=0" is its last try.
    if re.search(r"Retry\(total=0|Max retries exceeded|timed out|ConnectionReset|IncompleteRead", words):
        return "the package index cannot be reached; is there a network?"
    return (re.findall(r"^\s*(\w*(?:ERROR|Error): .*)", words, re.MULTILINE) or ["no cause was given"])[-1]


def doing(words: str) -> str:
    """What pip is at, read from its own words so far."""
    if "Installing collected packages" in words:
        packages = words.rpartition("Installing collected packages:")[2].splitlines()[0]
        return "installing {} packages".format(packages.count(",") + 1)
    found = re.findall(r"^(?:Collecting|Downloading) ([\w.]+(?:-[A-Za-z][\w.]*)*)", words, re.MULTILINE)
    return f"package {len(set(found))}, {found[-1]}" if found else "asking for packages"


class Progress:
    """What is going on, with the time that it has taken: in one line of a terminal, or else a line now and then."""

    def __init__(self) -> None:
        self.started, self.told, self.width = time.monotonic(), 0.0, 0
        self.terminal = sys.stdout.isatty()

    def tell(self, words: str) -> None:
        """Say it, if it is time to."""
        seconds = time.monotonic() - self.started
        if not self.terminal and seconds - self.told < NOW_AND_THEN:
            return
        self.told = seconds
        line = f"  {int(seconds) // 60}:{int(seconds) % 60:02}  {words}"
        if self.terminal:
            line = line[: shutil.get_terminal_size().columns - 1]
            print("\r" + line.ljust(self.width), end="", flush=True)
            self.width = len(line)
        else:
            print(line, flush=True)

    def end(self) -> None:
        """Leave the line empty."""
        if self.width:
            print("\r" + " " * self.width + "\r", end="", flush=True)


def run(command: list[str], root: Path, words: str = "") -> None:
    """Run a command, and tell what it is at: `words`, or what pip says. What it says itself goes into a file.

    If it fails, raise an error with the cause and the place of that file.
    """
    # PYTHONPATH and PYTHONHOME would mix in another Python's packages; pip refuses PIP_USER in an environment.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment.update(PIP_USER="0", PYTHONUNBUFFERED="1")
    log = root / ".venv" / "setup.log"
    progress = Progress()
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        while process.poll() is None:
            try:
                process.wait(0.3)
            except subprocess.TimeoutExpired:
                progress.tell(words or doing(log.read_text(encoding="utf-8", errors="replace")))
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        progress.end()
    if process.returncode:
        cause = explain(log.read_text(encoding="utf-8", errors="replace"))
        raise SetupError(f"{cause} (the full record is in {log})")


def is_own(root: Path) -> bool:
    """Whether .venv may be deleted: a folder, and no link to one, that this program has made, or that is empty."""
    venv = root / ".venv"
    return venv.is_dir() and not venv.is_symlink() and (read_stamp(root).get("own", False) or not any(venv.iterdir()))


def make_venv(root: Path, extras: list[str]) -> dict:
    """Put an empty environment in the place of .venv, if that is not another's, and return its Python."""
    venv, python = root / ".venv", find_python(candidates())
    if os.path.lexists(str(venv)) and not is_own(root):
        why = objection(probe(venv_python(root))) or "has no pip"
        raise SetupError(
            f"{venv} was not made by this program, and its Python {why}. Move or delete it, and run this again."
        )
    if venv.exists():
        print("The .venv is half-made, was moved or has lost its Python: making it anew.", flush=True)
        shutil.rmtree(venv)
    free = shutil.disk_usage(root).free / 1e9
    if free < NEEDED_GB:
        raise SetupError(f"no disk space. {NEEDED_GB} GB are needed, and {free:.1f} GB are free in {root}.")
    venv.mkdir()
    write_stamp(root, {"finished": False, "extras": extras, "own": True})
    run([python["executable"], "-m", "venv", str(venv)], root, "making an empty environment")
    return python


@contextmanager
def alone(root: Path):
    """Hold the lock in here. Another run that holds it is waited for; the system frees it when a run ends, however."""
    with (root / LOCKED).open("r+b") as file:
        waiting = False
        while not locked(file):
            if not waiting:
                print("Another set-up is at work in this folder: waiting for its end.", flush=True)
            waiting = True
            time.sleep(0.3)
        try:
            yield
        finally:
            if os.name == "nt":
                file.seek(2**30)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)


def locked(file) -> bool:
    """Lock a file, if no other run has. Where the file system knows no locks, nobody is kept away."""
    try:
        if os.name == "nt":
            file.seek(2**30)  # Windows would keep pip from reading what is locked.
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


def set_up(root: Path, asked: list[str]) -> None:
    """Make .venv, or add to it what is missing, unless there is nothing to do."""
    if not is_ready(root, asked):
        with alone(root):
            if not is_ready(root, asked):  # Another run may just have done it.
                install(root, asked)


def is_ready(root: Path, asked: list[str]) -> bool:
    """Whether .venv has all that is asked for."""
    stamp, python = read_stamp(root), probe(venv_python(root))
    if not stamp or not is_sound(root, python, stamp):
        return False
    return stamp == make_stamp(root, python, sorted({*asked, *stamp["extras"]}), stamp["own"])


def install(root: Path, asked: list[str]) -> None:
    """Make .venv, or add to it what is missing. The extras that it has already are kept."""
    started, stamp, python = time.monotonic(), read_stamp(root), probe(venv_python(root))
    extras = sorted({*asked, *stamp.get("extras", [])})
    sound = is_sound(root, python, stamp)
    own = not sound or stamp.get("own", False)
    if not sound:
        python = make_venv(root, extras)
    wanted = make_stamp(root, python, extras, own)
    print("Installing into .venv. The first time: 1 GB of downloads, 3 GB of disk and some minutes.", flush=True)
    write_stamp(root, {**wanted, "finished": False})
    try:
        pip = [venv_python(root), "-m", "pip", "install", "--no-input", "--progress-bar=off", "--no-compile"]
        run([*pip, "--constraint=requirements.lock", "--editable", f".[{','.join(extras)}]" if extras else "."], root)
    except BaseException:
        # pip fetches everything before it changes anything: up to then, a sound .venv is as good as it was.
        if sound and "Installing collected" not in (root / ".venv" / "setup.log").read_text(errors="replace"):
            write_stamp(root, stamp)
        raise
    write_stamp(root, wanted)
    run([venv_python(root), "-c", COMPILE], root, "compiling")
    print(f"The environment is ready, after {time.monotonic() - started:.0f} seconds.", flush=True)


def main() -> int:
    """Set up, and say in one line what went wrong."""
    parser = argparse.ArgumentParser(description="Make the course's Python environment, .venv, or bring it up to date.")
    parser.add_argument("--extra", action="append", default=[], choices=EXTRAS, help="install what this needs, too")
    try:
        set_up(ROOT, parser.parse_args().extra)
        return 0
    except KeyboardInterrupt:
        print("\nInterrupted. The same command makes it whole.", file=sys.stderr)
    except (SetupError, OSError) as error:
        print(f"The environment .venv could not be set up: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
