"""Neural style: the content of one picture in the style of another.

Source: P = Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", arXiv 1508.06576.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils import defaults
from course_utils.errors import CourseError
from course_utils.network import Network, load_network
from course_utils.optimize.loop import descent, minimize
from course_utils.optimize.pool import borrowed
from course_utils.optimize.states import STOPPED, Result, State
from course_utils.pictures.colours import keep_chroma, match_colours, match_histogram
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.sizes import octave_shapes, resize
from course_utils.style.objective import StyleObjective


def style_transfer(
    content: Source,
    style: Source | Sequence[Source],
    *,
    size: int = defaults.SIZE,
    steps: int = defaults.STEPS,
    network: str | Network = defaults.NETWORK,
    pooling: str = defaults.POOLING,
    start: str | Source = defaults.START,
    grain: float = defaults.GRAIN,
    style_scale: float = defaults.STYLE_SCALE,
    colours: str | None = None,
    stages: int = 1,
    seed: int = defaults.SEED,
    method: str = "lbfgs",
    basis: str = "spectral",
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
    **options: Any,
) -> Result:
    """Paint a photograph in the style of a painting; the result's `picture` has the photograph's aspect.

    content, style: anything that `load_picture` takes; several styles are blended (`blend=[2, 1]`).
    size: longest side in pixels; style_scale: the painting's longest side as a multiple of it (larger: larger strokes).
    start: "content", "noise", or a picture. grain: standard deviation, in units of 0..255, of noise that is added to
    the start (of "content" or a picture): a sky without any grain gives the painting's strokes nothing to grow from.
    seed: of either noise. colours: None, "luminance" (the photograph's colours, the style's light and dark), or what
    first moves the painting's colours to the photograph's: "match" (mean and covariance), "histogram" (each channel's).
    stages: sizes, each twice the one before and `size` the last, at which the picture is painted, every time from what
    was reached and with all of `steps`; sizes that are too small for the network are left out. The history and the
    steps that a callback is told go on from stage to stage; the picture grows.
    options: see StyleObjective. The rest: see `minimize`.
    Raises CourseError for anything that does not fit, in one line.
    """
    if not isinstance(stages, numbers.Integral) or stages < 1:
        raise CourseError(f"stages must be a whole number of at least 1, not {stages!r}.")
    network, content, styles = _prepared(content, style, size, style_scale, colours, network, pooling)
    how = {"method": method, "basis": basis, "stop": stop, "progress": progress}
    result, sizes = None, list(_sizes(content, styles, stages, network.smallest_side))
    with borrowed(StyleObjective(network, *sizes[0], **options)) as compiled:
        for small, small_styles in sizes:
            if result is not None:
                compiled.objective.retarget(small, small_styles, options.get("blend"), options.get("masks"))
            first = start_picture(start if result is None else result.picture, small, seed, grain)
            result = _joined(result, minimize(compiled, first, steps, callback=_counting_on(callback, result), **how))
            if result.interrupted or result.message.startswith(STOPPED):
                break
    picture = resize(result.picture, content.shape[:2])
    return replace(result, picture=keep_chroma(picture, content) if colours == "luminance" else picture)


def _prepared(
    content: Source,
    style: Source | Sequence[Source],
    size: int,
    style_scale: float,
    colours: str | None,
    network: str | Network,
    pooling: str,
) -> tuple[Network, np.ndarray, list[np.ndarray]]:
    """The network, the photograph and the paintings of a run, at the sizes and with the colours that are asked for."""
    if colours not in (None, *defaults.COLOURS):
        raise CourseError(f"colours is None or one of {', '.join(defaults.COLOURS)}, not {colours!r}.")
    if not (np.isfinite(style_scale) and 0 < style_scale <= defaults.LARGEST_STYLE_SCALE):
        raise CourseError(f"style_scale must lie between 0 and {defaults.LARGEST_STYLE_SCALE}, not {style_scale}.")
    if isinstance(network, str):
        network = load_network(network, pooling) if network != "inception_v3" else load_network(network)
    content = load_picture(content, size)
    styles = [
        load_picture(one, round(size * style_scale)) for one in (style if isinstance(style, list | tuple) else [style])
    ]
    if colours in ("match", "histogram"):
        recolour = match_colours if colours == "match" else match_histogram
        styles = [recolour(one, content) for one in styles]
    return network, content, styles


def style_steps(
    content: Source,
    style: Source | Sequence[Source],
    *,
    size: int = defaults.SIZE,
    steps: int = defaults.STEPS,
    network: str | Network = defaults.NETWORK,
    pooling: str = defaults.POOLING,
    start: str | Source = defaults.START,
    grain: float = defaults.GRAIN,
    style_scale: float = defaults.STYLE_SCALE,
    colours: str | None = None,
    seed: int = defaults.SEED,
    **options: Any,
) -> Iterator[State]:
    """`style_transfer` in one stage as an iterator of States, one an iteration, for those who watch and may stop.

    The last one's picture is the result there, after as many evaluations; so is that of a State where a run was left.
    """
    network, content, styles = _prepared(content, style, size, style_scale, colours, network, pooling)
    first = start_picture(start, content, seed, grain)
    with borrowed(StyleObjective(network, content, styles, **options)) as compiled:
        for state in descent(compiled, first, steps):
            kept = colours == "luminance"
            yield state.through(lambda picture: keep_chroma(picture, content)) if kept else state


def _sizes(
    content: np.ndarray, styles: Sequence[np.ndarray], stages: int, least: int
) -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    """A photograph and its paintings at the size of each stage, the smallest first; no side is below `least`."""
    height, width = content.shape[:2]
    smallest = min(height, width, *(min(style.shape[:2]) for style in styles))
    for shape in octave_shapes((height, width), stages, 2, math.ceil(least * min(height, width) / smallest)):
        if shape == (height, width):
            yield content, list(styles)
        else:
            yield (
                resize(content, shape),
                [
                    resize(style, tuple(max(least, round(side * shape[0] / height)) for side in style.shape[:2]))
                    for style in styles
                ],
            )


def _counting_on(callback: Callable[[State], None] | None, before: Result | None) -> Callable[[State], None] | None:
    """The callback, told of steps that are counted on from those of a run before."""
    if callback is None or before is None:
        return callback
    return lambda state: callback(replace(state, step=before.evaluations + state.step))


def _joined(before: Result | None, after: Result) -> Result:
    """The result of a run with the history of the one before it in front of its own."""
    if before is None:
        return after
    return replace(after, history={name: before.history[name] + values for name, values in after.history.items()})


def start_picture(start: str | Source, content: np.ndarray, seed: int = 0, grain: float = 0.0) -> np.ndarray:
    """The picture to begin with, of the content's shape: "content", "noise", or a picture that is resized to it.

    grain: standard deviation of the noise that is added to the first and the last. Values are clipped to 0..255.
    """
    rng = np.random.default_rng(seed)
    if isinstance(start, str) and start == "noise":
        return rng.uniform(0, 255, content.shape).astype("float32")
    from_content = isinstance(start, str) and start == "content"
    picture = content if from_content else resize(load_picture(start), content.shape[:2])
    return np.clip(picture + grain * rng.standard_normal(content.shape, "float32"), 0, 255)
