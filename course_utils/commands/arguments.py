"""The words of the command line: a parser, types of values, the options that several commands share.

Nothing here loads TensorFlow, which takes seconds: a wrong word is answered at once.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from course_utils import defaults
from course_utils.defaults import LARGEST_SIZE, MOST_STEPS
from course_utils.errors import CourseError
from course_utils.lookup import did_you_mean

MOST_WEIGHT = 1_000_000
STYLE_NETWORKS = [name for name in defaults.NETWORKS if name != "inception_v3"]  # Those with the paper's layers.
TOLD = "; default %(default)s"
NAMES = """The names of shipped pictures, such as cat and night_swirls, work wherever a file does, and so do old
paintings on Wikimedia Commons, written as commons:starry_night and fetched once; `python -m course_utils info` lists
them all, and tells the time and memory that each size takes. A PNG keeps the settings, the seed and the command that
made it, with the names of your files and without their folders. Ctrl-C, or `kill`, ends a run early and saves the
picture as it is; `style` goes on from it with --start."""


class Parser(argparse.ArgumentParser):
    """A parser that complains by a CourseError, in one line and without the usage.

    example: a whole command. surplus: what to say to someone who gives a word too many.
    """

    example, surplus = "", "see --help."

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ")
        if message.startswith("the following arguments are required: "):
            missing = message.split(": ", 1)[1].replace("-o/--output", "-o OUT")
            message = f"missing: {missing}; a whole command is {self.example}"
        elif message.startswith("unrecognized arguments: "):
            message = f"{message.split(': ', 1)[1]} is too much here: {self.surplus}"
        raise CourseError(message)


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a complaint about an unknown word: those that are near, or all."""
    return did_you_mean(word, known, f"use one of {', '.join(known)}.")


def one_of(known: Iterable[str]) -> Callable[[str], str]:
    """A type for argparse: one of the words."""

    def convert(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(f"there is no {text!r}; {nearest(text, known)}")
        return text

    return convert


def style_network(text: str) -> str:
    """A type for argparse: a network that styles can be taken from."""
    if text in defaults.NETWORKS and text not in STYLE_NETWORKS:
        why = "has not the layers that styles are taken from"
        raise argparse.ArgumentTypeError(f"{text} {why}; use one of {', '.join(STYLE_NETWORKS)}.")
    return one_of(STYLE_NETWORKS)(text)


def number(
    low: float, high: float, kind: type[int] | type[float] = float, above: bool = False, why: str = ""
) -> Callable[[str], Any]:
    """A type for argparse: a number from (or above) `low` to `high`, limits that neither NaN nor infinity keeps.

    why: the reason for the upper limit, as a sentence.
    """
    what = f"{'a whole number' if kind is int else 'a number'} {'above' if above else 'from'} {low:,} "
    what += f"{'and up ' if above else ''}to {high:,}"

    def convert(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (low < value if above else low <= value) or not value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}.{f' {why}' if why and value > high else ''}")
        return value

    return convert


def numbers(text: str) -> list[float]:
    """A type for argparse: weights with commas between them."""
    return [number(0, MOST_WEIGHT)(part) for part in text.split(",")]


def weighted(text: str) -> list[tuple[str, float]]:
    """A type for argparse: names with commas between them, each with its weight as NAME=X, or 1."""
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(name.strip() for name, _, _ in pairs):
        raise argparse.ArgumentTypeError(f"a name is missing in {text!r}.")
    weight = number(-MOST_WEIGHT, MOST_WEIGHT)
    return [(name.strip(), weight(value) if equals else 1.0) for name, equals, value in pairs]


def channels(text: str) -> list[tuple[tuple[str, int], float]]:
    """A type for argparse: LAYER:K with commas between them, each with its weight as LAYER:K=X, or 1."""
    pairs = [(name.rpartition(":"), weight) for name, weight in weighted(text)]
    for (layer, _, k), _ in pairs:
        if not layer or not k.isdecimal():
            raise argparse.ArgumentTypeError(f"{text!r} is not LAYER:K, such as {defaults.CONTENT_LAYER}:17.")
    return [((layer, int(k)), weight) for (layer, _, k), weight in pairs]


def unweighted(text: str) -> list[tuple[str, float]]:
    """A type for argparse: names with commas between them, in the form of `weighted`."""
    if "=" in text:
        raise argparse.ArgumentTypeError(f"{text!r} has a weight, and here all weigh the same: leave it out.")
    return weighted(text)


def merged(flag: str, groups: list[list[tuple[Any, float]]] | None) -> dict[Any, float]:
    """What an option was given in all, when it may come several times. Raises CourseError for a name given twice."""
    together: dict[Any, float] = {}
    for name, weight in (pair for group in groups or [] for pair in group):
        if name in together:
            raise CourseError(
                f"{flag} names {':'.join(map(str, name)) if isinstance(name, tuple) else name} twice: leave one out."
            )
        together[name] = weight
    return together


def width_and_height(text: str) -> tuple[int, int]:
    """A type for argparse: W x H, or one number for a square, as (height, width)."""
    side, parts = number(defaults.MARGIN + 1, LARGEST_SIZE, int), text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not WxH, such as 512x384.")
    return side(parts[-1]), side(parts[0])


def add_files(add: Callable[..., Any], written: str, seeded: str = "the noise") -> None:
    """What every command that makes a picture has: -o, --frames, --save-every, --seed.

    written: what OUT will be. seeded: what comes out of the random numbers.
    """
    add("-o", "--output", metavar="OUT", required=True, help=f"{written}: .png, .jpg or .webp")
    add(
        "--frames",
        metavar="FILE",
        help="also write a film of the run: .gif, .png or .webp; or, with the package imageio-ffmpeg, .mp4 or .webm",
    )
    add("--save-every", type=number(1, MOST_STEPS, int), metavar="N",
        help="write the picture so far to OUT whenever N more evaluations, or steps of a dream, are done")  # fmt: skip
    add("--seed", type=number(0, 2**32 - 1, int), metavar="N", default=defaults.SEED, help=f"of {seeded}" + TOLD)


def size() -> Callable[[str], int]:
    """A type for argparse: a longest side."""
    return number(1, LARGEST_SIZE, int, why="A larger picture would take more than 16 GB of memory.")


def evaluations_by_stage(text: str) -> int | list[int]:
    """A type for argparse: steps of an optimisation; or several with commas between them, one a stage."""
    count = evaluations()
    return [0 if part == "0" else count(part) for part in text.split(",")] if "," in text else count(text)


def evaluations() -> Callable[[str], int]:
    """A type for argparse: steps of an optimisation."""
    return number(1, MOST_STEPS, int, why="After some hundreds hardly anything changes.")


def in_order(words: list[str], flags: list[str]) -> list[str]:
    """Options first, each with its value in one word: so argparse takes pictures in between, and values like -1,2."""
    options, pictures, rest = [], [], iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        if not word:
            raise CourseError("one of the pictures has an empty name.")
        if not word.startswith("-"):
            pictures.append(word)
        elif flag not in flags:
            raise CourseError(f"there is no option {flag}; {nearest(flag, flags)}")
        elif flag in ("-h", "--help", "--version"):
            options.append(flag)
        else:
            value = value if equals else next(rest, "")
            if not value or value in flags:
                raise CourseError(f"{flag} needs a value after it.")
            options.append(f"{flag}={value}")
    return options + pictures
