"""Make the course's own Python environment, the folder .venv, or bring it up to date.

    python3 tools/setup_venv.py                 what the lessons need
    python3 tools/setup_venv.py --extra dev     and what the tests need

A second run only compares a stamp and ends at once. What an interrupted run left behind is made anew. Only the
standard library is used, and syntax that Python 3.8 knows: an old Python, too, should be able to say what is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ((3, 11), (3, 12), (3, 13))  # tests/test_setup.py holds this to requires-python in pyproject.toml.
EXTRAS = ("dev", "gpu", "train")
INSTALLED_GB, DOWNLOAD_GB = 3, 1

# This runs in the Python that is looked at, which may be of any age. In a virtual environment we ask for the Python
# under it: .venv must not rest on another environment, least of all on itself.
PROBE = """
import json, platform, sys
def has(name):
    try:
        return bool(__import__(name))
    except ImportError:
        return False
print(json.dumps({
    "executable": getattr(sys, "_base_executable", None) or sys.executable,
    "version": sys.version_info[:3],
    "implementation": platform.python_implementation(),
    "bits": 64 if sys.maxsize > 2**32 else 32,
    "system": platform.system() + " " + platform.machine(),
    "missing": [name for name in ("venv", "ensurepip", "pip") if not has(name)],
}))
"""


class SetupError(Exception):
    """Says in one line what is missing or went wrong."""


def probe(command: list[str]) -> dict | None:
    """Run a Python and return what it says about itself; None if it does not run, as a broken shim does not."""
    try:
        done = subprocess.run([*command, "-c", PROBE], capture_output=True, timeout=60, check=True)
        return json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def objection(python: dict | None) -> str:
    """Why the course cannot use this Python, or nothing."""
    if python is None:
        return "does not run"
    version = ".".join(map(str, python["version"]))
    if python["implementation"] != "CPython" or python["bits"] != 64:
        return f"is {python['implementation']} {version} of {python['bits']} bits, not CPython of 64"
    if tuple(python["version"][:2]) not in SUPPORTED:
        return f"is Python {version}"
    if python["system"] in ("Darwin x86_64", "Windows ARM64"):
        return f"is Python {version} for {python['system']}, for which there is no TensorFlow 2.21"
    missing = [name for name in ("venv", "ensurepip") if name in python["missing"]]
    if missing:
        package = "python{}.{}-venv".format(*python["version"])
        return f"is Python {version} without {' and '.join(missing)} (on Debian and Ubuntu: apt install {package})"
    return ""


def candidates() -> list[list[str]]:
    """The commands that may start a suitable Python: the one that runs this, then all that PATH has, best first.

    Every folder of PATH is searched, since the first python3.12 may be a shim that hides one that works.
    """
    folders = os.environ.get("PATH", "").split(os.pathsep)
    names = ("python3.12", "python3.13", "python3.11", "python3", "python")
    found = [[file] for name in names for file in (shutil.which(name, path=folder) for folder in folders) if file]
    if shutil.which("py"):
        found += [["py", f"-{major}.{minor}"] for major, minor in SUPPORTED]
    return [[sys.executable], *found]


def find_python(commands: list[list[str]]) -> dict:
    """The first suitable Python among the commands; if there is none, an error that names all that were found."""
    objections = {}
    for command in commands:
        python = probe(command)
        reason = objection(python)
        if python and not reason:
            return python
        objections[python["executable"] if python else " ".join(command)] = reason
    found = "; ".join(f"{name} {reason}" for name, reason in objections.items())
    raise SetupError(f"The course needs Python 3.11, 3.12 or 3.13, and found none that it can use: {found}.")


def venv_python(root: Path = ROOT) -> Path:
    """The Python inside .venv."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def read_stamp(root: Path) -> dict:
    """What the last run wrote into .venv; empty if there was none."""
    try:
        return json.loads((root / ".venv" / "course.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_stamp(root: Path, stamp: dict) -> None:
    """Write the stamp of .venv."""
    (root / ".venv" / "course.json").write_text(json.dumps(stamp), encoding="utf-8")


def make_stamp(root: Path, python: dict, extras: list[str]) -> dict:
    """What a finished .venv is known by: all that it was made from and for."""
    inputs = b"".join((root / name).read_bytes() for name in ("pyproject.toml", "requirements.lock"))
    return {
        "finished": True,
        "root": str(root),
        "python": python["version"][:2],
        "extras": extras,
        "inputs": hashlib.sha256(inputs).hexdigest(),
    }


def is_sound(stamp: dict, python: dict | None, root: Path) -> bool:
    """Whether .venv can be built upon: its Python runs, and it is not half-made, not moved and not another Python's.

    One that a person made by hand has no stamp and is taken as it is.
    """
    if objection(python) or "pip" in python["missing"]:
        return False
    return not stamp or (stamp["finished"], stamp["root"], stamp["python"]) == (True, str(root), python["version"][:2])


def explain(log: str) -> str:
    """The cause of a failed installation, read from pip's own words."""
    if re.search(r"No space left on device|not enough space on the disk", log):
        return "the disk is full, or the folder of temporary files is"
    # A warning of a lost connection alone says little, since pip tries again: in the end it must have had nothing.
    if re.search(r"Connection|Timeout|Proxy|SSL", log) and re.search(r"from versions: none|Max retries|timed out", log):
        return "the package index cannot be reached; is there a network?"
    errors = re.findall(r"^\s*\w*(?:ERROR|Error): .*", log, re.MULTILINE)
    return errors[-1].strip() if errors else "no cause is given"


def run_logged(command: list[str], log: Path, root: Path) -> None:
    """Run a command in the root with its words going to a file, and raise an error with the cause if it fails."""
    # PYTHONPATH and PYTHONHOME would mix in another Python's packages; PIP_USER is refused in an environment.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment.update(PIP_USER="0", PYTHONUNBUFFERED="1")
    with log.open("wb") as words:
        done = subprocess.run(command, cwd=root, stdout=words, stderr=subprocess.STDOUT, env=environment)
    if done.returncode:
        cause = explain(log.read_text(encoding="utf-8", errors="replace"))
        raise SetupError(f"The installation failed: {cause} (its own words are in {log}).")


def make_venv(root: Path) -> dict:
    """Make an empty .venv in place of what is there, and return its Python."""
    venv = root / ".venv"
    python = find_python(candidates())
    if venv.exists():
        print("What is in .venv was left half-made, was moved or has lost its Python: making it anew.", flush=True)
        shutil.rmtree(venv)
    free = shutil.disk_usage(root).free / 1e9
    if free < INSTALLED_GB:
        raise SetupError(f"The environment fills about {INSTALLED_GB} GB, and {root} has only {free:.1f} GB left.")
    venv.mkdir()
    write_stamp(root, {"finished": False})
    run_logged([python["executable"], "-m", "venv", str(venv)], venv / "setup.log", root)
    return python


def install(root: Path, extras: list[str]) -> None:
    """Install the course, as a link to its folder, and what it needs into .venv, in the versions of requirements.lock."""
    pip = [str(venv_python(root)), "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    target = f".[{','.join(extras)}]" if extras else "."
    run_logged([*pip, "--constraint=requirements.lock", "--editable", target], root / ".venv" / "setup.log", root)


def set_up(root: Path, asked: list[str]) -> None:
    """Make .venv, or add what is missing in it. Extras that it has already are kept."""
    started, stamp = time.monotonic(), read_stamp(root)
    extras = sorted({*asked, *stamp.get("extras", [])})
    python = probe([str(venv_python(root))])
    sound = is_sound(stamp, python, root)
    if sound and stamp == make_stamp(root, python, extras):
        return
    if not sound:
        python = make_venv(root)
    print(
        f"Installing what the course needs into .venv, with Python {python['version'][0]}.{python['version'][1]}. The first"
        f" time this fetches about {DOWNLOAD_GB} GB, fills about {INSTALLED_GB} GB and takes some minutes ...",
        flush=True,
    )
    write_stamp(root, {"finished": False, "extras": extras})
    try:
        install(root, extras)
    except BaseException:
        # pip fetches everything before it touches anything: until then, a sound .venv is as good as it was.
        if sound and "Installing collected packages" not in (root / ".venv" / "setup.log").read_text(errors="replace"):
            write_stamp(root, stamp)
        raise
    write_stamp(root, make_stamp(root, python, extras))
    print(f"The environment is ready, after {time.monotonic() - started:.0f} seconds.", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and set up; say in one line what went wrong."""
    parser = argparse.ArgumentParser(description="Make the course's Python environment, .venv, or bring it up to date.")
    parser.add_argument("--extra", action="append", default=[], choices=EXTRAS, help="more than the lessons need")
    try:
        set_up(ROOT, parser.parse_args(arguments).extra)
    except KeyboardInterrupt:
        print("\nInterrupted. The same command makes it whole.", file=sys.stderr)
    except (SetupError, OSError) as error:
        print(error, file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
