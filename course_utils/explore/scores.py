"""The scores of the classes, and the places of a picture that a score depends on.

Source: L9 = CS231n, Lecture 9 (2016).
"""

from __future__ import annotations

import numbers

import numpy as np

from course_utils import checks
from course_utils.backend import tf
from course_utils.checks import COUNT, Number, checked
from course_utils.errors import CourseError
from course_utils.lookup import find_class
from course_utils.network import Network

SCORES = "scores"
FILLS = {"grey": lambda picture: 127.5, "black": lambda picture: 0.0, "mean": lambda picture: picture.mean((0, 1))}


def class_number(network: Network, wanted: str | int) -> int:
    """The number of a class. Raises CourseError: no such class, or several of which the name is a part."""
    if isinstance(wanted, str):
        return find_class(wanted, network.classes, network.name)
    number = isinstance(wanted, numbers.Integral) and not isinstance(wanted, bool)
    if not number or not 0 <= wanted < len(network.classes):
        raise CourseError(f"{network.name} has classes 0 to {len(network.classes) - 1}, not {checks.shown(wanted)}.")
    return int(wanted)


@checked(network=checks.network, picture=checks.picture, count=COUNT)
def class_shares(network: Network, picture: np.ndarray, count: int = 5) -> dict[str, float]:
    """The `count` most likely classes of a picture (h, w, 3), by name, with their shares, 0..1, after softmax."""
    shares = tf.nn.softmax(network.logits(picture))[0].numpy()
    return {network.classes[k]: float(shares[k]) for k in np.argsort(-shares)[:count]}


@checked(network=checks.network, picture=checks.picture, size=Number(whole=True), stride=Number(whole=True))
def occlusion_map(
    network: Network,
    picture: np.ndarray,
    wanted: str | int,
    size: int = 32,
    stride: int = 16,
    fill: str | float | np.ndarray = "grey",
) -> np.ndarray:
    """How much the score of a class, before softmax, drops while a square hides a place (L9, slides 14 and 15).

    The result (rows, columns) is a grid over the picture (h, w, 3) whose cells are about stride pixels wide. At each
    the square of size x size pixels lies on the middle of the cell, cut off at the border. fill: "grey" (127.5),
    "black" or "mean" (the picture's mean colour), a colour (3,), or a picture (h, w, 3) that shows through the hole.
    Raises CourseError: no such class or fill, a size or stride below 1.
    """
    k = class_number(network, wanted)
    if isinstance(fill, str) and fill not in FILLS:
        raise CourseError(f"fill is {', '.join(FILLS)}, a colour or a picture, not {fill!r}.")
    if min(size, stride) < 1:
        raise CourseError(f"size and stride must be at least 1 pixel, not {size} and {stride}.")
    try:
        filling = FILLS[fill](picture) if isinstance(fill, str) else checks.array("fill", np.asarray(fill))
        behind = np.broadcast_to(filling, picture.shape)
    except ValueError:  # A CourseError is one too.
        known = ", ".join(FILLS)
        raise CourseError(f"fill is {known}, a colour or a picture of one size, not {checks.shown(fill)}.") from None
    spans = []
    for length in picture.shape[:2]:
        cells = max(1, round(length / stride))
        starts = np.rint((np.arange(cells) + 0.5) * length / cells - size / 2).astype(int)
        spans.append([slice(max(0, start), start + size) for start in starts])
    answer = np.empty((len(spans[0]), len(spans[1])), "float32")
    for i, rows in enumerate(spans[0]):
        hidden = np.repeat(picture[None].astype("float32"), len(spans[1]), 0)
        for one, columns in zip(hidden, spans[1], strict=True):
            one[rows, columns] = behind[rows, columns]
        answer[i] = network.logits(hidden)[:, k]
    return float(network.logits(picture)[0, k]) - answer
