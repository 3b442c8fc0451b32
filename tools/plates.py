"""Make the large pictures of README and the lessons, each by lines that anyone could type, and measure what it takes.

    python tools/plates.py [NAME ...] [--released FOLDER]

They are written below images/plates/ as JPEG of at most 250 KB, and images/plates/index.json holds, for each of them,
the lines, the network, the seconds and the memory that it took, and the alternative text. Without a name, all, but
those of a large network only with --released, the folder of its weights: see tools/released.py.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
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
# What a plate of a large network must say of itself: it is not what Keras downloads.
RELEASED = {
    "inception_v3": "InceptionV3 as TensorFlow released it in 2015 (Keras' file, 88 MB, has other weights)",
    "vgg19": "the first eight layers of VGG-19 (80 MB)",
}


@dataclass(frozen=True)
class Plate:
    """A large picture: what there is to see in it, and what makes it as NAME.png.

    command: the words of the course's command, without its output. code: or lines of Python, the last of which saves
    it. network: a name of `load_network`.
    """

    alt: str
    command: str = ""
    code: str = ""
    network: str = "mini"

    def lines(self, name: str) -> str:
        """What a reader types to make it."""
        return self.code.strip() or f"python -m course_utils {self.command} -o {name}.png"

    def process(self, name: str, folder: Path | None) -> list[str]:
        """The command that makes it in the working folder; folder: of the released weights."""
        if self.code:
            install = f"import pathlib, released\nreleased.install(pathlib.Path({str(folder)!r}))\n"
            return [sys.executable, "-c", (install if folder else "") + self.code]
        way = ["-m", "course_utils"] if folder is None else [str(ROOT / "tools" / "released.py"), str(folder)]
        return [sys.executable, *way, *shlex.split(self.command), "-o", f"{name}.png"]


ALL = {
    "temple_night_swirls": Plate(
        "A pagoda above a lake as a painting: long blue strokes, a yellow roof, and a sky full of large swirls.",
        "style temple night_swirls --size 1024",
    ),
    "temple_dream": Plate(
        "The pagoda in a dream: large brown faces with wide eyes look out of its storeys and grow up the trees.",
        "dream temple --size 1024",
    ),
    "temple_inception": Plate(
        "The pagoda in another dream: a bear's face looks out of the wood, and white animals fill the sky.",
        "dream temple --network inception_v3 --layer mixed4 --octaves 6 --size 1024",
        network="inception_v3",
    ),
    "inception_channels": Plate(
        "Twelve pictures in four rows: what single channels of four layers of a large network climb to.",
        code="""
import numpy as np
from course_utils import class_picture, load_network, save_picture

network = load_network("inception_v3")
rows = [
    [class_picture(network, (layer, channel), 256, l2=0, octaves=3) for channel in channels]
    for layer, channels in {
        "mixed4": (7, 23, 61, 97), "mixed5": (7, 23, 61, 97), "mixed6": (7, 23, 61, 97), "mixed7": (7, 23, 61, 97),
    }.items()
]
save_picture(np.concatenate([np.concatenate(row, 1) for row in rows]), "inception_channels.png")
""",
        network="inception_v3",
    ),
}


def measured(command: list[str], folder: str) -> tuple[float, float]:
    """Seconds that a command takes in a folder, and its memory in MB at most."""
    started = time.monotonic()
    paths = os.pathsep.join([str(ROOT / "tools"), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": paths}
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, cwd=folder, env=environment)
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


def make(name: str, weights: Path | None) -> dict[str, object]:
    """Make a plate; its entry in the index."""
    plate = ALL[name]
    with tempfile.TemporaryDirectory() as folder:
        command = plate.process(name, weights if plate.network in RELEASED else None)
        with multiprocessing.Pool(1) as fresh:  # Of a process's children only the largest is told.
            seconds, memory = fresh.apply(measured, (command, folder))
        with Image.open(Path(folder) / f"{name}.png") as image:
            (PLATES / f"{name}.jpg").write_bytes(smallest_jpeg(image.convert("RGB")))
    print(f"{name}: {seconds:.0f} s, {memory:.0f} MB")
    taken = {"seconds": round(seconds), "megabytes": 10 * round(memory / 10)}
    network = RELEASED.get(plate.network, plate.network)
    return {"lines": plate.lines(name), "network": network, **taken, "alt": plate.alt}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--released", type=Path, metavar="FOLDER", help="the weights of large networks")
    options = parser.parse_args()
    folder = options.released and options.released.resolve()
    names = options.names or [name for name, plate in ALL.items() if folder or plate.network not in RELEASED]
    if unknown := [name for name in names if name not in ALL]:
        parser.error(f"there is no {unknown[0]!r}; there are {', '.join(ALL)}")
    if folder is None and (large := [name for name in names if ALL[name].network in RELEASED]):
        parser.error(f"{large[0]} needs --released FOLDER, where the weights of {ALL[large[0]].network} lie")
    PLATES.mkdir(exist_ok=True)
    index = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.exists() else {}
    for name in names:
        index[name] = make(name, folder)
        ordered = {known: index[known] for known in ALL if known in index}
        INDEX.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
