"""The command line: `python -m course_utils style CONTENT STYLE -o OUT` and `python -m course_utils info`.

Everything that a person can get wrong is checked before TensorFlow is loaded, which takes seconds.
"""

from __future__ import annotations

import argparse
import difflib
import importlib.metadata
import inspect
import math
import os
import platform
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from course_utils import __version__, images
from course_utils.errors import CourseError

SMALLEST_SIDE = {"mini": 32, "vgg19": 32, "inception_v3": 75, "random": 32}
LARGEST, MOST_STEPS, FRAMES = 4096, 10_000, 36
EPILOG = """Names of shipped pictures work wherever a file does; `info` lists them. Ctrl-C saves the picture as it is.

  python -m course_utils style cat night_swirls -o cat.png
  python -m course_utils style holiday.jpg stained_glass woodcut_waves --blend 2,1 --size 512 -o holiday.png"""


class Parser(argparse.ArgumentParser):
    """A parser that complains in one line, without the usage, and names the nearest word that it knows."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments: "):
            word = message.split(": ", 1)[1].split()[0]
            message = f"there is no option {word}" if word.startswith("-") else f"{word} is one argument too many"
            message += _nearest(word, self._flags())
        elif "invalid choice: " in message:
            where, word = message.split(": invalid choice: '")
            word = word.split("'")[0]
            known = next(
                list(a.choices) for a in self._actions if a.choices and where.endswith(a.metavar or a.option_strings[0])
            )
            message = f"{where}: there is no {word!r}{_nearest(word, known)}; there are {', '.join(known)}"
        raise CourseError(message)

    def _flags(self) -> list[str]:
        """The options of this parser and of its commands: what is left over is found by the outermost one."""
        inner = [p for action in self._actions if isinstance(action.choices, dict) for p in action.choices.values()]
        return [flag for p in (self, *inner) for action in p._actions for flag in action.option_strings]


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f": did you mean {near[0]}?" if near else ""


def number(low: float, high: float, kind: Callable[[str], Any] = float, above: bool = False) -> Callable[[str], Any]:
    """A type for argparse: a number of at least (or above) `low` and at most `high`, else one line that says so."""

    def convert(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (low < value if above else low <= value) or not value <= high:
            what = "a whole number" if kind is int else "a number"
            limits = f"above {low:g}" if above else f"of at least {low:g}"
            raise argparse.ArgumentTypeError(
                f"{text!r} must be {what} {limits}{'' if math.isinf(high) else f' and at most {high:g}'}"
            )
        return value

    return convert


def blend_weights(text: str) -> list[float]:
    weight = number(0, 1e6)
    return [weight(part) for part in text.split(",")]


def parser() -> Parser:
    top = Parser(
        prog="course_utils", description="Deep Dream and neural style, from the command line.", allow_abbrev=False
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="style | info", parser_class=Parser)
    style = commands.add_parser(
        "style",
        help="paint a photograph in the style of one or more paintings",
        description="Paint a photograph in the style of one or more paintings.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add, weight = style.add_argument, number(0, 1e6)
    add("content", metavar="CONTENT", help="the photograph: a file, or the name of a shipped picture")
    add("styles", metavar="STYLE", nargs="+", help="the painting, or several to be blended")
    add(
        "-o",
        "--output",
        metavar="OUT",
        required=True,
        help="the picture to write: .png (keeps the settings), .jpg, .webp",
    )
    add("--size", type=number(1, LARGEST, int), help="longest side in pixels (320)")
    add("--steps", type=number(1, MOST_STEPS, int), help="evaluations of the network (75)")
    add("--seed", type=number(0, 2**32 - 1, int), help="of a noise start (0)")
    add("--network", choices=tuple(SMALLEST_SIDE), help="mini, vgg19 (downloaded once), inception_v3, random (mini)")
    add("--content-weight", type=weight, metavar="X", help="how much the photograph counts (0.005)")
    add("--style-weight", type=weight, metavar="X", help="how much the painting counts (1)")
    add(
        "--style-scale",
        type=number(0, 8, above=True),
        metavar="X",
        help="size of the strokes, against the picture's (1)",
    )
    add("--blend", type=blend_weights, metavar="X,...", help="one weight for each painting, such as 2,1 (equal)")
    add("--start", metavar="content|noise|FILE", help="the picture to begin with (content)")
    add("--colours", choices=("luminance", "match"), help="keep the photograph's colours: its hues, or its palette")
    add("--frames", metavar="FILE", help="write a film of the run too: .gif, .webp or .png")
    commands.add_parser("info", help="versions, networks, names, and the time and memory to expect", allow_abbrev=False)
    return top


def check(options: argparse.Namespace, size: int) -> None:
    """Everything about the files of a `style` command, read in full, in the order in which they are named."""
    out = images.check_output(options.output)
    sources = [options.content, *options.styles]
    sources += [options.start] if options.start not in (None, "content", "noise") else []
    if options.frames:
        film = images.check_output(options.frames, tuple(images.ANIMATED_AS))
        if film.resolve() == out.resolve():
            raise CourseError(f"--frames {options.frames} is the output file itself: choose another name.")
    for target in filter(None, (options.output, options.frames)):
        for source in sources:
            if Path(target).exists() and Path(source).exists() and os.path.samefile(target, source):
                raise CourseError(f"{target} is one of the pictures to read, and would be overwritten: choose another.")
    if options.blend and len(options.blend) != len(options.styles):
        raise CourseError(
            f"--blend has {len(options.blend)} weights for {len(options.styles)} paintings: give one each."
        )
    if options.blend and sum(options.blend) == 0:
        raise CourseError("--blend: the weights must not all be 0.")
    least = SMALLEST_SIDE[options.network or "mini"]
    scales = [1] + [options.style_scale or 1] * len(options.styles)
    for source, scale in zip(sources, scales, strict=False):
        height, width = images.load_picture(source).shape[:2]
        longest = round(size * scale)
        shorter = round(longest * min(height, width) / max(height, width))
        if shorter < least:
            raise CourseError(
                f"{source} would have {shorter} pixels on its shorter side, and the network needs {least}: "
                f"choose a larger --size (now {size}){' or --style-scale' if scale != 1 else ''}."
            )
    if len(sources) > len(scales):
        images.load_picture(options.start)


def paint(arguments: list[str], options: argparse.Namespace) -> int:
    """Run the `style` command; returns the exit code."""
    started = time.monotonic()
    if options.size is None:
        options.size = 320
    check(options, options.size)
    from course_utils import style

    names = [
        "size",
        "steps",
        "seed",
        "network",
        "start",
        "colours",
        "style_scale",
        "blend",
        "content_weight",
        "style_weight",
    ]
    chosen = {name: value for name in names if (value := getattr(options, name)) is not None}
    film: list = []
    result = style.style_transfer(
        options.content,
        options.styles,
        progress="painting",
        callback=film_maker(film) if options.frames else None,
        **chosen,
    )
    defaults = {
        name: parameter.default
        for function in (style.StyleObjective, style.style_transfer)
        for name, parameter in inspect.signature(function).parameters.items()
        if name in names
    }
    height, width = result.picture.shape[:2]
    command = shlex.join(["python", "-m", "course_utils", *arguments])
    settings = defaults | chosen | {"content": options.content, "styles": ", ".join(options.styles)}
    settings |= {"evaluations": result.evaluations, "loss": f"{result.loss:.6g}", "ended": result.message}
    settings |= {"command": command, "version": __version__}
    images.save_picture(result.picture, options.output, settings)
    if options.frames:
        images.save_animation([*thinned(film), result.picture], options.frames)
    seconds = time.monotonic() - started
    print(f"{options.output}: {width} x {height}, {result.evaluations} evaluations, {seconds:.1f} s")
    if result.interrupted:
        print("interrupted: the picture is as far as it got", file=sys.stderr)
    return 130 if result.interrupted else 0


def film_maker(film: list) -> Callable[[Any], None]:
    """Keep the pictures of a run, early ones closer together: most of the change is at the beginning."""

    def keep(state: Any) -> None:
        film.append(images.to_image(state.picture))

    return keep


def thinned(film: list) -> list:
    """At most FRAMES of the pictures, ever farther apart."""
    if len(film) <= FRAMES:
        chosen = range(len(film))
    else:
        chosen = sorted({round((len(film) - 1) * (k / (FRAMES - 1)) ** 1.5) for k in range(FRAMES)})
    return [images.load_picture(film[k]) for k in chosen]


def info() -> int:
    """Print what there is on this machine; about five seconds."""
    print(f"course_utils {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    packages = ("tensorflow", "keras", "numpy", "scipy", "pillow", "jupyterlab")
    print("packages   ", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages))
    from course_utils import measure

    for title, line in measure.report():
        print(f"{title:11} {line}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 2 for what the user can put right, 130 after Ctrl-C."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        options = parser().parse_args(arguments)
        return info() if options.command == "info" else paint(arguments, options)
    except CourseError as error:
        message, code = str(error), 2
    except OSError as error:
        message, code = f"{error.filename or 'a file'}: {error.strerror or error}", 2
    except KeyboardInterrupt:
        message, code = "interrupted before there was a picture", 130
    except Exception as error:
        if not isinstance(error, MemoryError) and type(error).__name__ != "ResourceExhaustedError":
            raise  # A mistake of ours, whose traceback is worth seeing. The second name is TensorFlow's MemoryError.
        message, code = "there is not enough memory: choose a smaller --size", 1
    print(f"course_utils: error: {' '.join(message.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
