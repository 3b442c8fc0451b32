"""Statistics of a layer, matrices and vectors, as pictures (h, w, 3), 0..255."""

from __future__ import annotations

import numpy as np

from course_utils.explore.maps import BLUE, ORANGE


def common_scale(*values: np.ndarray, share: float = 0.02) -> float:
    """One value of full colour for several arrays: that which this share of all their numbers exceeds in size.

    A few entries of a Gram matrix are many times as large as the rest, which would stay pale beside them.
    """
    sizes = np.concatenate([np.abs(np.asarray(one, "float32")).ravel() for one in values])
    return max(float(np.quantile(sizes, 1 - share)), 1e-30)


def statistic_picture(values: np.ndarray, strongest: float, side: int = 256) -> np.ndarray:
    """A statistic of N channels as a square picture, 0..255: white is 0, orange above, blue below.

    values: (N, N), drawn as N x N cells, the colour of `strongest` and beyond full; or (N,), as N bars, which rise from
    the bottom, or, where some are below 0, go up and down from the middle; one of `strongest` and beyond goes to the
    edge. side: of the picture in pixels, at least; it becomes a multiple of N.
    """
    values = np.asarray(values, "float32") / np.float32(strongest)
    cell = -(-side // len(values))
    if values.ndim == 1:
        drawn = np.repeat(_bars(values, cell * len(values)), cell, 1)
        if cell > 3:
            drawn[:, cell - 1 :: cell] = 0  # A gap between bars that are wide enough for one.
    else:
        drawn = np.repeat(np.repeat(values, cell, 0), cell, 1)
    amount = np.clip(np.abs(drawn), 0, 1)[..., None]
    return ((1 - amount) * 255 + amount * np.where(drawn[..., None] > 0, ORANGE, BLUE)).astype("float32")


def _bars(values: np.ndarray, height: int) -> np.ndarray:
    """Bars of values (N,), -1..1, as an array (height, N) of 1 in those above 0, -1 in those below, and 0 elsewhere."""
    low = -1.0 if (values < 0).any() else 0.0
    # The value at the middle of each row of pixels, from the top down.
    levels = (1 - (1 - low) * (np.arange(height)[:, None] + 0.5) / height).astype("float32")
    return np.where((levels > 0) & (levels < values), 1, np.where((levels < 0) & (levels > values), -1, 0))
