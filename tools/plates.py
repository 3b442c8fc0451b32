"""Make the large pictures of README and the lessons, each by a line that anyone could type, and measure what it takes.

    python tools/plates.py [NAME ...] [--released FOLDER]

They are written below images/plates/ as JPEG of at most 250 KB, and images/plates/index.json holds, for each of them,
the line, the network, the seconds and the memory that it took, and the alternative text. Without a name, all, but
those of a large network only with --released, the folder of its weights: see tools/released.py.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from PIL import Image
from setup_venv import ROOT

PLATES = ROOT / "images" / "plates"
INDEX = PLATES / "index.json"
LARGEST_FILE, LARGEST_FILM = 250_000, 1_500_000
# What a plate of a large network must say of itself: it is not what Keras downloads.
RELEASED = {
    "inception_v3": "InceptionV3 as TensorFlow released it in 2015; Keras downloads other weights for it, once, 88 MB",
    "vgg19": "the first eight layers of VGG-19, which Keras downloads once, 80 MB",
}


@dataclass(frozen=True)
class Plate:
    """A large picture: what there is to see in it, and what makes it as NAME.png in the working folder.

    command: the words of the course's command, without its output; or else the program images/plates/NAME.py does it.
    network: a name of `load_network`. film: whether it is one, an animated WebP, which is kept as it was made.
    """

    alt: str
    command: str = ""
    network: str = "mini"
    film: bool = False

    def line(self, name: str) -> str:
        """What a reader types to make it."""
        return (
            f"python -m course_utils {self.command} -o {self.made(name)}" if self.command else f"python {program(name)}"
        )

    def made(self, name: str) -> str:
        """The file that -o names: a film, unless that is written beside a picture by --frames."""
        return f"{name}.webp" if self.film and "--frames" not in self.command else f"{name}.png"

    def kept(self, name: str) -> str:
        """The file below images/plates/."""
        return f"{name}.webp" if self.film else f"{name}.jpg"

    def process(self, name: str, folder: Path | None) -> list[str]:
        """The command that makes it; folder: of the released weights."""
        released = [str(ROOT / "tools" / "released.py"), str(folder)] if folder else []
        if not self.command:
            return [sys.executable, *released, str(ROOT / program(name))]
        return [
            sys.executable,
            *(released or ["-m", "course_utils"]),
            *shlex.split(self.command),
            "-o",
            self.made(name),
        ]


def program(name: str) -> str:
    """Where the program of a plate lies, from the root."""
    return f"images/plates/{name}.py"


ALL = {
    "temple_night_swirls": Plate(
        "A pagoda above a lake as a painting: long blue strokes, a yellow roof, and a sky full of large swirls.",
        "style temple night_swirls --size 1024",
    ),
    "temple_dream": Plate(
        "The pagoda in a dream: large brown faces with wide eyes look out of its storeys and grow up the trees.",
        "dream temple --size 1024",
    ),
    "channel_atlas": Plate(
        "Sixty-six channels in six rows, two for each of three layers: first stripes and dots, then weaves and tiles, "
        "at last heads, beads and cups. Under each are two patches of photographs and paintings that excite it."
    ),
    "relu_rules": Plate(
        "A cat, and three gradients of one cell on grey: specks around one eye by the plain rule, a round net by the "
        "deconvnet's, and the whole eye with its lids by guided backpropagation."
    ),
    "class_pictures": Plate(
        "Twelve pictures, four a row: king penguins, orange fish, ladybugs, wings of monarchs; cups of espresso, "
        "school buses, pizzas, red pandas; lemons, flags, umbrellas, coral."
    ),
    "inception_channels": Plate(
        "Twelve pictures, four a row, each what one channel climbs to: furry heads, a knitted cap, a tartan, rings "
        "like eyes; eyes in diamonds, heads and joints of toys, wickerwork, zigzags; frames, a beast with whiskers, "
        "spotted wings, bubbles.",
        network="inception_v3",
    ),
    "inversions": Plate(
        "A cat and five pictures made from noise: from block2, block3 and block4 the cat again, from block5_conv2 with "
        "waves in its fur, from block5_conv4 coarse and with false colours."
    ),
    "temple_inception": Plate(
        "The pagoda in another dream: shells and white furry faces fill the sky, and eyes look out of the wood.",
        "dream temple --network inception_v3 --layer mixed4 --octaves 6 --size 1024",
        network="inception_v3",
    ),
    "three_optimisers": Plate(
        "Nine cats in three rows, after 10, 30 and 100 evaluations: Adam is grey and noisy for long, L-BFGS on pixels "
        "has colour at 30, L-BFGS on waves has the whole cat at 30."
    ),
    "kilim_mini": Plate(
        "A woven rug with three diamonds, and beside it a texture like it: the same stitches and colours, in small "
        "slanting pieces."
    ),
    "kilim_vgg19": Plate(
        "A woven rug with three diamonds, and beside it a texture like it: the same stitches and colours, in bands and "
        "pieces of diamonds that lie elsewhere.",
        network="vgg19",
    ),
    "temple_vgg19": Plate(
        "The pagoda in short, thick strokes of blue and yellow that follow every shape, under a sky of wavy strokes.",
        network="vgg19",
    ),
    "two_paintings": Plate(
        "A pagoda in two styles: on the left the curved cuts and the red sun of a woodcut, on the right the blue "
        "swirls of a night, which meet without a seam."
    ),
    "temple_fall": Plate(
        "A film without end that falls into the dream of a pagoda: new faces grow out of the old ones.",
        "dream temple --zoom-frames 50 --loop 10 --size 320",
        film=True,
    ),
    "cat_painted": Plate(
        "A film of five seconds in which a photograph of a cat turns into blue and yellow strokes.",
        "style cat night_swirls --frames cat_painted.webp",
        film=True,
    ),
    "astronaut_stained_glass": Plate(
        "An astronaut in orange as a stained-glass window: dark leads along every shape, and glass of many colours.",
        "style astronaut stained_glass --size 1024",
    ),
}


def caption(name: str, entry: dict[str, Any], up: str = "../") -> str:
    """A plate with all that stands under it, as Markdown. up: the way from the page to the root."""
    page = "" if ALL[name].command else f" ([the program]({up}{program(name)}))"
    taken = f"{entry['seconds']} s and {entry['megabytes'] / 1000:.1f} GB"
    return (
        f"![{entry['alt']}]({up}images/plates/{ALL[name].kept(name)})\n\n```\n{entry['line']}\n```\n\n"
        f"{taken} on two processor cores, by {entry['network']}{page}."
    )


def renewed(text: str, index: dict[str, Any], up: str) -> str:
    """A page's text with the plates that it shows captioned as the index says."""
    for name, entry in index.items():
        old = rf"!\[[^\]]*\]\({re.escape(up)}images/plates/{name}\.\w+\)\n\n```\n.*?\n```\n\n\d+ s and [^\n]*"
        text = re.sub(old, lambda _, name=name, entry=entry: caption(name, entry, up), text, flags=re.DOTALL)
    return text


