"""The command `style`."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from course_utils import defaults
from course_utils.commands import files
from course_utils.commands.arguments import (
    MOST_WEIGHT,
    TOLD,
    Parser,
    add_files,
    evaluations_by_stage,
    number,
    numbers,
    one_of,
    size,
    style_network,
)
from course_utils.commands.job import ClipJob, Film, Job
from course_utils.defaults import LARGEST_SIZE
from course_utils.errors import CourseError
from course_utils.pictures.colours import keep_chroma
from course_utils.pictures.saving import SAVED_AS
from course_utils.pictures.sizes import resize
from course_utils.style.settings import (
    COLOURS,
    FEWER,
    GRAIN,
    LARGEST_STROKE,
    LARGEST_STYLE_SCALE,
    MOST_STAGES,
    StyleSettings,
)

if TYPE_CHECKING:
    from course_utils.optimize.states import Result, State

PAPERS = {"a4": (1754, 1240), "a3": (2480, 1754)}  # Longer and shorter side, in pixels.
DOTS_PER_INCH = 150
HELP = "paint a photograph in the style of one or more paintings"
EXAMPLE = "python -m course_utils style cat night_swirls -o cat.png"
EXAMPLES = (
    "python -m course_utils style holiday.jpg stained_glass woodcut_waves --blend 2,1 --size 512 -o holiday.png",
    "python -m course_utils style cat night_swirls --colours luminance --frames cat.gif -o cat.png",
)


@dataclass(frozen=True, kw_only=True)
class StyleJob(Job):
    """A painting to be made.

    content: the photograph (h, w, 3) at its final size. styles: the paintings at theirs. opacity: of the photograph,
    (h, w), 0..255, or None. settings: the options of `style_transfer`. paper: of PAPERS, that it is to fill, or None.
    """

    content: np.ndarray
    styles: list[np.ndarray]
    opacity: np.ndarray | None
    settings: StyleSettings
    paper: str | None

    @property
    def dots_per_inch(self) -> int | None:
        return DOTS_PER_INCH if self.paper else None

    def film(self) -> Film:
        from course_utils.style.transfer import start_picture

        first = start_picture(self.settings.start, self.content, self.settings.seed)
        return Film(first, sum(self.settings.steps_by_stage()), self.finish)

    def run(self, callback: Callable[[State], None]) -> tuple[Result, list[np.ndarray]]:
        from course_utils.style.transfer import style_transfer

        if self.paper:
            from course_utils.commands.measure import expected

            height, width = self.content.shape[:2]
            print(f"{self.paper}: {width} x {height} pixels; {expected(self.content.shape, self.settings)}",
                  file=sys.stderr, flush=True)  # fmt: skip
        result = style_transfer(
            self.content, self.styles, callback=callback, progress="painting", **self.settings.as_dict()
        )
        return result, [files.with_opacity(result.picture, self.opacity)]

    def finish(self, picture: np.ndarray) -> np.ndarray:
        picture = resize(picture, self.content.shape[:2])  # That of an early stage is smaller.
        return keep_chroma(picture, self.content) if self.settings.colours == "luminance" else picture


def describe(parser: Parser) -> None:
    """Give a parser the command's options."""
    add, weight = parser.add_argument, number(0, MOST_WEIGHT)
    scale = number(0, LARGEST_STYLE_SCALE, above=True)
    add("content", metavar="CONTENT",
        help="the photograph: a file, or the name of a shipped picture; where it is transparent, OUT is too, but a "
        "JPEG is white there; or a short film, where OUT is one too")  # fmt: skip
    add("styles", metavar="STYLE", nargs="+", help="the painting; several are blended")
    add_files(add, "the picture to write")
    add("--size", type=size(), metavar="N", default=StyleSettings.size, help="longest side, in pixels" + TOLD)
    add("--paper", type=one_of(PAPERS), metavar="NAME",
        help=f"a3 or a4, in the place of --size: as large as fills it at {DOTS_PER_INCH} dots an inch")  # fmt: skip
    add("--stroke", type=number(0, LARGEST_STROKE, above=True), metavar="X", default=StyleSettings.stroke,
        help="how large strokes are: the picture is painted small first, and a larger number begins smaller; .25 keeps "
        "the photograph's detail, 2 has a painting's sweep" + TOLD)  # fmt: skip
    add("--steps", type=evaluations_by_stage, metavar="N", default=StyleSettings.steps,
        help=f"evaluations of the loss at the first size, at most, and {FEWER:.2f} of those before at each larger "
        "one; or N,N,..., one for each size" + TOLD)  # fmt: skip
    add("--stages", type=number(1, MOST_STAGES, int), metavar="N", default=StyleSettings.stages,
        help="so many sizes to paint at, each twice the one before, instead of --stroke")  # fmt: skip
    add("--network", type=style_network, metavar="NAME", default=StyleSettings.network,
        help="mini; vgg19, the paper's: downloaded once, slower; random, which is untrained" + TOLD)  # fmt: skip
    add("--content-weight", type=weight, metavar="X", default=StyleSettings.content_weight,
        help="how much the photograph's shapes count" + TOLD)  # fmt: skip
    add("--style-weight", type=weight, metavar="X", default=StyleSettings.style_weight,
        help="how much the painting's style counts" + TOLD)  # fmt: skip
    add("--style-scale", type=scale, metavar="X", default=StyleSettings.style_scale,
        help="the painting's size against the picture's: a larger one has larger strokes" + TOLD)  # fmt: skip
    add("--blend", type=numbers, metavar="X,...", help="one weight for each painting, such as 2,1; default: equal")
    add("--mask", dest="masks", metavar="FILE", action="append",
        help="a picture, stretched over the photograph, whose light parts the first painting paints; once more for the "
        "second, and so on, in the place of --blend; where none is light, the photograph stays")  # fmt: skip
    add("--start", metavar="FROM", default=StyleSettings.start,
        help="content, noise (with --content-weight 0.05 or more), or a picture to begin with, such as one that a run "
        "has left, which then goes on" + TOLD)  # fmt: skip
    add("--grain", type=number(0, 255), metavar="X", default=StyleSettings.grain,
        help="noise that is added to the start, in grey levels: without any, an even sky gets no strokes; default "
        f"{GRAIN:g}, and 0 for a picture to begin with")  # fmt: skip
    add("--colours", "--colors", type=one_of(COLOURS), metavar="HOW",
        help="luminance: keep the photograph's colours, take light and dark from the painting; "
        "match, histogram: give the painting the photograph's palette first, by mean and covariance, or channel by "
        "channel; default: the painting's colours")  # fmt: skip


