"""Pictures by their codes: the output of a layer, and whose is nearest.

Source: L9 = CS231n, Lecture 9 (2016).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_utils import checks
from course_utils.checks import COUNT, checked, each
from course_utils.errors import CourseError
from course_utils.network import Network


@checked(network=checks.network, pictures=each(checks.picture), layer=checks.text)
def codes(network: Network, pictures: Iterable[np.ndarray], layer: str, flat: bool = False) -> np.ndarray:
    """The code of each picture (h, w, 3) at a layer: the mean of each channel, (pictures, channels).

    flat: the whole output in one row instead (L9, slides 11 to 13); the pictures must then have one size.
    Raises CourseError: unknown layer, pictures of several sizes.
    """
    if not pictures:
        raise CourseError("pictures must hold at least one.")
    outputs = [network.features(picture, layer)[layer][0].numpy() for picture in pictures]
    if not flat:
        return np.stack([output.mean((0, 1)) for output in outputs])
    if len({output.shape for output in outputs}) > 1:
        raise CourseError("flat codes have one length only where all pictures have one size: resize them first.")
    return np.stack([output.ravel() for output in outputs])


@checked(code=checks.array, codes=checks.array, count=COUNT)
def nearest(code: np.ndarray, codes: np.ndarray, count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the `count` rows of codes (n, length) that are nearest to a code (length,), and their distances.

    The distance is Euclidean, as in L9, slide 13; for angles, divide every code by its length first. A code that is
    itself a row comes first, at distance 0. Raises CourseError: the lengths differ.
    """
    if np.ndim(codes) != 2:
        raise CourseError(f"codes must be an array (pictures, length), not {checks.shown(codes)}.")
    if np.shape(code) != (length := np.shape(codes)[1],):
        raise CourseError(f"a code of shape {np.shape(code)} cannot be compared with codes of length {length}.")
    distances = np.linalg.norm(np.asarray(codes) - code, axis=1)
    order = np.argsort(distances, kind="stable")[:count]
    return order, distances[order]
