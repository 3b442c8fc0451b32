"""How the pictures of a film move, and what was made of one of them, moved along to the next.

Source: RDB = Ruder, Dosovitskiy and Brox, "Artistic style transfer for videos", arXiv 1604.08610.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from course_utils.checks import each, picture
from course_utils.errors import CourseError

RADIUS = 7  # Pixels around each, whose motion is taken to be the same.
NEW = 20.0  # A place that differs by so many grey levels from where it is said to come from has just come into view.


def same_size(frames: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The pictures (h, w, 3) of a film. Raises CourseError for what is none, for none, and for several sizes."""
    pictures = each(picture)("frames", frames)
    if len({one.shape for one in pictures}) != 1:
        raise CourseError("the frames of a film must be pictures of one size; `resize` them first.")
    return pictures


def flow(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Where what each pixel of a picture shows was in the one before: (2, h, w), rows and columns to go, in pixels.

    before, after: pictures (h, w, 3), 0..255. Optical flow by Lucas and Kanade, coarse to fine, from scikit-image.
    """
    from skimage.registration import optical_flow_ilk

    then, now = (one.mean(-1) / 255 for one in (before, after))
    return optical_flow_ilk(now, then, radius=RADIUS, num_warp=10, prefilter=True)


def moved(image: np.ndarray, field: np.ndarray) -> np.ndarray:
    """A picture (h, w, 3), each pixel taken from where `flow` says that it was; beyond the border it is mirrored."""
    places = np.indices(field.shape[1:]) + field
    channels = [map_coordinates(channel, places, order=1, mode="reflect") for channel in np.moveaxis(image, -1, 0)]
    return np.stack(channels, -1).astype("float32")


def carried(made: np.ndarray, before: np.ndarray, after: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """What was made of a picture, moved to where things are in the one after.

    made, before, after: pictures (h, w, 3), 0..255, of one size. fresh: what is to be seen where something comes into
    view, over the border or from behind something that moves.
    """
    field = flow(before, after)
    unlike = np.abs(moved(before, field) - after).mean(-1) > NEW
    new = gaussian_filter((unlike | ~within(field)).astype("float32"), 1.0)[..., None]
    return (1 - new) * moved(made, field) + new * fresh


def within(field: np.ndarray) -> np.ndarray:
    """Which pixels were inside the picture before, (h, w), bool; see `flow`."""
    places, sides = np.indices(field.shape[1:]) + field, np.reshape(field.shape[1:], (2, 1, 1))
    return ((places > -0.5) & (places < sides - 0.5)).all(0)