def check(options: argparse.Namespace) -> Job:
    """The job that the options ask for. Raises CourseError for the first thing that is in the way."""
    _check_weights(options)
    _choose_size(options)
    style_size = round(options.size * options.style_scale)
    if style_size > LARGEST_SIZE:
        raise CourseError(f"--style-scale {options.style_scale:g} would make the painting {style_size} pixels large: "
                          f"times --size, it may come to {LARGEST_SIZE}.")  # fmt: skip
    sources = [options.content, *options.styles, *(options.masks or [])]
    given_start = options.start not in ("content", "noise")
    if given_start:
        _find_start(options.start)
    sources += [options.start] * given_start
    clip = files.clip(options.content, options, "the painting")
    out, frames = files.outputs(options, sources, files.MOVING if clip else tuple(SAVED_AS))
    names = files.names(options, sources)
    least = defaults.NETWORKS[options.network]
    content = files.load(options.content, options.size, least, "--size", clip)
    styles = [files.load(source, style_size, least, "--size or --style-scale") for source in options.styles]
    start = files.read(options.start) if given_start else options.start
    masks = [files.mask(mask, content) for mask in options.masks] if options.masks else None
    given = StyleSettings.among(vars(options) | {"start": start, "masks": masks})
    settings = StyleSettings(**given)
    words = {"content": names[options.content], "styles": ", ".join(names[style] for style in options.styles)} | given
    words |= {"start": names.get(options.start, options.start), "grain": settings.grain_of_start}
    words |= {"blend": ",".join(f"{weight:g}" for weight in options.blend or [1] * len(styles))}
    words |= {"masks": ", ".join(names[mask] for mask in options.masks or []) or "none"}
    words |= {"steps": ",".join(map(str, settings.steps_by_stage()))}
    words |= {"stages": settings.growth[0]}
    words |= {"colours": options.colours or "the painting's"}
    if clip:
        return ClipJob(out=out, frames=None, save_every=None, words=words, names=names, clip=clip,
                       make=lambda frames: _painted(frames, styles, settings))  # fmt: skip
    return StyleJob(out=out, frames=frames, save_every=options.save_every, words=words, names=names, content=content,
                    styles=styles, opacity=files.opacity(options.content, content), settings=settings,
                    paper=options.paper)  # fmt: skip


def _painted(frames: list[np.ndarray], styles: list[np.ndarray], settings: StyleSettings) -> Iterator[Result]:
    from course_utils.style.film import style_film

    return style_film(frames, styles, **settings.as_dict())


def _choose_size(options: argparse.Namespace) -> None:
    """Let --paper choose --size. Raises CourseError where there is another size, or a film, which is not printed."""
    if not options.paper:
        return
    if options.size != StyleSettings.size:
        raise CourseError("--paper chooses the size by itself: leave --size out.")
    if files.is_film(options):
        raise CourseError("--paper is for a picture, and a film is asked for: leave it out.")
    longer, shorter = PAPERS[options.paper]
    sides = sorted(files.read(options.content).shape[:2])
    options.size = min(longer, round(shorter * sides[1] / sides[0]))


def _check_weights(options: argparse.Namespace) -> None:
    if options.blend and len(options.blend) != len(options.styles):
        raise CourseError(
            f"--blend has {len(options.blend)} weights; the number of paintings is {len(options.styles)}: give as many."
        )
    if options.masks and options.blend:
        raise CourseError("--mask takes the place of --blend: leave one of them out.")
    if options.masks and len(options.masks) != len(options.styles):
        raise CourseError(
            f"--mask was given {len(options.masks)} times; the number of paintings is {len(options.styles)}: as often."
        )
    if options.blend and not sum(options.blend):
        raise CourseError("--blend: all weights are 0; one of them at least must be above it.")
    if not options.content_weight and not options.style_weight:
        raise CourseError("--content-weight and --style-weight are both 0: nothing would be left to aim at.")


def _find_start(source: str) -> None:
    try:
        files.find(source)
    except CourseError:
        if near := difflib.get_close_matches(source, ("content", "noise"), 1, 0.5):
            raise CourseError(f"--start {source}: no such file; did you mean {near[0]}?") from None
        raise
