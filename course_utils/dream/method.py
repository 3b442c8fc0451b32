"""Deep Dream, the whole method: let a network put more of what it sees into a picture.

Source: L9 = CS231n, Lecture 9 (2016), slides 50 to 56.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.dream.objectives import DreamCost, DreamObjective, Wishes, directions_of, weights_of
from course_utils.dream.octaves import dream_steps
from course_utils.dream.settings import find_preset, usual_steps
from course_utils.errors import CourseError
from course_utils.network import Network, network_of
from course_utils.optimize.loop import minimize
from course_utils.optimize.pool import borrowed
from course_utils.optimize.states import Result, State, consume
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.sizes import octave_shapes


def dream_objective(
    network: Network,
    layers: Wishes = None,
    *,
    guide: np.ndarray | None = None,
    preset: str | None = None,
    **wishes: Any,
) -> DreamObjective:
    """What `deep_dream` climbs: what is wished for, or else the layers of a preset, or of `find_preset`'s default.

    layers, guide, and as wishes channels, classes, directions: see DreamObjective. preset: a name in
    `dream.settings.PRESETS`, whose border is kept with other layers too. Raises CourseError for what does not fit.
    """
    network, layers = checks.network("network", network), weights_of("layers", layers)
    wished = bool(layers) or any(map(bool, wishes.values()))
    chosen = find_preset(preset, network.name, wished)
    layers = layers if wished else chosen.layers_of(network.name)
    return DreamObjective(network, layers, guide=guide, border=chosen.border, **wishes)


def deep_dream(
    picture: Source,
    layers: Wishes = None,
    *,
    channels: Wishes = None,
    classes: Wishes = None,
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
    `dream.settings.PRESETS`, whose layers and settings are then the defaults; InceptionV3 has its own by default.
    options: see `dream_steps`; from 475 pixels on there are more octaves by default, see `dream.settings.usual_steps`.
    callback: given a State after each step; a State's picture has the full size.
    stop: asked after each step. Ctrl-C, or the notebook's stop button, gives back the picture as it is.
    Raises CourseError for anything that does not fit, in one line.
    """
    network = network_of(network)
    picture = load_picture(picture, size)
    network.batch(picture)  # Refuses one that is too small. Inside a compiled function it is too late.
    wishes: dict[str, Any] = {
        "layers": weights_of("layers", layers),
        "channels": weights_of("channels", channels),
        "classes": weights_of("classes", classes),
        "directions": directions_of(directions),
    }
    chosen = find_preset(preset, network.name, any(map(bool, wishes.values())))
    if chosen.cost and (options or mask is not None):
        raise CourseError(f"the preset {preset} is one run of L-BFGS: it takes no mask, octaves, steps or jitter.")
    settings = (
        usual_steps(max(picture.shape)) | chosen.steps_of(network.name) | options | {"smallest": network.smallest_side}
    )
    if mask is not None:
        settings["mask"] = mask
    guide = None if guide is None else load_picture(guide, max(picture.shape[:2]), "the guide")
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
