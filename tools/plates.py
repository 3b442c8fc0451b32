"""Make the large pictures of README and the lessons, each by one command of the course, and measure what it takes.

    python tools/plates.py [NAME ...]

They are written below images/plates/ as JPEG of at most 250 KB, and images/plates/index.json holds, for each of them,
the command, the network, the seconds and the memory that it took, and the alternative text. Without a name, all.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from setup_venv import ROOT

PLATES = ROOT / "images" / "plates"
INDEX = PLATES / "index.json"
LARGEST_FILE = 250_000


@dataclass(frozen=True)
class Plate:
    """A large picture: the words of the command that makes it, without its output; what there is to see in it."""

    command: str
    alt: str
    network: str = "mini"


ALL = {
    "temple_night_swirls": Plate(
        "style temple night_swirls --size 1024",
        "A pagoda above a lake as a painting: long blue strokes, a yellow roof, and a sky full of large swirls.",
    ),
    "temple_dream": Plate(
        "dream temple --size 1024",
        "The pagoda in a dream: large brown faces with wide eyes look out of its storeys and grow up the trees.",
    ),
}


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds that a command takes, and its memory in MB at most."""
    started = time.monotonic()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    unit = 1024 if sys.platform == "linux" else 1024**2
    return time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit


def smallest_jpeg(image: Image.Image) -> bytes:
    """The best JPEG of at most LARGEST_FILE bytes."""
    for quality in range(90, 30, -5):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        if file.tell() <= LARGEST_FILE:
            break
    return file.getvalue()


def make(name: str) -> dict[str, object]:
    """Make a plate; its entry in the index."""
    plate = ALL[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plate.png"
        words = [sys.executable, "-m", "course_utils", *shlex.split(plate.command), "-o", str(path)]
        with multiprocessing.Pool(1) as fresh:  # Of a process's children only the largest is told.
            seconds, memory = fresh.apply(measured, (words,))
        with Image.open(path) as image:
            (PLATES / f"{name}.jpg").write_bytes(smallest_jpeg(image.convert("RGB")))
    line = f"python -m course_utils {plate.command} -o {name}.png"
    print(f"{name}: {seconds:.0f} s, {memory:.0f} MB")
    taken = {"seconds": round(seconds), "megabytes": round(memory, -1)}
    return {"command": line, "network": plate.network, **taken, "alt": plate.alt}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    names = parser.parse_args().names or list(ALL)
    if unknown := [name for name in names if name not in ALL]:
        parser.error(f"there is no {unknown[0]!r}; there are {', '.join(ALL)}")
    PLATES.mkdir(exist_ok=True)
    index = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.exists() else {}
    for name in names:
        index[name] = make(name)
        INDEX.write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
