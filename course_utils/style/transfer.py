"""Neural style: the content of one picture in the style of another.

Source: P = Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", arXiv 1508.06576.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils.network import Network, network_of
from course_utils.optimize.bases import unpulled
from course_utils.optimize.interrupts import noted
from course_utils.optimize.loop import descent, minimize
from course_utils.optimize.pool import borrowed
from course_utils.optimize.states import INTERRUPTED, STOPPED, Result, State
from course_utils.pictures.colours import keep_chroma, match_colours, match_histogram
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.sizes import octave_shapes, resize
from course_utils.settings import takes
from course_utils.style.objective import StyleObjective
from course_utils.style.settings import ObjectiveSettings, StyleSettings


@takes(StyleSettings)
def style_transfer(
    content: Source,
    style: Source | Sequence[Source],
    *,
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
    **options: Any,
) -> Result:
    """Paint a photograph in the style of a painting; the result's `picture` has the photograph's aspect.

    content, style: anything that `load_picture` takes; several styles are blended (`blend=[2, 1]`).
    size: longest side in pixels; style_scale: the painting's longest side as a multiple of it (larger: larger strokes).
    start: "content", "noise", or a picture, such as a result's, from which its run then goes on. grain: standard
    deviation, in units of 0..255, of noise that is added to the start (of "content" or a picture): a sky without any
    grain gives the painting's strokes nothing to grow from. None: 12, and none for a picture.
    seed: of either noise. colours: None, "luminance" (the photograph's colours, the style's light and dark), or what
    first moves the painting's colours to the photograph's: "match" (mean and covariance), "histogram" (each channel's).
    stages: sizes, each twice the one before and `size` the last, at which the picture is painted, every time from what
    was reached and with all of `steps`; sizes that are too small for the network are left out. The history and the
    steps that a callback is told go on from stage to stage; the picture grows.
    blend to margin: see StyleObjective. The rest: see `minimize`.
    Raises CourseError for anything that does not fit, in one line.
    """
    how = StyleSettings.of(options)
    network, photograph, paintings = _prepared(content, style, how)
    sizes = list(_sizes(photograph, paintings, how.stages, network.smallest_side))
    result: Result | None = None
    with borrowed(StyleObjective(network, *sizes[0], **how.as_dict(ObjectiveSettings))) as objective, noted():
        for small, small_styles in sizes:
            if result is not None:
                objective.objective.retarget(small, small_styles, how.blend, how.masks)
            first = start_picture(how.start if result is None else result.picture, small, how.seed, how.grain_of_start)
            try:
                stage = minimize(objective, first, how.steps, method=how.method, basis=_basis(how),
                                 callback=_counting_on(callback, result), stop=stop, progress=progress)  # fmt: skip
            except KeyboardInterrupt:
                if result is None:
                    raise
                result = replace(result, message=INTERRUPTED, interrupted=True)
                break
            result = _joined(result, stage)
            if result.interrupted or result.message.startswith(STOPPED):
                break
        assert result is not None  # There is at least one size.
        picture = resize(result.picture, photograph.shape[:2])
        return replace(result, picture=keep_chroma(picture, photograph) if how.colours == "luminance" else picture)


@takes(StyleSettings)
def style_steps(content: Source, style: Source | Sequence[Source], **options: Any) -> Iterator[State]:
    """`style_transfer` in one stage, by our L-BFGS, as an iterator of States: one an iteration.

    The last one's picture is the result there, after as many evaluations; so is that of a State where a run was left.
    """
    how = StyleSettings.of(options)
    network, photograph, paintings = _prepared(content, style, how)
    first = start_picture(how.start, photograph, how.seed, how.grain_of_start)
    with borrowed(StyleObjective(network, photograph, paintings, **how.as_dict(ObjectiveSettings))) as objective:
        for state in descent(objective, first, how.steps, basis=_basis(how)):
            kept = how.colours == "luminance"
            yield state.through(lambda picture: keep_chroma(picture, photograph)) if kept else state


def _basis(how: StyleSettings) -> str | Callable:
    """The basis of a run. A picture that a run has left is gone on from as it is."""
    return unpulled(how.basis) if how.from_picture else how.basis


def _prepared(
    content: Source, style: Source | Sequence[Source], how: StyleSettings
) -> tuple[Network, np.ndarray, list[np.ndarray]]:
    """The network, the photograph and the paintings of a run, at the sizes and with the colours that are asked for."""
    fixed = isinstance(how.network, str) and how.network == "inception_v3"
    network = network_of(how.network, "max" if fixed else how.pooling)
    photograph = load_picture(content, how.size, "the content")
    given: Sequence[Any] = style if isinstance(style, list | tuple) else [style]
    styles = [load_picture(one, max(1, round(how.size * how.style_scale)), "the style") for one in given]
    if how.colours in ("match", "histogram"):
        recolour = match_colours if how.colours == "match" else match_histogram
        styles = [recolour(one, photograph) for one in styles]
    return network, photograph, styles


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
    picture = content if from_content else resize(load_picture(start, name="the start"), content.shape[:2])
    return np.clip(picture + grain * rng.standard_normal(content.shape, "float32"), 0, 255)
