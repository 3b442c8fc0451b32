"""Textures: pictures from noise that agree with an example in statistics which forget where things are.

Source: Gatys, Ecker and Bethge, "Texture Synthesis Using Convolutional Neural Networks", arXiv 1505.07376.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.backend import tf
from course_utils.checks import Number
from course_utils.defaults import LARGEST_SIZE, MARGIN, STYLE_LAYERS
from course_utils.errors import CourseError
from course_utils.losses import layer_statistic
from course_utils.network import Network, network_of
from course_utils.optimize.loop import descent, minimize
from course_utils.optimize.states import Result, State
from course_utils.pictures.colours import match_colours
from course_utils.pictures.loading import Source, load_picture
from course_utils.settings import takes
from course_utils.style.settings import TextureSettings


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
        self.targets = self._statistics(example, wrap=False)
        distances = self._distances(start)
        self.weights = {name: 1 / max(float(distances[name]), 1e-12) / len(self.layers) for name in self.layers}

    def _statistics(self, picture: np.ndarray | tf.Tensor, wrap: bool) -> dict[str, tf.Tensor]:
        features = inner_features(self.network, picture, self.layers, wrap)
        return {name: layer_statistic(features[name], self.statistic) for name in self.layers}

    def _distances(self, picture: np.ndarray | tf.Tensor) -> dict[str, tf.Tensor]:
        found = self._statistics(picture, wrap=True)
        return {name: tf.reduce_sum(tf.square(found[name] - self.targets[name])) for name in self.layers}

    def __call__(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """Weighted terms of a picture tensor (1, h, w, 3), by layer."""
        return {name: self.weights[name] * distance for name, distance in self._distances(picture).items()}


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
    steps: evaluations, at most. seed: of the noise, which has the mean and covariance of the example's colours.
    basis: the default keeps the values in range and favours no wave. The rest: see `minimize`.
    Raises CourseError for anything that does not fit, in one line.
    """
    how = TextureSettings.of(options)
    return minimize(*_prepared(example, size, how), how.steps, method=how.method, basis=how.basis,
                    callback=callback, stop=stop, progress=progress)  # fmt: skip


@takes(TextureSettings)
def texture_steps(example: Source, size: tuple[int, int] | int | None = None, **options: Any) -> Iterator[State]:
    """`texture`, by our L-BFGS, as an iterator of States, one an iteration: the last one's picture is the result there.

    A run that was left after a State of so many steps has the picture of `texture` with that number of steps.
    """
    how = TextureSettings.of(options)
    return descent(*_prepared(example, size, how), how.steps, basis=how.basis)


def _prepared(
    example: Source, size: tuple[int, int] | int | None, how: TextureSettings
) -> tuple[TextureObjective, np.ndarray]:
    """What is minimised for a texture, and the noise (h, w, 3) that it starts from."""
    network = network_of(how.network, how.pooling)
    picture = load_picture(example, how.example_size, "the example")
    if size is None:
        size = (picture.shape[0], picture.shape[1])
    sides = size if isinstance(size, tuple | list) and len(size) == 2 else (size, size)
    height, width = (Number(high=LARGEST_SIZE, whole=True)("size", side) for side in sides)
    _check_sides(height, width)
    start = coloured_noise(picture, (height, width), how.seed)
    return TextureObjective(network, picture, start, how.layers, how.statistic), start


def _check_sides(*sides: int) -> None:
    if sides and min(sides) <= MARGIN:  # Inside a compiled function the sides are not known.
        raise CourseError(f"a texture and its example need more than {MARGIN} pixels on every side, not {min(sides)}.")


def coloured_noise(example: np.ndarray, shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    """Noise (h, w, 3), 0..255, of a shape (h, w), with the mean and covariance of an example's colours."""
    noise = np.random.default_rng(seed).uniform(0, 255, (*shape, 3)).astype("float32")
    return match_colours(noise, example)
