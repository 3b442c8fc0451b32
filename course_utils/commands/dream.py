"""The command `dream`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import defaults
from course_utils.commands import files
from course_utils.commands.arguments import (
    TOLD,
    Parser,
    add_files,
    channels,
    merged,
    number,
    one_of,
    size,
    weighted,
)
from course_utils.commands.job import ClipJob, Film, Job, as_bytes
from course_utils.defaults import LARGEST_SIZE
from course_utils.dream.settings import PRESETS, USUAL_STEPS, DreamSettings, Preset, find_preset, usual_steps
from course_utils.errors import CourseError
from course_utils.lookup import check_channel, check_layer, class_names, find_class, layer_widths
from course_utils.optimize.interrupts import noted
from course_utils.pictures.clips import Clip
from course_utils.pictures.saving import ANIMATED_AS, SAVED_AS
from course_utils.pictures.sizes import octave_shapes
from course_utils.progress import bar

if TYPE_CHECKING:
    from course_utils.optimize.states import Result, State

HELP = "let a network put more of what it sees into a picture"
EXAMPLE = "python -m course_utils dream rocket -o dream.png"
EXAMPLES = (
    "python -m course_utils dream holiday.jpg --layer block4_conv2=1,block5_conv1=2 --guide flower -o dream.png",
    "python -m course_utils dream temple --class goldfish --zoom-frames 60 --size 320 -o fall.gif",
)
SIZE = 512
MOST_GUIDE_BYTES = 4e9
WISHES = {"layers": "--layer", "channels": "--channel", "classes": "--class"}
COST_PRESETS = [name for name, preset in PRESETS.items() if preset.cost]


@dataclass(frozen=True, kw_only=True)
class DreamJob(Job):
    """A dream to be dreamt.

    picture: (h, w, 3) at its final size. opacity: its own, (h, w), 0..255, or None. wanted: layers, channels, classes,
    each with weights, or empty. guide: a picture. mask: (h, w), 0..1. preset: a name, or None, and what is `chosen` by
    it. network: a name. given: what was asked for of the options of `dream_steps`. zoom_frames: of the film into the
    dream, or None. loop: how many of its last ones flow into its beginning.
    """

    picture: np.ndarray
    opacity: np.ndarray | None
    wanted: dict[str, Any]
    guide: np.ndarray | None
    mask: np.ndarray | None
    preset: str | None
    chosen: Preset
    network: str
    given: dict[str, Any]
    zoom_frames: int | None
    loop: int

    @property
    def animated(self) -> bool:
        return self.zoom_frames is not None

    @property
    def last_seconds(self) -> float:
        return 0.0 if self.loop else super().last_seconds

    @property
    def aim(self) -> str:
        return "loss" if self.chosen.cost else "score"

    def film(self) -> Film:
        if self.chosen.cost:
            return Film(self.picture, int(self.chosen.cost["evaluations"]))
        steps = usual_steps(max(self.picture.shape)) | self.chosen.steps_of(self.network) | self.given
        least = defaults.NETWORKS[self.network]
        shapes = octave_shapes(self.picture.shape, steps["octaves"], steps["octave_scale"], least)
        return Film(self.picture, steps["steps"] * len(shapes))

    def run(self, callback: Callable[[State], None]) -> tuple[Result, list[np.ndarray]]:
        from course_utils.dream.method import deep_dream

        result = deep_dream(
            self.picture,
            **self.wanted,
            guide=self.guide,
            mask=self.mask,
            preset=self.preset,
            network=self.network,
            callback=callback,
            progress="dreaming",
            **self.given,
        )
        if self.zoom_frames is None or result.interrupted:
            return result, [files.with_opacity(result.picture, self.opacity)]
        return self._fall(result, self.zoom_frames)

    def _fall(self, result: Result, count: int) -> tuple[Result, list[np.ndarray]]:
        """The film from a dream into it. At Ctrl-C it ends with the frame that is being dreamt."""
        from course_utils.dream.film import zoom_film
        from course_utils.dream.method import dream_objective
        from course_utils.network import load_network
        from course_utils.optimize.states import INTERRUPTED

        frames = []
        with noted() as ctrl_c, bar(count, "falling") as falling:
            network = load_network(self.network)
            objective = dream_objective(network, **self.wanted, guide=self.guide, preset=self.preset)
            # How often each frame is dreamt, and at how many sizes, is for `zoom_film` to say: it needs little.
            steps = {
                k: v
                for k, v in (self.chosen.steps_of(self.network) | self.given).items()
                if k not in ("octaves", "steps")
            }
            steps |= {"smallest": network.smallest_side}
            steps |= {} if self.mask is None else {"mask": self.mask}
            film = zoom_film(objective, result.picture, count, **steps, loop=self.loop)
            for picture in film:
                frames.append(as_bytes(picture))
                falling.update()
                if ctrl_c.pressed:
                    return replace(result, interrupted=True, message=INTERRUPTED), frames
        return result, frames


def describe(parser: Parser) -> None:
    """Give a parser the command's options."""
    add = parser.add_argument
    parser.surplus = "one picture is asked for, and several layers or classes go with commas between them."
    add("image", metavar="IMAGE",
        help="the picture: a file, or the name of a shipped picture; where it is transparent, OUT is too, but a JPEG "
        "is white there; or a short film, where OUT is one too")  # fmt: skip
    add_files(add, "the picture to write", "the random shifts, see --jitter")
    add("--size", type=size(), metavar="N",
        help=f"longest side, in pixels; default: the picture's own, but {SIZE} at most")  # fmt: skip
    add("--network", type=one_of(defaults.NETWORKS), metavar="NAME", default=defaults.NETWORK,
        help="mini; vgg19 or inception_v3, downloaded once, slower; random, which is untrained" + TOLD)  # fmt: skip
    _describe_wishes(add)
    _describe_steps(add)
    add("--zoom-frames", type=number(2, 500, int, why="Each frame is a dream of its own."), metavar="N",
        help="make OUT a film (as for --frames) of so many frames: the dream, and then a fall into it, each frame "
        "a little larger than the last one and dreamt on for a few steps")  # fmt: skip
    add("--loop", type=number(1, 250, int), metavar="N",
        help="let the last so many of the --zoom-frames dissolve into the beginning: the film goes round and "
        "round")  # fmt: skip


