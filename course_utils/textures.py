"""Textures: pictures from noise that agree with an example in statistics which forget where things are.

Source: Gatys, Ecker and Bethge, "Texture Synthesis Using Convolutional Neural Networks", arXiv 1505.07376.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.bases import SpectralBasis
from course_utils.colours import match_colours
from course_utils.defaults import MARGIN, STYLE_LAYERS, TEXTURE_STEPS
from course_utils.errors import CourseError
from course_utils.images import Source, load_picture
from course_utils.losses import STATISTICS, layer_statistic
from course_utils.network import Network, load_network
from course_utils.optimize import Result, minimize

# A start from noise lacks no slow waves. Made easy to move, they do the work of the fine ones: a few large stains bring
# the Gram matrices right on average, and the loss ends five times as high (0.0009 for 0.0002 after 120 evaluations).
EVEN = partial(SpectralBasis, power=0.0)


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
        if not layers:
            raise CourseError("a texture needs at least one layer.")
        if statistic not in STATISTICS:
            raise CourseError(f"statistic is one of {', '.join(STATISTICS)}, not {statistic!r}.")
        _check_sides(*example.shape[:2], *start.shape[:2])
        self.network, self.layers, self.statistic = network, tuple(layers), statistic
        self.targets = self._statistics(example, wrap=False)
        distances = self._distances(start)
        self.weights = {name: 1 / max(float(distances[name]), 1e-12) / len(self.layers) for name in self.layers}

    def _statistics(self, picture: np.ndarray | tf.Tensor, wrap: bool) -> dict[str, tf.Tensor]:
        features, statistics = self.network.features(picture, self.layers, MARGIN, wrap), {}
        for name in self.layers:
            cells = MARGIN // 2 ** (int(name[5]) - ("conv" in name))  # Each of VGG's poolings halves the map.
            statistics[name] = layer_statistic(features[name][:, cells:-cells, cells:-cells], self.statistic)
        return statistics

    def _distances(self, picture: np.ndarray | tf.Tensor) -> dict[str, tf.Tensor]:
        found = self._statistics(picture, wrap=True)
        return {name: tf.reduce_sum(tf.square(found[name] - self.targets[name])) for name in self.layers}

    def __call__(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """Weighted terms of a picture tensor (1, h, w, 3), by layer."""
        return {name: self.weights[name] * distance for name, distance in self._distances(picture).items()}


def texture(
    example: Source,
    size: tuple[int, int] | int | None = None,
    *,
    example_size: int = 256,
    layers: Sequence[str] = STYLE_LAYERS,
    statistic: str = "gram",
    steps: int = TEXTURE_STEPS,
    network: str | Network = "mini",
    pooling: str = "average",
    seed: int = 0,
    basis: str | Callable = EVEN,
    **options: Any,
) -> Result:
    """Make a texture like an example, from noise; the result's `picture` has the size asked for.

    example: anything that `load_picture` takes, looked at with `example_size` pixels on its longest side: a smaller
    number gives more and smaller things. size: (height, width), or one number for a square; None: the example's shape.
    layers: deeper ones keep larger things together. statistic: what is kept of a layer, see `losses.layer_statistic`.
    steps: evaluations, at most. seed: of the noise, which has the mean and covariance of the example's colours.
    basis, options: callback, stop, progress, method, see `minimize`; the default keeps the values in range and
    favours no wave.
    Raises CourseError for anything that does not fit, in one line.
    """
    if isinstance(network, str):
        network = load_network(network, pooling)
    example = load_picture(example, example_size)
    height, width = example.shape[:2] if size is None else (size, size) if isinstance(size, int) else size
    _check_sides(height, width)
    start = coloured_noise(example, (height, width), seed)
    objective = TextureObjective(network, example, start, layers, statistic)
    return minimize(objective, start, steps, basis=basis, **options)


def _check_sides(*sides: int) -> None:
    if min(sides) <= MARGIN:
        raise CourseError(f"a texture and its example need more than {MARGIN} pixels on every side, not {min(sides)}.")


def coloured_noise(example: np.ndarray, shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    """Noise (h, w, 3), 0..255, of a shape (h, w), with the mean and covariance of an example's colours."""
    noise = np.random.default_rng(seed).uniform(0, 255, (*shape, 3)).astype("float32")
    return match_colours(noise, example)
