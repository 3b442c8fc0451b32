"""The photographs and paintings that the course brings along, by name, and how a name or a path becomes a file."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.lookup import did_you_mean
from course_utils.pictures import commons

PAINTINGS = Path(__file__).resolve().parents[2] / "images"
PHOTOGRAPHS = {  # Name to the package that ships it, and its file there.
    "cat": ("skimage", "data/chelsea.png"),
    "astronaut": ("skimage", "data/astronaut.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "temple": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}

PAINTED = (  # The course's own paintings, which lie in a checkout only.
    "abstract_circles",
    "cut_paper",
    "impasto_sunflowers",
    "ink_mountains",
    "mosaic_peacock",
    "night_swirls",
    "palette_knife",
    "pointillist_meadow",
    "stained_glass",
    "woodcut_waves",
    "woven_kilim",
)


def names() -> dict[str, list[str]]:
    """Names that work wherever a file does: {"photographs": [...], "paintings": [...]}."""
    paintings = sorted(path.stem for path in PAINTINGS.glob("*.jpg"))
    return {"photographs": [name for name in PHOTOGRAPHS if _photograph(name)], "paintings": paintings}


def all_shipped() -> list[str]:
    """The names of all photographs and paintings that the course has: for what is measured over them.

    Raises CourseError where one of them is not there, without which something else would be measured.
    """
    found = {name for group in names().values() for name in group}
    expected = [*PHOTOGRAPHS, *PAINTED]
    if missing := [name for name in expected if name not in found]:
        raise CourseError(
            f"{', '.join(missing)}: not there, and what is measured here needs all pictures of a checkout."
        )
    return expected


def _photograph(name: str) -> Path | None:
    """The file of a photograph inside the package that ships it, or None where that package leaves it out."""
    package, file = PHOTOGRAPHS[name]
    spec = importlib.util.find_spec(package)  # Finds the package without importing it, which takes a second.
    folders = (spec and spec.submodule_search_locations) or []
    return next((path for folder in folders if (path := Path(folder) / file).is_file()), None)


def find_picture(source: str | os.PathLike) -> Path:
    """The file behind a path or behind the name of a shipped picture.

    Raises CourseError: neither a file nor a name (the nearest names are given), or a folder.
    """
    path = Path(os.path.expanduser(source))
    if os.path.isdir(path):  # os.path, since Path raises where a name is too long for a file.
        raise CourseError(f"{source} is a folder: give one picture in it.")
    if os.path.isfile(path):
        return path
    if str(source) in PHOTOGRAPHS and (found := _photograph(str(source))):
        return found
    painting = PAINTINGS / f"{source}.jpg"
    if Path(source).name == str(source) and os.path.isfile(painting):
        return painting
    if str(source) in commons.PAINTINGS:
        raise CourseError(f"{source}: no such file; {commons.how_to_fetch(str(source))}")
    known = [name for group in names().values() for name in group]
    hint = did_you_mean(str(source), known, f"shipped pictures are {', '.join(known)}.", most=3, likeness=0.6)
    if not PAINTINGS.is_dir():
        hint += " The course's paintings are there in an installation from a checkout only."
    raise CourseError(f"{source}: no such file; {hint}")
