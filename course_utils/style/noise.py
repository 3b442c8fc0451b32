"""The noise from which styles and textures grow."""

from __future__ import annotations

import numpy as np
import scipy.fft

from course_utils.optimize.bases import spectral_filter
from course_utils.pictures.colours import match_colours

# Of the frequency, by which the amplitude of grain falls; and where the large strokes are there already.
POWER, FINE_POWER = 0.85, 0.4


def pink_noise(shape: tuple[int, int, int], seed: int = 0, power: float = POWER) -> np.ndarray:
    """Noise (h, w, 3) of standard deviation 1, whose amplitude falls as 1 / frequency^power, as in photographs.

    White noise is mostly the finest grain, which no later step uses up; this has as much of every size, so that large
    strokes find something to grow from too. power: 0 is white, 1 pink.
    """
    white = np.random.default_rng(seed).standard_normal(shape, "float32")
    return scipy.fft.idctn(spectral_filter(shape, power) * white, axes=(0, 1), norm="ortho")


def coloured_noise(example: np.ndarray, shape: tuple[int, int], seed: int = 0, spread: float = 1.0) -> np.ndarray:
    """Noise (h, w, 3), 0..255, of a shape (h, w), with the mean and covariance of an example's colours.

    spread: what its deviation from the mean is multiplied by.
    """
    noise = np.random.default_rng(seed).uniform(0, 255, (*shape, 3)).astype("float32")
    mean = example.mean((0, 1), dtype="float32")
    return np.clip(mean + np.float32(spread) * (match_colours(noise, example) - mean), 0, 255)
