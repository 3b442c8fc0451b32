"""The variables in which a picture is optimised.

An optimiser moves a flat vector; a basis turns it into a picture and takes the picture's gradient back by the chain
rule.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import scipy.fft

from course_utils.checks import Number, shown
from course_utils.errors import CourseError

GREY = np.float32(127.5)
SMALL_MARGIN = 4.0  # Grey levels from black and white, where the slope of tanh is 6 % of that at grey.


def spectral_filter(shape: tuple[int, ...], power: float, blur: float = 0.0) -> np.ndarray:
    """1 / f^power on the cosine spectrum of a picture (h, w, ...), (h, w, 1), float32, scaled to mean square 1.

    f: frequency in periods a picture, at least 1. blur: also blur by a Gaussian of this standard deviation, in pixels.
    """
    rows, columns = (np.arange(side, dtype="float32") / 2 for side in shape[:2])  # Cosine k makes k / 2 periods.
    weights = np.maximum(1, np.hypot(rows[:, None], columns[None])) ** np.float32(-power)
    if blur:
        waves = (rows[:, None] / shape[0]) ** 2 + (columns[None] / shape[1]) ** 2  # (periods a pixel)^2
        weights = weights * np.exp(-2 * (np.pi * blur) ** 2 * waves)
    return (weights / np.sqrt(np.mean(weights**2)))[..., None].astype("float32")


def picture_shape(shape: Any) -> tuple[int, int, int]:
    """The shape (h, w, 3) of a picture. Raises CourseError for anything else."""
    if not isinstance(shape, tuple | list) or len(shape) != 3:
        raise CourseError(f"shape must be that of a picture, (height, width, 3), not {shown(shape)}.")
    height, width, channels = (Number(1, whole=True)("each number of the shape", side) for side in shape)
    return height, width, channels


class PixelBasis:
    """The vector is the picture itself. The pixels may leave 0..255, unless the optimiser is given `bounds`."""

    in_range = False
    bounds = (0.0, 255.0)

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.shape = picture_shape(shape)

    def vector(self, picture: np.ndarray) -> np.ndarray:
        """The flat float32 vector of a picture (h, w, 3)."""
        return picture.astype("float32").ravel()

    def picture(self, vector: np.ndarray) -> np.ndarray:
        """The picture (h, w, 3), float32, of a vector."""
        return vector.reshape(self.shape).astype("float32")

    def gradient(self, picture: np.ndarray, picture_gradient: np.ndarray) -> np.ndarray:
        """The gradient with respect to the vector, from a picture and the gradient with respect to that."""
        return picture_gradient.ravel()


class SpectralBasis:
    """The picture as a sum of cosines, the slow ones made easy to move, and squashed into 0..255.

    picture = 127.5 + reach tanh(y / reach), y = inverse cosine transform of (filter x vector); filter = 1 / f^power, f
    the frequency in periods a picture, at least 1, scaled to mean square 1. Gradients of networks are poor in slow
    changes, which natural pictures are made of; a gradient step on this vector is a preconditioned one on the pixels.
    The cosine transform is orthonormal, so that its transpose is its inverse, and it has no seam at the border.

    reach: half the range of the values. At 127.5 they stay within 0..255, but the slope of tanh dies at black and
    white, so that a start is first pulled into the range of `margin` from either end.
    """

    in_range = True
    bounds = None

    def __init__(
        self, shape: tuple[int, int, int], power: float = 0.5, reach: float = 127.5, margin: float = 16.0
    ) -> None:
        shape = self.shape = picture_shape(shape)
        Number(0, 10)("power", power)
        self.reach = np.float32(Number(0, 1e6, above=True)("reach", reach))
        # A start on the edge of what tanh reaches would be infinite.
        self.margin = Number(max(0.0, 127.5 - float(self.reach)), 127.5, above=reach <= 127.5)("margin", margin)
        self.filter = np.ascontiguousarray(np.broadcast_to(spectral_filter(shape, power), shape))
        self.in_range = reach <= 127.5

    def vector(self, picture: np.ndarray) -> np.ndarray:
        """The flat float32 vector of a picture (h, w, 3), whose values are first pulled away from black and white."""
        inside = np.clip(picture.astype("float32"), self.margin, 255 - self.margin)
        y = self.reach * np.arctanh((inside - GREY) / self.reach)
        return (scipy.fft.dctn(y, axes=(0, 1), norm="ortho") / self.filter).ravel()

    def picture(self, vector: np.ndarray) -> np.ndarray:
        """The picture (h, w, 3), float32, of a vector."""
        spectrum = self.filter * vector.reshape(self.shape).astype("float32", copy=False)
        y = scipy.fft.idctn(spectrum, axes=(0, 1), norm="ortho", overwrite_x=True, workers=2)
        y /= self.reach  # In place from here on: this is done at every evaluation, and new memory costs more than sums.
        np.tanh(y, out=y)
        y *= self.reach
        y += GREY
        return y

    def gradient(self, picture: np.ndarray, picture_gradient: np.ndarray) -> np.ndarray:
        """The gradient with respect to the vector, from a picture and the gradient with respect to that."""
        slope = (picture - GREY) / self.reach
        np.square(slope, out=slope)
        np.subtract(1, slope, out=slope)  # The derivative of tanh is 1 - tanh^2.
        slope *= picture_gradient
        answer = scipy.fft.dctn(slope, axes=(0, 1), norm="ortho", overwrite_x=True, workers=2)
        answer *= self.filter
        return answer.ravel()


# A start from noise lacks no slow waves. Made easy to move, they do the work of the fine ones: a few large stains bring
# the Gram matrices of a texture right on average, and the loss ends five times as high (.0009 for .0002 after 120
# evaluations).
BASES: dict[str, Callable[..., Any]] = {
    "pixels": PixelBasis,
    "spectral": SpectralBasis,
    "even": partial(SpectralBasis, power=0.0),
}


def unpulled(basis: str | Callable) -> str | Callable:
    """The basis for a start that a run has left, whose blacks and whites were reached in it and shall stay.

    Pulled by 16 grey levels, as a photograph's are, they would begin with a loss that is 7 to 40 % higher (three pairs,
    96 pixels); by 4 they begin with that which was reached, to four digits, and can still be moved.
    """
    return partial(BASES[basis], margin=SMALL_MARGIN) if basis in ("spectral", "even") else basis
