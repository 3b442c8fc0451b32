"""What several tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from course_utils.backend import tf
from course_utils.network import Network, load_network

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def random_network() -> Network:
    """The small layout with random weights: loads nothing, and behaves as any network does."""
    return load_network("random", pooling="average")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def photo(rng: np.random.Generator) -> np.ndarray:
    """A smooth picture (48, 64, 3) with some noise, within 20..235."""
    rows, columns = np.mgrid[0:48, 0:64].astype("float32")
    waves = np.stack([np.sin(rows / 5), np.cos(columns / 7), np.sin((rows + columns) / 9)], -1)
    return (127 + 80 * waves + rng.uniform(-20, 20, (48, 64, 3))).astype("float32")


@pytest.fixture
def check_gradient() -> Callable:
    """Compare a gradient with central differences in float64, at every one of a few random places."""

    def check(function: Callable[[tf.Tensor], tf.Tensor], at: np.ndarray, tolerance: float = 1e-7) -> None:
        x, h = tf.constant(at, tf.float64), 1e-5
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        gradient = tape.gradient(value, x).numpy()
        for place in np.random.default_rng(1).choice(at.size, min(12, at.size), replace=False):
            step = np.zeros(at.size)
            step[place] = h
            step = step.reshape(at.shape)
            difference = (float(function(x + step)) - float(function(x - step))) / (2 * h)
            assert gradient.ravel()[place] == pytest.approx(difference, rel=1e-5, abs=tolerance)

    return check
