"""Deep Dream: let a network put more of what it sees into a picture.

Sources: L9 = CS231n, Lecture 9 (2016), slides 50 to 56; GD = google/deepdream (2015); KO, KN = Keras' deep_dream.py of
2016 and of today.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import scipy.fft
from PIL import Image

from course_utils.bases import spectral_filter
from course_utils.colours import colour_filter, match_colours
from course_utils.defaults import DREAM_STEP, DREAM_STEPS, JITTER, OCTAVE_SCALE, OCTAVES
from course_utils.dream_settings import USUAL_STEPS, check_numbers, find_preset, octave_shapes
from course_utils.errors import CourseError
from course_utils.images import Source, load_mask, load_picture, resize
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
from course_utils.pool import borrowed


def _check(picture: np.ndarray, options: Mapping[str, Any]) -> None:
    """Raises CourseError for the first option of `dream_steps` or `zoom_film` that does not fit."""
    check_numbers(options)
    if (normalize := options.get("normalize", "mean")) not in NORMALIZATIONS:
        raise CourseError(f"normalize is one of {', '.join(NORMALIZATIONS)}, not {normalize!r}.")
    if (mask := options.get("mask")) is None:
        return
    if np.shape(mask) != picture.shape[:2]:
        raise CourseError(f"mask must have the picture's shape, {picture.shape[:2]}, not {np.shape(mask)}.")
    if not (np.min(mask) >= 0 and np.max(mask) <= 1):  # Nor does NaN pass.
        raise CourseError(f"mask must hold numbers from 0 to 1, not from {np.min(mask):g} to {np.max(mask):g}.")


def _checked(generator: Callable[..., Iterator]) -> Callable[..., Iterator]:
    """A generator function whose options are checked where it is called: its own code waits for the first `next`."""
    signature = inspect.signature(generator)

    @functools.wraps(generator)
    def call(*values: Any, **options: Any) -> Iterator:
        bound = signature.bind(*values, **options)
        bound.apply_defaults()
        _check(bound.arguments["picture"], bound.arguments | bound.arguments.get("options", {}))
        return generator(*values, **options)

    return call


@_checked
def dream_steps(
    objective: Objective | CompiledObjective,
    picture: np.ndarray,
    *,
    octaves: int = OCTAVES,
    octave_scale: float = OCTAVE_SCALE,
    steps: int = DREAM_STEPS,
    step: float = DREAM_STEP,
    normalize: str = "mean",
    jitter: int = JITTER,
    smooth: float = 0.5,
    blur: float = 1.0,
    palette: float = 0.5,
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
    fine grain is where a network is easiest to please and an eye hardest. palette: how much its hues are kept to those
    of nature, see `colours.colour_filter`. All three 0: the gradient as it is.
    mask: (h, w), 0..1, of the picture's size: where to dream. tile: dream large pictures in squares of about this side,
    whose edges lie elsewhere at each step; memory then no longer grows with the picture.
    smallest: the shortest side, in pixels, of an octave and of a tile, see `Network.smallest_side`.
    Raises CourseError, at the call, for an option that is out of its range.
    """
    rng, evaluate, count, dreamt = np.random.default_rng(seed), compiled(objective), 0, None
    full = np.clip(picture.astype("float32"), 0, 255)
    for shape in octave_shapes(picture.shape, octaves, octave_scale, smallest):
        original = resize(full, shape)
        now = original if dreamt is None else np.clip(original + resize(dreamt, shape), 0, 255)
        where = None if mask is None else resize(np.repeat(mask[..., None] * 255, 3, 2), shape) / 255
        kept_waves = spectral_filter(shape, smooth, blur) if smooth or blur else None
        for _ in range(steps):
            count += 1
            terms, gradient = _rolled(evaluate, now, jitter, tile, smallest, rng)
            if kept_waves is not None:
                spectrum = scipy.fft.dctn(gradient, axes=(0, 1), norm="ortho", workers=2) * kept_waves
                gradient = scipy.fft.idctn(spectrum, axes=(0, 1), norm="ortho", overwrite_x=True, workers=2)
            if palette:
                gradient = gradient @ colour_filter(palette)
            move = gradient * np.float32(step / (NORMALIZATIONS[normalize](gradient) + 1e-12))
            now = np.clip(now + (move if where is None else where * move), 0, 255)
            yield State(count, sum(terms.values()), terms, _at_full_size(full, now, original))
        dreamt = now - original


def _at_full_size(full: np.ndarray, now: np.ndarray, original: np.ndarray) -> Callable[[], np.ndarray]:
    def draw() -> np.ndarray:
        return now if now.shape == full.shape else np.clip(full + resize(now - original, full.shape[:2]), 0, 255)

    return draw


