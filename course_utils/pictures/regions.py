"""Regions of a picture to be chosen by hand: superpixels, and the masks that they make."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy.ndimage


def superpixels(picture: np.ndarray, count: int = 120) -> np.ndarray:
    """Divide a picture (h, w, 3) into about so many regions of like colour: their numbers (h, w), from 0.

    SLIC, k-means on colour and place together (Achanta and others, IEEE TPAMI 34, 2012), by scikit-image.
    """
    from skimage.segmentation import slic  # Loaded late: it takes half a second.

    return slic(picture / 255, n_segments=count, compactness=15, sigma=1, start_label=0, channel_axis=-1)


def region_mask(labels: np.ndarray, chosen: Iterable[int], feather: float = 0.0) -> np.ndarray:
    """A mask (h, w), float32: 1 in the chosen regions and 0 elsewhere.

    labels: of `superpixels`. feather: standard deviation, in pixels, of the Gaussian that softens the border.
    """
    mask = np.isin(labels, list(chosen)).astype("float32")
    return np.clip(scipy.ndimage.gaussian_filter(mask, feather), 0, 1) if feather else mask


def outlined(picture: np.ndarray, labels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A picture (h, w, 3) with thin lines between its regions, hatched and pale where the mask (h, w) is dark."""
    border = np.zeros(labels.shape, bool)
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    border[1:] |= labels[1:] != labels[:-1]
    rows, columns = np.indices(labels.shape)
    hatching = (rows + columns) % 8 < 2
    shade = 0.55 * picture + 0.45 * np.where(hatching, 90, 235)[..., None]
    shown = np.where(mask[..., None] >= 0.5, picture, shade)
    return np.where(border[..., None], 0.5 * shown + 0.5 * 255 * (shown.mean(-1, keepdims=True) < 127), shown)
