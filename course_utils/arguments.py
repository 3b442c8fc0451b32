"""What the command line can be told, and one clear line for everything that does not fit.

Nothing here loads TensorFlow, which takes seconds: a wrong word is answered at once.
"""

from __future__ import annotations

import argparse
import difflib
import math
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from course_utils import __version__, commons, defaults, fetch, images
from course_utils.errors import CourseError

LARGEST_SIZE, MOST_STEPS = 4096, 10_000
STYLE_NETWORKS = [name for name in defaults.NETWORKS if name != "inception_v3"]  # Those with the paper's layers.
EXAMPLE = "python -m course_utils style cat night_swirls -o cat.png"
EPILOG = f"""Examples:
  {EXAMPLE}
  python -m course_utils style holiday.jpg stained_glass woodcut_waves --blend 2,1 --size 512 -o holiday.png
  python -m course_utils style cat night_swirls --colours luminance --frames cat.gif -o cat.png

The names of shipped pictures, such as cat and night_swirls, work wherever a file does, and so do old paintings on
Wikimedia Commons, written as commons:starry_night and fetched once; `python -m course_utils info` lists them all, and
tells the time and memory that each size takes. A PNG keeps the settings, the seed and the command that made it. Ctrl-C
ends a run early and saves the picture as it is."""


@dataclass(frozen=True)
class Job:
    """What a `style` command asks for: checked, its pictures decoded.

    content: the photograph (h, w, 3) at its final size. styles: the paintings at theirs. start: "content", "noise" or a
    picture. out, frames: files to be written. options: the other arguments of `style_transfer`. words: every setting as
    text, as a PNG stores it.
    """

    content: np.ndarray
    styles: list[np.ndarray]
    start: str | np.ndarray
    out: Path
    frames: Path | None
    options: dict[str, Any]
    words: dict[str, Any]


class Parser(argparse.ArgumentParser):
    """A parser that complains by a CourseError, in one line and without the usage."""

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ")
        if message.startswith("the following arguments are required: "):
            missing = message.split(": ", 1)[1].replace("-o/--output", "-o OUT")
            message = f"missing: {missing}; a whole command is {EXAMPLE}"
        elif message.startswith("unrecognized arguments: "):
            message = f"{message.split(': ', 1)[1]} is too much here: see --help."
        raise CourseError(message)


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a complaint about an unknown word: those that are near, or all."""
    known = list(known)
    near = difflib.get_close_matches(word, known, 2, 0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"use one of {', '.join(known)}."


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
    return [number(0, 1_000_000)(part) for part in text.split(",")]


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of a command line, each by itself as it should be; `check` looks at how they fit together.

    Raises CourseError for the first one that does not, SystemExit after --help and --version.
    """
    top = Parser(prog="python -m course_utils", description="Neural style, as a command.", epilog=f"Example: {EXAMPLE}")
    top.add_argument("--version", action="version", version=f"course_utils {__version__}")
    commands = top.add_subparsers(dest="command", metavar="style | info", required=True)
    _describe_style(commands)
    commands.add_parser(
        "info",
        help="versions, this machine, networks, names of pictures, and the time and memory to expect",
        description="Tell versions, this machine, networks, names of pictures, and the time and memory to expect. "
        "Takes some seconds, since it measures a short run.",
    )
    first = arguments[0] if arguments else None
    if first is None:
        raise CourseError(f"say what to do: style or info. See --help, or try {EXAMPLE}")
    if first not in ("-h", "--help", "--version") and first not in commands.choices:
        raise CourseError(f"there is no command {first!r}; {nearest(first, commands.choices)}")
    parser = commands.choices.get(first, top)
    flags = [flag for action in parser._actions for flag in action.option_strings]
    return top.parse_args([first, *_in_order(arguments[1:], flags)])