def _rolled(
    evaluate: CompiledObjective,
    picture: np.ndarray,
    jitter: int,
    tile: int | None,
    smallest: int,
    rng: np.random.Generator,
) -> tuple[dict[str, float], np.ndarray]:
    """Terms and gradient of a picture that is rolled by a random shift, as a whole or in tiles; rolled back."""
    reach = jitter if tile is None else max(jitter, tile // 2)
    shift = rng.integers(-reach, reach + 1, 2)
    rolled = np.roll(picture, shift, (0, 1))
    terms, gradient = evaluate(rolled) if tile is None else _tiled(evaluate, rolled, tile, smallest)
    return terms, np.roll(gradient, -shift, (0, 1))


def _tiled(
    evaluate: CompiledObjective, picture: np.ndarray, tile: int, smallest: int
) -> tuple[dict[str, float], np.ndarray]:
    """Terms and gradient of the mean over tiles, each weighed by its area; tiles differ by a pixel at most."""
    height, width = picture.shape[:2]
    # Larger tiles rather than some that the network cannot take: 40 pixels in tiles of 32 are one, and not two of 20.
    counts = [max(1, min(-(-side // tile), side // smallest)) for side in (height, width)]
    rows, columns = (np.linspace(0, n, k + 1).round().astype(int) for n, k in zip((height, width), counts, strict=True))
    terms: dict[str, float] = {}
    gradient = np.empty_like(picture)
    for (top, bottom), (left, right) in itertools.product(itertools.pairwise(rows), itertools.pairwise(columns)):
        share = (bottom - top) * (right - left) / (height * width)
        part, part_gradient = evaluate(picture[top:bottom, left:right])
        gradient[top:bottom, left:right] = share * part_gradient
        for name, value in part.items():
            terms[name] = terms.get(name, 0.0) + share * value
    return terms, gradient


def dream_objective(
    network: Network,
    layers: Mapping[str, float] | None = None,
    *,
    guide: np.ndarray | None = None,
    preset: str | None = None,
    **wishes: Any,
) -> DreamObjective:
    """What `deep_dream` climbs: what is wished for, or else the layers of a preset, or of `find_preset`'s default.

    layers, guide, and as wishes channels, classes, directions: see DreamObjective. preset: a name in
    `dream_settings.PRESETS`, whose border is kept with other layers too. Raises CourseError for what does not fit.
    """
    wished = bool(layers) or any(map(bool, wishes.values()))
    chosen = find_preset(preset, network.name, wished)
    layers = layers if wished else chosen.layers_of(network.name)
    return DreamObjective(network, layers, guide=guide, border=chosen.border, **wishes)


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
    leaves the picture as it is. layers, channels, classes, directions: see DreamObjective. preset: a name in
    `dream_settings.PRESETS`, whose layers and settings are then the defaults; InceptionV3 has its own by default.
    options: see `dream_steps`. callback: given a State after each step; a State's picture has the full size.
    stop: asked after each step. Ctrl-C, or the notebook's stop button, gives back the picture as it is.
    Raises CourseError for anything that does not fit, in one line.
    """
    network = load_network(network) if isinstance(network, str) else network
    picture = load_picture(picture, size)
    network.batch(picture)  # Refuses one that is too small. Inside a compiled function it is too late.
    wishes = {"layers": layers, "channels": channels, "classes": classes, "directions": directions}
    chosen = find_preset(preset, network.name, any(map(bool, wishes.values())))
    if chosen.cost and (options or mask is not None):
        raise CourseError(f"the preset {preset} is one run of L-BFGS: it takes no mask, octaves, steps or jitter.")
    settings = USUAL_STEPS | chosen.steps_of(network.name) | options | {"smallest": network.smallest_side}
    if mask is not None:
        settings["mask"] = load_mask(mask, picture.shape)
    guide = None if guide is None else load_picture(guide, max(picture.shape[:2]))
    objective = dream_objective(network, **wishes, guide=guide, preset=preset)
    if chosen.cost:
        gain = 1.0 if network.name == "vgg19" else chosen.gain
        cost = DreamCost(objective, chosen.cost["continuity"], chosen.cost["l2"], gain)
        return minimize(cost, picture, int(chosen.cost["evaluations"]), method="scipy", basis="pixels",
                        callback=callback, stop=stop, progress=progress)  # fmt: skip
    with borrowed(objective) as compiled:
        states = dream_steps(compiled, picture, **settings)  # Refuses options that are out of their range.
        shapes = octave_shapes(picture.shape, settings["octaves"], settings["octave_scale"], settings["smallest"])
        return consume(states, settings["steps"] * len(shapes), callback=callback, stop=stop, progress=progress)


@_checked
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

    Each frame is given the mean and covariance of the first one's colours, or black and white would take over.

    zoom: how much larger from frame to frame (GD: 1.05). The rest: see `dream_steps`, by which each frame is dreamt
    from the second on; the first is the picture as it is given, which may be a dream already.
    Raises CourseError, at the call, for an option that is out of its range.
    """
    evaluate, first = compiled(objective), picture
    yield picture
    for k in range(1, frames):
        larger = enlarge(picture, zoom)
        picture = consume(dream_steps(evaluate, larger, octaves=octaves, steps=steps, seed=seed + k, **options),
                          progress=False).picture  # fmt: skip
        if options.get("mask") is None:  # Else places that shall stay as they are would change.
            picture = match_colours(picture, first)
        yield picture


def enlarge(picture: np.ndarray, zoom: float) -> np.ndarray:
    """A picture (h, w, 3) enlarged about its centre and cut to its old size; zoom is at least 1."""
    height, width = picture.shape[:2]
    inset = (1 - 1 / zoom) / 2
    box = (inset * width, inset * height, width - inset * width, height - inset * height)
    channels = [Image.fromarray(np.ascontiguousarray(picture[..., c], "float32")) for c in range(3)]
    larger = [np.asarray(c.resize((width, height), Image.Resampling.BICUBIC, box=box)) for c in channels]
    return np.clip(np.stack(larger, axis=-1), 0, 255)
