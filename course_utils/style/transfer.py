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
from course_utils.optimize.bases import GREY, unpulled
from course_utils.optimize.states import Result, State
from course_utils.pictures.colours import keep_chroma, match_colours, match_histogram
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.sizes import octave_shapes, resize
from course_utils.settings import takes
from course_utils.style.noise import FINE_POWER, POWER, pink_noise
from course_utils.style.objective import StyleObjective
from course_utils.style.settings import LATER_GRAIN, ObjectiveSettings, StyleSettings
from course_utils.style.stages import Stage, descend_stages, minimize_stages, not_empty

NOISE = np.float32(50)  # Standard deviation of the start "noise", about grey.


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
    deviation, in units of 0..255, of pink noise that is added to the start (of "content" or a picture), with a finer
    one of two thirds as much at each later size: a sky without any grain gives the painting's strokes nothing to grow
    from. None: 12, and none for a picture.
    seed: of either noise. colours: None, "luminance" (the photograph's colours, the style's light and dark), or what
    first moves the painting's colours to the photograph's: "match" (mean and covariance), "histogram" (each channel's).
    The picture is painted small first, where strokes are large, and then larger, every time from what was reached.
    stroke: how large strokes are against the picture. At 1 the longest side is 192 pixels at first, at 2 it is 96, and
    there are enough sizes between that and `size`; a small number keeps the photograph's detail, and a picture as start
    is painted at its full size alone. stages: instead, so many sizes, each twice the one before. Those that are too
    small for the network are left out. steps: evaluations at the first size, and .65 of those before at each larger
    one; or a list, one for each size, where 0 leaves it out. At a smaller size the content weight is larger, by as many
    times: few pixels hold a shape less firmly. The history and the steps that a callback is told go on from stage to
    stage; the picture grows.
    blend to margin: see StyleObjective. The rest: see `minimize`.
    Raises CourseError for anything that does not fit, in one line.
    """
    how = StyleSettings.of(options)
    network, photograph, paintings = _prepared(content, style, how)
    result = minimize_stages(_stages(network, photograph, paintings, how), method=how.method, callback=callback,
                             stop=stop, progress=progress)  # fmt: skip
    return replace(result, picture=_finished(result.picture, photograph, how))


@takes(StyleSettings)
def style_steps(content: Source, style: Source | Sequence[Source], **options: Any) -> Iterator[State]:
    """`style_transfer`, by our L-BFGS, as an iterator of States: one an iteration, each with a picture of full size.

    The last one's picture is the result there, after as many evaluations at each stage; so is that of a State where a
    run was left. `step` goes on from stage to stage, and `stage` says which one it is.
    """
    how = StyleSettings.of(options)
    network, photograph, paintings = _prepared(content, style, how)
    for state in descend_stages(_stages(network, photograph, paintings, how)):
        yield state.through(lambda picture: _finished(picture, photograph, how))


def _finished(picture: np.ndarray, photograph: np.ndarray, how: StyleSettings) -> np.ndarray:
    """What is shown of the picture of a stage: at full size, with the colours that are asked for."""
    picture = resize(picture, (photograph.shape[0], photograph.shape[1]))
    return keep_chroma(picture, photograph) if how.colours == "luminance" else picture


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


def _stages(network: Network, photograph: np.ndarray, paintings: list[np.ndarray], how: StyleSettings) -> list[Stage]:
    """The stages of a run, the smallest first; no side is below the least that the network takes."""
    height, width = photograph.shape[:2]
    least = network.smallest_side
    smallest = min(height, width, *(min(one.shape[:2]) for one in paintings))
    shapes = octave_shapes((height, width), *how.growth, math.ceil(least * min(height, width) / smallest))
    stages: list[Stage] = []
    planned = zip(shapes, how.steps_by_stage(len(shapes)))
    for number, (shape, steps) in enumerate(planned, how.growth[0] - len(shapes)):
        if steps:
            share = shape[0] / height
            small = [
                resize(one, (max(least, round(share * one.shape[0])), max(least, round(share * one.shape[1]))))
                for one in paintings
            ]
            stages.append(_stage(number, steps, network, (resize(photograph, shape), small), share, how, not stages))
    return not_empty(stages)


def _stage(
    number: int,
    steps: int,
    network: Network,
    pictures: tuple[np.ndarray, list[np.ndarray]],
    share: float,
    how: StyleSettings,
    first: bool,
) -> Stage:
    """One stage, of a photograph and paintings at a share of their full size. first: none is painted before it."""
    options = how.as_dict(ObjectiveSettings) | {"content_weight": how.content_weight / share}

    def start(before: np.ndarray | None) -> np.ndarray:
        if before is None:
            return start_picture(how.start, pictures[0], how.seed, how.grain_of_start)
        return start_picture(before, pictures[0], how.seed, LATER_GRAIN * how.grain_of_start, FINE_POWER)

    # A picture that a run has left is gone on from as it is. What a stage before has made is right in its slow waves;
    # fine strokes come out clearer where these are not made easier to move.
    basis = unpulled(how.basis) if how.from_picture else how.basis
    if not first and how.basis == "spectral":
        basis = unpulled("even")
    return Stage(number, steps, lambda: StyleObjective(network, *pictures, **options), start, basis)


def start_picture(
    start: str | Source, content: np.ndarray, seed: int = 0, grain: float = 0.0, power: float = POWER
) -> np.ndarray:
    """The picture to begin with, of the content's shape: "content", "noise", or a picture that is resized to it.

    grain: standard deviation of the noise that is added to the first and the last. power: see `pink_noise`. Values are
    clipped to 0..255.
    """
    if isinstance(start, str) and start == "noise":
        return np.clip(GREY + NOISE * pink_noise(content.shape, seed, power), 0, 255)
    from_content = isinstance(start, str) and start == "content"
    picture = content if from_content else resize(load_picture(start, name="the start"), content.shape[:2])
    if not grain:
        return picture.copy()
    return np.clip(picture + np.float32(grain) * pink_noise(content.shape, seed, power), 0, 255)
