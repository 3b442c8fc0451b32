"""The command `texture`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from course_utils import defaults
from course_utils.commands import files
from course_utils.commands.arguments import (
    TOLD,
    Parser,
    add_files,
    evaluations_by_stage,
    merged,
    number,
    one_of,
    style_network,
    unweighted,
    width_and_height,
)
from course_utils.commands.job import Film, Job
from course_utils.defaults import LARGEST_SIZE
from course_utils.errors import CourseError
from course_utils.lookup import check_layer, layer_widths
from course_utils.pictures.sizes import resize
from course_utils.style.settings import SPREAD, TextureSettings

if TYPE_CHECKING:
    from course_utils.optimize.states import Result, State

HELP = "weave a texture like an example, from noise; it can be laid side by side like tiles"
EXAMPLE = "python -m course_utils texture woven_kilim -o kilim.png"
EXAMPLES = (
    "python -m course_utils texture wall.jpg --size 512x256 --example-size 192 -o wall.png",
    "python -m course_utils texture night_swirls --layer block1_conv1,block2_conv1 --frames fine.gif -o fine.png",
)


@dataclass(frozen=True, kw_only=True)
class TextureJob(Job):
    """A texture to be made.

    example: the picture (h, w, 3) as the network will look at it. size: (height, width) of the texture. settings:
    the options of `texture`.
    """

    example: np.ndarray
    size: tuple[int, int]
    settings: TextureSettings

    def film(self) -> Film:
        from course_utils.style.noise import coloured_noise

        first = coloured_noise(self.example, self.size, self.settings.seed, SPREAD)
        return Film(first, sum(self.settings.steps_by_stage()), self.finish)

    def finish(self, picture: np.ndarray) -> np.ndarray:
        return resize(picture, self.size)  # That of an early stage is smaller.

    def run(self, callback: Callable[[State], None]) -> tuple[Result, list[np.ndarray]]:
        from course_utils.style.textures import texture

        result = texture(self.example, self.size, callback=callback, progress="weaving", **self.settings.as_dict())
        return result, [result.picture]


def describe(parser: Parser) -> None:
    """Give a parser the command's options."""
    add = parser.add_argument
    parser.surplus = "one example is asked for, and several layers go with commas between them."
    add("image", metavar="IMAGE", help="the example: a file, or the name of a shipped picture")
    add_files(add, "the texture to write")
    add("--size", type=width_and_height, metavar="WxH",
        help="width and height in pixels, or one number for a square; default: twice the example's sides")  # fmt: skip
    add("--example-size", type=number(defaults.MARGIN + 1, LARGEST_SIZE, int), metavar="N",
        default=TextureSettings.example_size,
        help="longest side with which the example is looked at: fewer pixels, smaller things" + TOLD)  # fmt: skip
    add("--steps", type=evaluations_by_stage, metavar="N", default=TextureSettings.steps,
        help="evaluations of the loss at the first size, at most, and half of those before at each larger one; or "
        "N,N,..., one for each size" + TOLD)  # fmt: skip
    add("--statistic", type=one_of(defaults.STATISTICS), metavar="NAME", default=TextureSettings.statistic,
        help=f"what is kept of a layer: {', '.join(defaults.STATISTICS)}" + TOLD)  # fmt: skip
    add("--layer", dest="layers", type=unweighted, action="append", metavar="NAME,...",
        help="layers to agree in, deeper ones for larger things; may come several times; "
        f"default {','.join(defaults.STYLE_LAYERS)}")  # fmt: skip
    add("--network", type=style_network, metavar="NAME", default=TextureSettings.network,
        help="mini; vgg19, downloaded once, slower; random, which is untrained" + TOLD)  # fmt: skip


def check(options: argparse.Namespace) -> TextureJob:
    """The job that the options ask for. Raises CourseError for the first thing that is in the way."""
    layers = tuple(merged("--layer", options.layers)) or defaults.STYLE_LAYERS
    for name in layers:
        check_layer(name, list(layer_widths(options.network) or {}), options.network)
    out, frames = files.outputs(options, [options.image])
    names = files.names(options, [options.image])
    example = files.load(options.image, options.example_size, defaults.MARGIN + 1, "--example-size")
    size = options.size or tuple(2 * side for side in example.shape[:2])
    if max(size) > LARGEST_SIZE:
        raise CourseError(
            f"--example-size {options.example_size} would make a texture of {max(size)} pixels, twice as many: "
            f"give a --size, which may come to {LARGEST_SIZE}."
        )
    given = TextureSettings.among(vars(options) | {"layers": layers})
    words = {"image": names[options.image], "size": f"{size[1]}x{size[0]}"} | given | {"layers": ",".join(layers)}
    return TextureJob(out=out, frames=frames, save_every=options.save_every, words=words, names=names, example=example,
                      size=size, settings=TextureSettings(**given))  # fmt: skip