def _describe_wishes(add: Callable[..., Any]) -> None:
    layer = defaults.DREAM_LAYER
    add("--layer", dest="layers", type=weighted, action="append", metavar="NAME=X,...",
        help=f"layers to be excited, and how much each counts; may come several times; default {layer}, or the "
        "preset's")  # fmt: skip
    add("--channel", dest="channels", type=channels, action="append", metavar="LAYER:K=X,...",
        help=f"single channels, such as {layer}:17, likewise")  # fmt: skip
    add("--class", dest="classes", type=weighted, action="append", metavar="NAME=X,...",
        help="classes, such as goldfish or a part of a name that no other class has, likewise")  # fmt: skip
    add("--guide", metavar="FILE", help="a picture, the parts of which the layers are to see in this one")
    add("--mask", metavar="FILE", help="a picture, stretched over this one, whose light parts are dreamt in")
    add("--preset", type=one_of(PRESETS), metavar="NAME",
        help=f"settings of known programs: {', '.join(PRESETS)}; inception is the default of "
        f"inception_v3, and {' and '.join(COST_PRESETS)} go with the other networks")  # fmt: skip


def _describe_steps(add: Callable[..., Any]) -> None:
    told = "; default {}, or the preset's".format
    add("--octaves", type=number(1, 20, int), metavar="N",
        help="sizes that the picture is dreamt at, the smallest first"
        + told(f"{DreamSettings.octaves}, 5 at 512 pixels, 7 at 1024"))  # fmt: skip
    add("--octave-scale", type=number(1, 8, above=True), metavar="X",
        help="how much larger an octave is than the one before" + told(DreamSettings.octave_scale))  # fmt: skip
    add("--jitter", type=number(0, LARGEST_SIZE, int), metavar="N",
        help="pixels that the picture is shifted by before a step, at most" + told(DreamSettings.jitter))  # fmt: skip
    add("--steps", type=number(1, 1000, int, why="After some tens a dream covers everything."), metavar="N",
        help="steps at each octave" + told(DreamSettings.steps))  # fmt: skip
    add("--step", type=number(0, 100, above=True), metavar="X",
        help="mean change of a value, 0..255, in a step" + told(DreamSettings.step))  # fmt: skip


def check(options: argparse.Namespace) -> Job:
    """The job that the options ask for. Raises CourseError for the first thing that is in the way."""
    wanted = {name: merged(flag, getattr(options, name)) for name, flag in WISHES.items()}
    given = {name: value for name in USUAL_STEPS if (value := getattr(options, name)) is not None}
    _check_wishes(wanted, options)
    chosen = find_preset(options.preset, options.network, any(wanted.values()))
    if chosen.cost and (extra := [*given, *(name for name in ("mask", "zoom_frames") if getattr(options, name))]):
        flag = f"--{extra[0].replace('_', '-')}"
        raise CourseError(
            f"--preset {options.preset} is one run of L-BFGS, without octaves and steps: leave {flag} out."
        )
    clip = files.clip(options.image, options, "the dream")
    out, frames, names = _outputs(options, clip)
    longest = options.size or min(SIZE, max((clip.frames[0] if clip else files.read(options.image)).shape))
    least = defaults.NETWORKS[options.network]
    picture = files.load(options.image, longest, least, "--size", clip)
    guide = files.load(options.guide, longest, least, "--size") if options.guide else None
    if guide is not None:
        _check_guide(wanted["layers"] or chosen.layers_of(options.network), picture, guide)
    mask = files.mask(options.mask, picture) if options.mask else None
    given |= {} if chosen.cost else {"seed": options.seed}
    words = _words(options, names, wanted, chosen, given, longest)
    if clip:
        what = {**wanted, "guide": guide, "mask": mask, "preset": options.preset, "network": options.network, **given}
        return ClipJob(out=out, frames=None, save_every=None, words=words, names=names, clip=clip,
                       make=lambda frames: _dreamt(frames, {"size": longest} | what))  # fmt: skip
    return DreamJob(out=out, frames=frames, save_every=options.save_every, words=words, names=names, picture=picture,
                    opacity=files.opacity(options.image, picture), wanted=wanted, guide=guide, mask=mask,
                    preset=options.preset, chosen=chosen, network=options.network, given=given,
                    zoom_frames=options.zoom_frames, loop=options.loop or 0)  # fmt: skip


