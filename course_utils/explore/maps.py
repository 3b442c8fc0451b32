"""Numbers as pictures (h, w, 3), 0..255, for `display.show`: activation maps, gradients, and heat over a photograph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.checks import COUNT, Number, array, checked, each, optional, shown
from course_utils.checks import picture as a_picture
from course_utils.errors import CourseError
from course_utils.lookup import check_channel
from course_utils.pictures.colours import LUMA
from course_utils.pictures.sizes import resize

STRONGEST = optional(Number(0, above=True))
ORANGE, BLUE = np.array([213, 94, 0], "float32"), np.array([0, 114, 178], "float32")  # As in `plots.COLOURS`.


@checked(values=array, picture=a_picture, strongest=STRONGEST)
def heat(values: np.ndarray, picture: np.ndarray, strongest: float | None = None) -> np.ndarray:
    """A map (rows, columns), of any size, laid over a picture (h, w, 3) that is made grey: (h, w, 3), 0..255.

    Orange is above 0, blue below; the larger, the stronger. strongest: the value of full colour; None: the largest.
    """
    if values.ndim != 2:
        raise CourseError(f"values must be a map (rows, columns), not {shown(values)}.")
    enlarged = resize(np.repeat(values[..., None].astype("float32"), 3, 2), picture.shape[:2])[..., :1]
    enlarged = enlarged / (strongest or max(float(np.abs(values).max()), 1e-30))
    pale = 0.6 * (picture @ LUMA)[..., None] + 0.4 * 255
    amount = 0.85 * np.clip(np.abs(enlarged), 0, 1)
    return ((1 - amount) * pale + amount * np.where(enlarged > 0, ORANGE, BLUE)).astype("float32")


def nearly_largest(values: np.ndarray) -> float:
    """The size that one value in 200 exceeds; above 0 even where all are 0."""
    return max(float(np.quantile(np.abs(values), 0.995)), 1e-30)


@checked(values=array, strongest=STRONGEST)
def as_picture(values: np.ndarray, strongest: float | None = None, signed: bool | None = None) -> np.ndarray:
    """Numbers (h, w) or (h, w, 3) as a picture (h, w, 3), 0..255.

    signed: grey is 0 and the range goes as far either way; else black is 0. None: signed where some are below 0.
    strongest: the value shown as white; None: that which one in 200 exceeds in size, so that one odd pixel does not
    leave the rest dark.
    """
    values = np.asarray(values, "float32")
    if values.ndim != 2 and (values.ndim != 3 or values.shape[2] != 3):
        raise CourseError(f"values must be numbers (h, w) or (h, w, 3), not {shown(values)}.")
    values = np.repeat(values[..., None], 3, 2) if values.ndim == 2 else values
    scaled = values / (strongest or nearly_largest(values))
    signed = bool((values < 0).any()) if signed is None else signed
    return np.clip(127.5 + 127.5 * scaled if signed else 255 * scaled, 0, 255)


@dataclass(frozen=True)
class Grid:
    """Where `count` pictures of width x height pixels lie in rows of `columns`, with `gap` pixels between them."""

    count: int
    columns: int
    width: int
    height: int
    gap: int = 4

    @property
    def sides(self) -> tuple[int, int]:
        """Height and width of the whole, in pixels."""
        rows = -(-self.count // self.columns)
        return rows * (self.height + self.gap) - self.gap, self.columns * (self.width + self.gap) - self.gap

    def corner(self, place: int) -> tuple[int, int]:
        """Top and left of the picture with a number, in pixels."""
        row, column = divmod(place, self.columns)
        return row * (self.height + self.gap), column * (self.width + self.gap)

    def box(self, place: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the picture with a number, as shares of the whole, 0..1."""
        (top, left), (height, width) = self.corner(place), self.sides
        return left / width, top / height, (left + self.width) / width, (top + self.height) / height

    def at(self, x: float, y: float) -> int | None:
        """The number of the picture at a place, in shares 0..1 of the whole; in a gap the one before it. None: none."""
        height, width = self.sides
        row, column = int(y * height) // (self.height + self.gap), int(x * width) // (self.width + self.gap)
        place = min(row, (self.count - 1) // self.columns) * self.columns + min(column, self.columns - 1)
        return place if place < self.count else None


def grid_of(features: np.ndarray, count: int, columns: int = 8, width: int = 96) -> Grid:
    """How `map_grid` lays out `count` maps of a layer's output (..., h, w, channels)."""
    rows, cells = features.shape[-3:-1]
    return Grid(count, min(columns, count), width, round(width * rows / cells))


def strongest_channels(features: np.ndarray, count: int) -> list[int]:
    """The `count` channels of the highest mean of an output (1, h, w, channels) or (h, w, channels), that first."""
    means = np.asarray(features, "float32").reshape(-1, features.shape[-1]).mean(0)
    return np.argsort(-means, kind="stable")[:count].tolist()


@checked(features=array, count=COUNT, columns=COUNT, width=COUNT, channels=optional(each(Number(whole=True))))
def map_grid(
    features: np.ndarray, count: int = 16, *, channels: Sequence[int] | None = None, columns: int = 8, width: int = 96
) -> np.ndarray:
    """Activation maps as one picture (h, w, 3), 0..255, in rows; black is 0, white each map's own largest value.

    features: (1, h, w, channels) or (h, w, channels). count: how many, those of the highest mean first; channels: these
    instead. width: of each map, in pixels; cells stay squares.
    """
    features = np.asarray(features, "float32")
    features = features[0] if features.ndim == 4 else features
    if features.ndim != 3:
        raise CourseError(f"features must be a layer's output (1, h, w, channels), not {shown(features)}.")
    channels = strongest_channels(features, count) if channels is None else channels
    if not channels:
        raise CourseError("channels must name at least one.")
    for channel in channels:
        check_channel("the layer", channel, features.shape[-1], "the network")
    grid = grid_of(features, len(channels), columns, width)
    steps = ((grid.height, features.shape[0]), (width, features.shape[1]))
    at = np.ix_(*((np.arange(n) * k // n for n, k in steps)))
    paper = np.full((*grid.sides, 3), 255, "float32")
    for place, channel in enumerate(channels):
        top, left = grid.corner(place)
        one = features[..., channel]
        paper[top : top + grid.height, left : left + width] = as_picture(one, max(float(one.max()), 1e-30))[at]
    return paper


def distribution(values: np.ndarray, bins: int = 24) -> tuple[float, np.ndarray, np.ndarray]:
    """How a map's activations, 0 or more, are spread: the share that is 0, 0..1; and of the others a histogram.

    Returns the share, how many lie in each of `bins` steps of one width from 0 to the largest, and the steps' edges
    (bins + 1,). Of a map of zeros nothing lies anywhere, and the edges run to 1.
    """
    above = np.asarray(values, "float32").ravel()
    above = above[above > 0]
    counts, edges = np.histogram(above, bins, (0, float(above.max(initial=0)) or 1.0))
    return 1 - above.size / np.size(values), counts, edges


def side_by_side(pictures: Sequence[np.ndarray], columns: int = 9, width: int = 84) -> np.ndarray:
    """Square pictures (side, side, 3) as one (h, w, 3), in rows as `Grid(len(pictures), columns, width, width)` says.

    Smaller ones are enlarged so that their pixels are seen as squares.
    """
    grid = Grid(len(pictures), min(columns, len(pictures)), width, width)
    paper = np.full((*grid.sides, 3), 255, "float32")
    for place, picture in enumerate(pictures):
        top, left = grid.corner(place)
        paper[top : top + width, left : left + width] = enlarged(picture, width)
    return paper


def enlarged(picture: np.ndarray, size: int) -> np.ndarray:
    """A picture (h, w, 3) with `size` pixels on its longest side; a smaller one's pixels are seen as squares."""
    height, width = picture.shape[:2]
    if max(height, width) >= size:
        return resize(picture, size)
    sides = [round(side * size / max(height, width)) for side in (height, width)]
    return picture[np.ix_(*(np.arange(n) * k // n for n, k in zip(sides, (height, width), strict=True)))]