def _describe_style(commands: Any) -> None:
    style = commands.add_parser(
        "style",
        help="paint a photograph in the style of one or more paintings",
        description="Paint a photograph in the style of one or more paintings.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, weight, told = style.add_argument, number(0, 1_000_000), "; default %(default)s"
    size = number(1, LARGEST_SIZE, int, why="A larger picture would take more than 16 GB of memory.")
    steps = number(1, MOST_STEPS, int, why="After some hundreds hardly anything changes.")
    scale = number(0, defaults.LARGEST_STYLE_SCALE, above=True)
    add("content", metavar="CONTENT", help="the photograph: a file, or the name of a shipped picture")
    add("styles", metavar="STYLE", nargs="+", help="the painting; several are blended")
    add("-o", "--output", metavar="OUT", required=True, help="the picture to write: .png, .jpg or .webp")
    add("--size", type=size, metavar="N", default=defaults.SIZE, help="longest side, in pixels" + told)
    add("--steps", type=steps, metavar="N", default=defaults.STEPS, help="evaluations of the loss, at most" + told)
    add("--seed", type=number(0, 2**32 - 1, int), metavar="N", default=defaults.SEED, help="of the noise" + told)
    add("--network", type=style_network, metavar="NAME", default=defaults.NETWORK,
        help="mini; vgg19, the paper's: downloaded once, slower; random, which is untrained" + told)  # fmt: skip
    add("--content-weight", type=weight, metavar="X", default=defaults.CONTENT_WEIGHT,
        help="how much the photograph's shapes count" + told)  # fmt: skip
    add("--style-weight", type=weight, metavar="X", default=defaults.STYLE_WEIGHT,
        help="how much the painting's style counts" + told)  # fmt: skip
    add("--style-scale", type=scale, metavar="X", default=defaults.STYLE_SCALE,
        help="the painting's size against the picture's: a larger one has larger strokes" + told)  # fmt: skip
    add("--blend", type=numbers, metavar="X,...", help="one weight for each painting, such as 2,1; default: equal")
    add("--start", metavar="FROM", default=defaults.START,
        help="content, noise (with --content-weight 0.05 or more), or a picture to begin with" + told)  # fmt: skip
    add("--colours", "--colors", type=one_of(("luminance", "match")), metavar="HOW",
        help="luminance: keep the photograph's colours, take light and dark from the painting; "
        "match: give the painting the photograph's palette first; default: the painting's colours")  # fmt: skip
    add("--frames", metavar="FILE", help="also write a film of the run: .gif, .png or .webp")


def _in_order(words: list[str], flags: list[str]) -> list[str]:
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


def check(options: argparse.Namespace) -> Job:
    """See that the options fit together, that the files can be written, and read the pictures in full.

    Raises CourseError for the first thing that is in the way.
    """
    if options.blend and len(options.blend) != len(options.styles):
        raise CourseError(
            f"--blend has {len(options.blend)} weights; the number of paintings is {len(options.styles)}: give as many."
        )
    if options.blend and not sum(options.blend):
        raise CourseError("--blend: all weights are 0; one of them at least must be above it.")
    if not options.content_weight and not options.style_weight:
        raise CourseError("--content-weight and --style-weight are both 0: nothing would be left to aim at.")
    style_size = round(options.size * options.style_scale)
    if style_size > LARGEST_SIZE:
        raise CourseError(f"--style-scale {options.style_scale:g} would make the painting {style_size} pixels large: "
                          f"times --size, it may come to {LARGEST_SIZE}.")  # fmt: skip
    sources = [options.content, *options.styles]
    given_start = options.start not in ("content", "noise")
    found = [_find(source) for source in sources] + ([_find_start(options.start)] if given_start else [])
    files = [file for file in found if file]
    out = _writable(options.output, images.SAVED_AS, files)
    frames = _writable(options.frames, images.ANIMATED_AS, files) if options.frames else None
    if frames and _same(out, frames):
        raise CourseError(f"--frames {frames} is the picture that -o names: give the film another name.")
    least = defaults.NETWORKS[options.network]
    content = _load(options.content, options.size, least, "--size")
    styles = [_load(source, style_size, least, "--size or --style-scale") for source in options.styles]
    start = _read(options.start) if given_start else options.start
    passed = ("size", "steps", "seed", "network", "content_weight", "style_weight", "style_scale", "blend", "colours")
    words = {"content": options.content, "styles": ", ".join(options.styles), "start": options.start}
    words |= {name: getattr(options, name) for name in passed}
    words |= {"blend": ",".join(f"{weight:g}" for weight in options.blend or [1] * len(styles))}
    words |= {"colours": options.colours or "the painting's"}
    return Job(content, styles, start, out, frames, {name: getattr(options, name) for name in passed}, words)


def _find(source: str) -> Path | None:
    """The file of a picture, or None for a painting on Wikimedia Commons, of which only the name is checked yet."""
    if not source.startswith(commons.PREFIX):
        return images.find_picture(source)
    commons.find_painting(source.removeprefix(commons.PREFIX))
    return None


def _read(source: str) -> np.ndarray:
    if source.startswith(commons.PREFIX):
        return fetch.painting(source.removeprefix(commons.PREFIX))
    return images.load_picture(source)


def _find_start(source: str) -> Path | None:
    try:
        return _find(source)
    except CourseError:
        if near := difflib.get_close_matches(source, ("content", "noise"), 1, 0.5):
            raise CourseError(f"--start {source}: no such file; did you mean {near[0]}?") from None
        raise


def _writable(path: str, types: Iterable[str], inputs: list[Path]) -> Path:
    """The path of a file to be written, if it can be, and if it is none of the inputs."""
    out = images.check_output(path, tuple(types))
    if any(_same(out, source) for source in inputs):
        raise CourseError(f"{path} is one of the pictures to be read and would be overwritten: choose another name.")
    try:  # Permissions say nothing to an administrator, nor of a disk that is full or may only be read.
        with tempfile.TemporaryFile(dir=out.parent):
            return out
    except OSError as error:
        raise CourseError(f"{path} cannot be written ({error.strerror}): choose another folder.") from None


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except FileNotFoundError:  # What is not there yet can only have the same name.
        return os.path.normcase(one.resolve()) == os.path.normcase(other.resolve())


def _load(source: str, size: int, least: int, remedy: str) -> np.ndarray:
    """A picture at a size, if its shorter side is then as long as the network needs."""
    picture = _read(source)
    shorter, longer = sorted(picture.shape[:2])
    if round(size * shorter / longer) >= least:
        return images.resize(picture, size)
    needed = math.ceil(least * longer / shorter)
    raise CourseError(
        f"{source} would have a side of {round(size * shorter / longer)} pixels, and the network needs {least}: "
        + (f"choose a larger {remedy} (for {needed} pixels)." if needed <= LARGEST_SIZE else "crop it first.")
    )