def renew_pages(index: dict[str, Any]) -> None:
    """Write the captions of all plates anew, in README and in the lessons."""
    readme = ROOT / "README.md"
    readme.write_text(renewed(readme.read_text(encoding="utf-8"), index, ""), encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        before = [cell.source for cell in notebook.cells]
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = renewed(cell.source, index, "../")
        if [cell.source for cell in notebook.cells] != before:
            nbformat.write(notebook, path)


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


def make(name: str, weights: Path | None) -> dict[str, Any]:
    """Make a plate; its entry in the index."""
    plate = ALL[name]
    with tempfile.TemporaryDirectory() as folder:
        command = plate.process(name, weights if plate.network in RELEASED else None)
        with multiprocessing.Pool(1) as fresh:  # Of a process's children only the largest is told.
            seconds, memory = fresh.apply(measured, (command, folder))
        if plate.film:
            shutil.copy(Path(folder) / f"{name}.webp", PLATES)
        else:
            with Image.open(Path(folder) / f"{name}.png") as image:
                (PLATES / f"{name}.jpg").write_bytes(smallest_jpeg(image.convert("RGB")))
    print(f"{name}: {seconds:.0f} s, {memory:.0f} MB")
    taken = {"seconds": round(seconds), "megabytes": 10 * round(memory / 10)}
    network = RELEASED.get(plate.network, plate.network)
    return {"line": plate.line(name), "network": network, **taken, "alt": plate.alt}


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
    renew_pages(index)


if __name__ == "__main__":
    main()
