"""Numbers as pictures (h, w, 3), 0..255, for `display.show`: activation maps, gradients, and heat over a photograph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.colours import LUMA
from course_utils.images import resize

ORANGE, BLUE = np.array([213, 94, 0], "float32"), np.array([0, 114, 178], "float32")  # As in `plots.COLOURS`.


def heat(values: np.ndarray, picture: np.ndarray, strongest: float | None = None) -> np.ndarray:
    """A map (rows, columns), of any size, laid over a picture (h, w, 3) that is made grey: (h, w, 3), 0..255.

    Orange is above 0, blue below; the larger, the stronger. strongest: the value of full colour; None: the largest.
    """
    enlarged = resize(np.repeat(values[..., None].astype("float32"), 3, 2), picture.shape[:2])[..., :1]
    enlarged = enlarged / (strongest or max(float(np.abs(values).max()), 1e-30))
    pale = 0.6 * (picture @ LUMA)[..., None] + 0.4 * 255
    amount = 0.85 * np.clip(np.abs(enlarged), 0, 1)
    return ((1 - amount) * pale + amount * np.where(enlarged > 0, ORANGE, BLUE)).astype("float32")


def as_picture(values: np.ndarray, strongest: float | None = None) -> np.ndarray:
    """Numbers (h, w) or (h, w, 3) as a picture (h, w, 3), 0..255.

    Where some are below 0, grey is 0 and the range goes as far either way; else black is 0. strongest: the value shown
    as white; None: that which one in 200 exceeds in size, so that one odd pixel does not leave the rest dark.
    """
    values = np.asarray(values, "float32")
    values = np.repeat(values[..., None], 3, 2) if values.ndim == 2 else values
    scaled = values / (strongest or max(float(np.quantile(np.abs(values), 0.995)), 1e-30))
    return np.clip(127.5 + 127.5 * scaled if (values < 0).any() else 255 * scaled, 0, 255)


def map_grid(
    features: np.ndarray, count: int = 16, *, channels: Sequence[int] | None = None, columns: int = 8, width: int = 96
) -> np.ndarray:
    """Activation maps as one picture (h, w, 3), 0..255, in rows; black is 0, white each map's own largest value.

    features: (1, h, w, channels) or (h, w, channels). count: how many, those of the highest mean first; channels: these
    instead. width: of each map, in pixels; cells stay squares.
    """
    features = np.asarray(features, "float32")
    features = features[0] if features.ndim == 4 else features
    if channels is None:
        channels = np.argsort(-features.mean((0, 1)), kind="stable")[:count]
    columns, gap = min(columns, len(channels)), 4
    height = round(width * features.shape[0] / features.shape[1])
    at = np.ix_(*((np.arange(n) * k // n for n, k in ((height, features.shape[0]), (width, features.shape[1])))))
    rows = -(-len(channels) // columns)
    paper = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), 255, "float32")
    for place, channel in enumerate(channels):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        one = features[..., channel]
        paper[top : top + height, left : left + width] = as_picture(one, max(float(one.max()), 1e-30))[at]
    return paper