def _dreamt(frames: list[np.ndarray], options: dict[str, Any]) -> Iterator[Result]:
    from course_utils.dream.film import dream_film

    return dream_film(frames, **options)


def _check_wishes(wanted: dict[str, dict[Any, float]], options: argparse.Namespace) -> None:
    """Raises CourseError for a layer, channel or class that is not there, as far as it is known before the network."""
    network = options.network
    if (widths := layer_widths(network)) is not None:
        for layer in [*wanted["layers"], *(layer for layer, _ in wanted["channels"])]:
            check_layer(layer, list(widths), network)
        for layer, k in wanted["channels"]:
            check_channel(layer, k, widths[layer], network)
    if (known := class_names(network)) is not None:
        for name in wanted["classes"]:
            find_class(name, known, network)
    asked = [name for name, weights in wanted.items() if weights]
    if asked and not any(any(wanted[name].values()) for name in asked):
        raise CourseError(f"{WISHES[asked[0]]}: every weight is 0, and nothing is left to dream of.")
    if options.guide and asked and "layers" not in asked:
        raise CourseError("--guide goes with layers: name one, such as --layer block4_conv2.")


def _outputs(options: argparse.Namespace, clip: Clip | None) -> tuple[Path, Path | None, dict[str, str]]:
    if options.zoom_frames and options.save_every:
        raise CourseError("--save-every saves a picture, and --zoom-frames makes a film: leave one of them out.")
    if options.loop and options.loop > (options.zoom_frames or 0) // 2:
        most = "add that" if not options.zoom_frames else f"half of its {options.zoom_frames} at most"
        raise CourseError(f"--loop is for frames of --zoom-frames: {most}.")
    types, type_ = ANIMATED_AS if options.zoom_frames or clip else SAVED_AS, Path(options.output).suffix.lower()
    if options.zoom_frames and type_ not in types:
        raise CourseError(f"-o {options.output}: --zoom-frames makes a film of it; use {', '.join(types)}.")
    if type_ in ANIMATED_AS and type_ not in types:
        raise CourseError(f"-o {options.output}: {type_} is for films; add --zoom-frames, or use {', '.join(types)}.")
    sources = [source for source in (options.image, options.guide, options.mask) if source]
    return *files.outputs(options, sources, tuple(types)), files.names(options, sources)


def _check_guide(layers: dict[str, float], picture: np.ndarray, guide: np.ndarray) -> None:
    """Raises CourseError where a guide's places times the picture's are more than a memory holds."""
    for name in layers:
        if name not in (layer_widths("vgg19") or ()):  # InceptionV3's, most of which are as deep as VGG's deepest.
            continue
        halvings = int(name[5]) - (not name.endswith("pool"))
        cells = [picture.shape[0] * picture.shape[1] / 4**halvings for picture in (picture, guide)]
        if (needed := 4 * cells[0] * cells[1]) > MOST_GUIDE_BYTES:
            raise CourseError(
                f"--guide compares each place with each of the guide's: {name} would take {needed / 1e9:,.0f} GB; "
                "choose a deeper layer, or a smaller --size."
            )


def _words(
    options: argparse.Namespace,
    names: dict[str, str],
    wanted: dict[str, dict[Any, float]],
    chosen: Preset,
    given: dict[str, Any],
    size: int,
) -> dict[str, Any]:
    """All settings as text."""
    words = {"image": names[options.image], "size": size, "network": options.network, "seed": options.seed}
    words |= {"preset": options.preset or "none"}
    words |= {name: names.get(getattr(options, name), "none") for name in ("guide", "mask")}
    if not any(wanted.values()):
        wanted = wanted | {"layers": chosen.layers_of(options.network)}
    for kind, weights in wanted.items():
        written = (":".join(map(str, name)) if isinstance(name, tuple) else name for name in weights)
        words[kind] = ",".join(f"{name}={weight:g}" for name, weight in zip(written, weights.values())) or "none"
    words |= {} if chosen.cost else usual_steps(size) | chosen.steps_of(options.network) | given
    return words | {name: n for name in ("zoom_frames", "loop") if (n := getattr(options, name))}
