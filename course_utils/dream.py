"""Deep Dream: let a network put more of what it sees into a picture.

Sources: L9 = CS231n, Lecture 9 (2016), slides 50 to 56; GD = google/deepdream (2015); KO, KN = Keras' deep_dream.py of
2016 and of today.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.fft
from PIL import Image

from course_utils.bases import spectral_filter
from course_utils.defaults import DREAM_LAYER, DREAM_STEPS, JITTER, OCTAVE_SCALE, OCTAVES
from course_utils.errors import CourseError
from course_utils.images import Source, load_picture, resize
from course_utils.network import Network, load_network
from course_utils.objectives import DreamCost, DreamObjective
from course_utils.optimize import (
    NORMALIZATIONS,
    CompiledObjective,
    Objective,
    Result,
    State,
    compiled,
    consume,
    minimize,
)


def octave_shapes(shape: Sequence[int], octaves: int, scale: float, smallest: int = 1) -> list[tuple[int, int]]:
    """Heights and widths, the smallest first and `shape` last, each `scale` times the one before.

    Octaves whose shorter side would be below `smallest`, the least that a network takes, are left out.
    """
    shapes = [(round(shape[0] / scale**k), round(shape[1] / scale**k)) for k in reversed(range(octaves))]
    return [one for one in shapes[:-1] if min(one) >= smallest] + shapes[-1:]

def dream_steps(
    objective: Objective | CompiledObjective,
    picture: np.ndarray,
    *,
    octaves: int = OCTAVES,
    octave_scale: float = OCTAVE_SCALE,
    steps: int = DREAM_STEPS,
    step: float = 1.5,
    normalize: str = "mean",
    jitter: int = JITTER,
    smooth: float = 0.5,
    blur: float = 1.0,
    mask: np.ndarray | None = None,
    tile: int | None = None,
    smallest: int = 32,
    seed: int = 0,
) -> Iterator[State]:
    """Dream, octave by octave; yields a State after each step, whose picture has the full size at any time.

    octaves, octave_scale: see `octave_shapes`. At each octave the picture is the original at that size plus what was
    dreamt so far: the detail that the smaller sizes lost is there before the network looks (as in GD; KN puts it back
    when the network has looked). steps: at each octave. step: mean change of a value in a step, 0..255 (GD: 1.5).
    normalize: what a gradient is divided by, see `optimize.NORMALIZATIONS`. jitter: before each step the picture is
    rolled by up to so many pixels, so that no place is always at a corner of the poolings' grid.
    smooth, blur: the gradient's spectrum is multiplied by 1 / f^smooth, and the gradient blurred by so many pixels:
    fine grain is where a network is easiest to please and an eye hardest. Both 0: the gradient as it is.
    mask: (h, w), 0..1, of the picture's size: where to dream. tile: dream large pictures in squares of about this side,
    whose edges lie elsewhere at each step; memory then no longer grows with the picture.
    """
    rng, evaluate, count, dreamt = np.random.default_rng(seed), compiled(objective), 0, None
    shapes = octave_shapes(picture.shape, octaves, octave_scale, smallest)
    full = np.clip(picture.astype("float32"), 0, 255)
    for shape in shapes:
        original = resize(full, shape)
        now = original if dreamt is None else np.clip(original + resize(dreamt, shape), 0, 255)
        where = None if mask is None else resize(np.repeat(mask[..., None] * 255, 3, 2), shape) / 255
        kept_waves = spectral_filter(shape, smooth, blur) if smooth or blur else None
        for _ in range(steps):
            count += 1
            terms, gradient = _rolled(evaluate, now, jitter, tile, rng)
            if kept_waves is not None:
                spectrum = scipy.fft.dctn(gradient, axes=(0, 1), norm="ortho", workers=2) * kept_waves
                gradient = scipy.fft.idctn(spectrum, axes=(0, 1), norm="ortho", overwrite_x=True, workers=2)
            move = gradient * np.float32(step / (NORMALIZATIONS[normalize](gradient) + 1e-12))
            now = np.clip(now + (move if where is None else where * move), 0, 255)
            yield State(count, sum(terms.values()), terms, _at_full_size(full, now, original))
        dreamt = now - original


def _at_full_size(full: np.ndarray, now: np.ndarray, original: np.ndarray) -> Callable[[], np.ndarray]:
    def draw() -> np.ndarray:
        return now if now.shape == full.shape else np.clip(full + resize(now - original, full.shape[:2]), 0, 255)

    return draw


def _rolled(
    evaluate: CompiledObjective, picture: np.ndarray, jitter: int, tile: int | None, rng: np.random.Generator
) -> tuple[dict[str, float], np.ndarray]:
    """Terms and gradient of a picture that is rolled by a random shift, as a whole or in tiles; rolled back."""
    reach = jitter if tile is None else max(jitter, tile // 2)
    shift = rng.integers(-reach, reach + 1, 2)
    rolled = np.roll(picture, shift, (0, 1))
    if tile is None:
        terms, gradient = evaluate(rolled)
    else:
        terms, gradient = _tiled(evaluate, rolled, tile)
    return terms, np.roll(gradient, -shift, (0, 1))


def _tiled(evaluate: CompiledObjective, picture: np.ndarray, tile: int) -> tuple[dict[str, float], np.ndarray]:
    """Terms and gradient of the mean over tiles, each weighed by its area; tiles differ by a pixel at most."""
    height, width = picture.shape[:2]
    rows, columns = (np.linspace(0, side, -(-side // tile) + 1).round().astype(int) for side in (height, width))
    terms: dict[str, float] = {}
    gradient = np.empty_like(picture)
    for (top, bottom), (left, right) in itertools.product(itertools.pairwise(rows), itertools.pairwise(columns)):
        share = (bottom - top) * (right - left) / (height * width)
        part, part_gradient = evaluate(picture[top:bottom, left:right])
        gradient[top:bottom, left:right] = share * part_gradient
        for name, value in part.items():
            terms[name] = terms.get(name, 0.0) + share * value
    return terms, gradient


@dataclass(frozen=True)
class Preset:
    """Settings of a known program. layers: for networks of VGG's layout; inception: for InceptionV3.

    gain: what the layers' terms of a cost are multiplied by for "mini", whose activations have variance 1, where those
    of VGG grow into the hundreds; found by eye. steps: what `dream_steps` takes. cost: where the program minimises a
    cost by L-BFGS instead, the weights of its image terms, "continuity" and "l2", and "evaluations".
    """

    layers: dict[str, float]
    inception: dict[str, float] = field(default_factory=dict)
    gain: float = 1.0
    border: int = 0
    steps: dict[str, Any] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)


PRESETS = {
    # KN, since 2020: InceptionV3 with a rate of 0.01 in units of -1..1, which are 1.275 of 0..255. Its layers mixed4 to
    # mixed7 see a picture at a sixteenth of its size, as block5 does here.
    "inception": Preset(
        {"block5_conv1": 1.0, "block5_conv2": 1.5, "block5_conv3": 2.0, "block5_conv4": 2.5},
        {"mixed4": 1.0, "mixed5": 1.5, "mixed6": 2.0, "mixed7": 2.5},
        border=2,
        steps={"octaves": 3, "octave_scale": 1.4, "steps": 20, "step": 1.275, "jitter": 0, "smooth": 0, "blur": 0},
    ),
    # GD: one layer half-way up GoogLeNet.
    "google": Preset(
        {"block5_conv1": 1.0},
        {"mixed3": 1.0},
        steps={"octaves": 4, "octave_scale": 1.4, "steps": 10, "step": 1.5, "jitter": 32, "smooth": 0, "blur": 0},
    ),
    # KO: five rounds of L-BFGS of at most seven evaluations each, here one run as long as all of them.
    "dreamy": Preset(
        {"block5_conv1": 0.05, "block5_conv2": 0.02},
        border=2,
        gain=200.0,
        cost={"continuity": 0.1, "l2": 0.02, "evaluations": 35},
    ),
    "bad_trip": Preset(
        {"block4_conv1": 0.05, "block4_conv2": 0.01, "block4_conv3": 0.01},
        border=2,
        gain=2e4,
        cost={"continuity": 0.1, "l2": 0.8, "evaluations": 35},
    ),
}


def deep_dream(
    picture: Source,
    layers: Mapping[str, float] | None = None,
    *,
    channels: Mapping[tuple[str, int], float] | None = None,
    classes: Mapping[str, float] | None = None,
    directions: Sequence[tuple[str, np.ndarray]] = (),
    guide: Source | None = None,
    mask: Source | None = None,
    preset: str | None = None,
    size: int | None = None,
    network: str | Network = "mini",
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
    **options: Any,
) -> Result:
    """Dream into a picture: the whole method; the result's `picture` has the picture's shape.

    picture, guide, mask: anything that `load_picture` takes; a mask's light parts dream. size: longest side; None
    leaves the picture as it is. layers, channels, classes, directions: see DreamObjective. preset: a name in PRESETS,
    whose layers and settings are then the defaults. options: see `dream_steps`.
    callback: given a State after each step; a State's picture has the full size. stop: asked after each step.
    Ctrl-C, or the notebook's stop button, gives back the picture as it is.
    Raises CourseError for anything that does not fit, in one line.
    """
    network = load_network(network) if isinstance(network, str) else network
    picture = load_picture(picture, size)
    if preset is not None and preset not in PRESETS:
        raise CourseError(f"there is no preset {preset!r}: use one of {', '.join(PRESETS)}.")
    chosen = PRESETS[preset] if preset else Preset({DREAM_LAYER: 1.0})
    if not (layers or channels or classes or directions):
        layers = chosen.inception if network.name == "inception_v3" else chosen.layers
    objective = DreamObjective(
        network,
        layers,
        channels=channels,
        classes=classes,
        directions=directions,
        guide=None if guide is None else load_picture(guide, max(picture.shape[:2])),
        border=chosen.border,
    )
    if chosen.cost:
        if options or mask is not None:
            raise CourseError(f"the preset {preset} is one run of L-BFGS: it takes no mask, octaves, steps or jitter.")
        gain = 1.0 if network.name == "vgg19" else chosen.gain
        cost = DreamCost(objective, chosen.cost["continuity"], chosen.cost["l2"], gain)
        return minimize(cost, picture, int(chosen.cost["evaluations"]), method="scipy", basis="pixels",
                        callback=callback, stop=stop, progress=progress)  # fmt: skip
    settings = {"steps": DREAM_STEPS, "octaves": OCTAVES, "octave_scale": OCTAVE_SCALE} | chosen.steps | options
    settings["smallest"] = network.smallest_side
    if mask is not None:
        settings["mask"] = resize(load_picture(mask), picture.shape[:2]).mean(-1) / 255
    shapes = octave_shapes(picture.shape, settings["octaves"], settings["octave_scale"], settings["smallest"])
    states = dream_steps(objective, picture, **settings)
    return consume(states, settings["steps"] * len(shapes), callback=callback, stop=stop, progress=progress)


def zoom_film(
    objective: Objective | CompiledObjective,
    picture: np.ndarray,
    frames: int = 60,
    *,
    zoom: float = 1.05,
    octaves: int = 2,
    steps: int = 4,
    seed: int = 0,
    **options: Any,
) -> Iterator[np.ndarray]:
    """Fall into a dream: pictures (h, w, 3), each the last one enlarged about its centre and dreamt on.

    zoom: how much larger from frame to frame (GD: 1.05). The rest: see `dream_steps`, by which each frame is dreamt
    from the second on; the first is the picture as it is given, which may be a dream already.
    """
    evaluate = compiled(objective)
    yield picture
    for k in range(1, frames):
        larger = enlarge(picture, zoom)
        picture = consume(dream_steps(evaluate, larger, octaves=octaves, steps=steps, seed=seed + k, **options),
                          progress=False).picture  # fmt: skip
        yield picture


def enlarge(picture: np.ndarray, zoom: float) -> np.ndarray:
    """A picture (h, w, 3) enlarged about its centre and cut to its old size; zoom is at least 1."""
    height, width = picture.shape[:2]
    inset = (1 - 1 / zoom) / 2
    box = (inset * width, inset * height, width - inset * width, height - inset * height)
    channels = [Image.fromarray(np.ascontiguousarray(picture[..., c], "float32")) for c in range(3)]
    larger = [np.asarray(c.resize((width, height), Image.Resampling.BICUBIC, box=box)) for c in channels]
    return np.clip(np.stack(larger, axis=-1), 0, 255)
