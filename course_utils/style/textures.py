"""Textures: pictures from noise that agree with an example in statistics which forget where things are.

Source: Gatys, Ecker and Bethge, "Texture Synthesis Using Convolutional Neural Networks", arXiv 1505.07376.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.backend import tf
from course_utils.checks import Number
from course_utils.defaults import LARGEST_SIZE, MARGIN, STYLE_LAYERS
from course_utils.errors import CourseError
from course_utils.losses import layer_statistic
from course_utils.network import Network, network_of
from course_utils.optimize.states import Result, State
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.sizes import resize
from course_utils.settings import takes
from course_utils.style.noise import coloured_noise
from course_utils.style.settings import SPREAD, TextureSettings
from course_utils.style.stages import Stage, descend_stages, minimize_stages, not_empty


def inner_features(
    network: Network, picture: np.ndarray | tf.Tensor, layers: Sequence[str] | str, wrap: bool = False
) -> dict[str, tf.Tensor]:
    """Outputs (1, h, w, channels) by layer name, of a network of VGG's layout, as textures compare them.

    The picture, (h, w, 3) or (1, h, w, 3), goes on for MARGIN pixels beyond its border, mirrored or, with wrap, with
    its opposite side; the cells out there, which see the network's padding, are cut off again.
    Raises CourseError: an unknown layer, a side of the picture not above MARGIN.
    """
    _check_sides(*(side for side in picture.shape[-3:-1] if side is not None))
    layers = (layers,) if isinstance(layers, str) else layers
    features = network.features(picture, layers, MARGIN, wrap)
    # Each of VGG's poolings halves the map.
    cells = {name: MARGIN // 2 ** (int(name[5]) - ("conv" in name)) for name in layers}
    return {name: features[name][:, cut:-cut, cut:-cut] for name, cut in cells.items()}


def shuffle_positions(features: np.ndarray | tf.Tensor, seed: int = 0, together: bool = True) -> np.ndarray:
    """A layer's output (1, h, w, N) or (h, w, N) with its cells in another order, in the same shape.

    together: each cell moves with all its channels, and no statistic of `losses.layer_statistic` changes but by
    rounding; else every channel is shuffled by itself: means and mean squares stay, and what meets in a cell does not.
    """
    features, rng = np.asarray(features), np.random.default_rng(seed)
    flat = features.reshape(-1, features.shape[-1])
    return (rng.permutation(flat) if together else rng.permuted(flat, axis=0)).reshape(features.shape)


class TextureObjective:
    """The distance between a picture and an example in a statistic of some layers, one term a layer.

    Each term is the sum of squared differences as a share of what it is at the start, divided by the number of layers,
    so that all layers weigh the same and the loss begins at 1. statistic: see `losses.layer_statistic`.
    The picture goes on with its opposite side at its border: the texture can be laid side by side like tiles.
    Raises CourseError: no layers, an unknown layer or statistic, a picture too small.
    """

    def __init__(
        self,
        network: Network,
        example: np.ndarray,
        start: np.ndarray,
        layers: Sequence[str] = STYLE_LAYERS,
        statistic: str = "gram",
    ) -> None:
        how = TextureSettings(layers=layers, statistic=statistic)  # Refuses what does not fit.
        example, start = checks.picture("example", example), checks.picture("start", start)
        _check_sides(*example.shape[:2], *start.shape[:2])
        self.network, self.layers, self.statistic = checks.network("network", network), how.layers, statistic
        targets = self._statistics(example, wrap=False)
        self.targets = {name: tf.Variable(target, trainable=False) for name, target in targets.items()}
        distances = self._distances(start)
        weights = [1 / max(float(distances[name]), 1e-12) / len(self.layers) for name in self.layers]
        self.weights = tf.Variable(weights, trainable=False)

    @property
    def structure(self) -> tuple:
        """All that its compilation depends on. Objectives of one structure differ in targets and weights alone."""
        return ("texture", self.network, self.layers, self.statistic)

    def take_over(self, other: TextureObjective) -> None:
        """Aim at what another objective of the same structure aims at, with its weights; what is compiled stays."""
        assert self.structure == other.structure
        self.weights.assign(other.weights)
        for name, target in self.targets.items():
            target.assign(other.targets[name])

    def _statistics(self, picture: np.ndarray | tf.Tensor, wrap: bool) -> dict[str, tf.Tensor]:
        features = inner_features(self.network, picture, self.layers, wrap)
        return {name: layer_statistic(features[name], self.statistic) for name in self.layers}

    def _distances(self, picture: np.ndarray | tf.Tensor) -> dict[str, tf.Tensor]:
        found = self._statistics(picture, wrap=True)
        return {name: tf.reduce_sum(tf.square(found[name] - self.targets[name])) for name in self.layers}

    def __call__(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """Weighted terms of a picture tensor (1, h, w, 3), by layer."""
        weights = dict(zip(self.layers, tf.unstack(self.weights)))
        return {name: weights[name] * distance for name, distance in self._distances(picture).items()}


@takes(TextureSettings)
def texture(
    example: Source,
    size: tuple[int, int] | int | None = None,
    *,
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
    **options: Any,
) -> Result:
    """Make a texture like an example, from noise; the result's `picture` has the size asked for.

    example: anything that `load_picture` takes, looked at with `example_size` pixels on its longest side: a smaller
    number gives more and smaller things, and None takes it as it is. size: (height, width), or one number for a square;
    None: the example's shape.
    layers: deeper ones keep larger things together. statistic: what is kept of a layer, see `losses.layer_statistic`.
    It is made small first, with the example's longest side at about 128 pixels, and then larger: so large things come
    together. steps: evaluations at the first size, at most, and half of those before at each larger one; or a list, one
    for each size, where 0 leaves it out. seed: of the noise, which has the mean and a fifth of the spread of the
    example's colours: of more noise than that, the finest grain would stay to the end.
    basis: the default keeps the values in range and favours no wave. The rest: see `minimize`.
    Raises CourseError for anything that does not fit, in one line.
    """
    how = TextureSettings.of(options)
    shape, stages = _prepared(example, size, how)
    result = minimize_stages(stages, method=how.method, callback=callback, stop=stop, progress=progress)
    return replace(result, picture=resize(result.picture, shape))


@takes(TextureSettings)
def texture_steps(example: Source, size: tuple[int, int] | int | None = None, **options: Any) -> Iterator[State]:
    """`texture`, by our L-BFGS, as an iterator of States, one an iteration, each with a picture of full size.

    The last one's picture is the result there, after as many evaluations at each stage; so is that of a State where a
    run was left. `step` goes on from stage to stage, and `stage` says which one it is.
    """
    how = TextureSettings.of(options)
    shape, stages = _prepared(example, size, how)
    for state in descend_stages(stages):
        yield state.through(lambda picture: resize(picture, shape))


def _prepared(
    example: Source, size: tuple[int, int] | int | None, how: TextureSettings
) -> tuple[tuple[int, int], list[Stage]]:
    """Height and width of a texture, and the stages in which it is made."""
    network = network_of(how.network, how.pooling)
    picture = load_picture(example, how.example_size, "the example")
    if size is None:
        size = (picture.shape[0], picture.shape[1])
    sides = size if isinstance(size, tuple | list) and len(size) == 2 else (size, size)
    height, width = (Number(high=LARGEST_SIZE, whole=True)("size", side) for side in sides)
    _check_sides(height, width, *picture.shape[:2])
    count, growth = how.growth
    shares = [growth ** -(count - 1 - k) for k in range(count)]
    kept = [share for share in shares if share == 1 or share * min(height, width, *picture.shape[:2]) > MARGIN]
    stages = [
        _stage(count - len(kept) + k, steps, network, resize(picture, _times(picture.shape, share)),
               _times((height, width), share), how)
        for k, (share, steps) in enumerate(zip(kept, how.steps_by_stage(len(kept))))
        if steps
    ]  # fmt: skip
    return (height, width), not_empty(stages)


def _times(shape: Sequence[int], share: float) -> tuple[int, int]:
    """Height and width at a share of their size."""
    return max(MARGIN + 1, round(share * shape[0])), max(MARGIN + 1, round(share * shape[1]))


def _stage(
    number: int, steps: int, network: Network, example: np.ndarray, shape: tuple[int, int], how: TextureSettings
) -> Stage:
    """A stage at which the example and the texture have these sizes."""

    def noise(spread: float = 1.0) -> np.ndarray:
        return coloured_noise(example, shape, how.seed, spread)

    def aim() -> TextureObjective:
        """Layers weigh the same at noise of the example's whole spread; and the loss is 1 where the texture starts."""
        objective = TextureObjective(network, example, noise(), how.layers, how.statistic)
        first = objective(tf.constant(noise(SPREAD)[None]))
        objective.weights.assign(objective.weights / max(float(sum(first.values())), 1e-12))
        return objective

    def start(before: np.ndarray | None) -> np.ndarray:
        return noise(SPREAD) if before is None else resize(before, shape)

    return Stage(number, steps, aim, start, how.basis)


def _check_sides(*sides: int) -> None:
    if sides and min(sides) <= MARGIN:  # Inside a compiled function the sides are not known.
        raise CourseError(f"a texture and its example need more than {MARGIN} pixels on every side, not {min(sides)}.")
