"""The patches of pictures that excite a channel of a network most (CS231n, Lecture 9, slide 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.errors import CourseError
from course_utils.images import load_picture, names, resize
from course_utils.lookup import check_channel
from course_utils.network import MEAN_BGR, Network


def picture_collection(folder: str | Path | None = None, size: int = 320) -> dict[str, np.ndarray]:
    """Pictures (h, w, 3) by name: the course's photographs and paintings, or all pictures of a folder.

    size: the longest side of each, in pixels. Files in the folder that are no pictures are passed over.
    Raises CourseError: no such folder, or no picture in it.
    """
    if folder is None:
        return {name: load_picture(name, size) for group in names().values() for name in group}
    if not (place := Path(folder).expanduser()).is_dir():
        raise CourseError(f"there is no folder {folder}: give one that holds pictures.")
    found = {}
    for path in sorted(path for path in place.iterdir() if path.is_file()):
        try:
            found[path.name] = load_picture(path, size)
        except CourseError:
            continue
    if not found:
        raise CourseError(f"there is no picture in {folder}: give a folder that holds some.")
    return found


@dataclass(frozen=True)
class Patch:
    """A place in a picture that excites a channel.

    activation: of the channel there. picture: the picture's key, or its number in a list. size: the longest side, in
    pixels, that the picture had. cell: row and column in the layer's map. box: top, left, bottom and right of what the
    cell can see, in pixels of the picture at that size, whose border it may pass. pixels: that part, (side, side, 3).
    """

    activation: float
    picture: Any
    size: int
    cell: tuple[int, int]
    box: tuple[int, int, int, int]
    pixels: np.ndarray


def top_patches(
    network: Network,
    layer: str,
    channels: Iterable[int],
    pictures: Mapping[Any, np.ndarray] | Sequence[np.ndarray],
    count: int = 9,
    *,
    sizes: Iterable[int | None] = (160, 224, 320),
    per_picture: int = 1,
    inside: float = 0.5,
) -> dict[int, list[Patch]]:
    """The patches that excite channels of a layer most (L9, slide 7): by channel a list, the strongest first.

    pictures: (h, w, 3) each. sizes: longest sides, in pixels, at which each is looked at; None: as it is. A patch is
    the receptive field of one cell. per_picture: patches from one picture at most; two whose centres, at whatever
    sizes, lie within half a side count as one place. inside: the middle part of a patch's side that must lie within the
    picture, 0..1; beyond the border the network sees its own zeros, which a patch shows as ImageNet's mean colour.
    A list is short where pictures, or places that excite, are few: a channel that nothing excites has none.
    Patches are exact for networks of VGG-19's layout; those of inception_v3 lie some pixels aside.
    Raises CourseError: unknown layer or channel, a picture that is too small at one of the sizes.
    """
    channels, sizes, known = list(channels), list(sizes), network.channels(layer)
    for k in channels:
        check_channel(layer, k, known, network.name)
    side, stride = network.receptive_field(layer), network.stride(layer)
    pictures = dict(pictures) if isinstance(pictures, Mapping) else dict(enumerate(pictures))
    found: dict[int, list[tuple]] = {k: [] for k in channels}
    for key, picture in pictures.items():
        scaled = [picture if size is None else resize(picture, size) for size in sizes]
        outputs = [network.features(one, layer)[layer][0] for one in scaled]
        maps = [tf.gather(output, channels, axis=-1).numpy() for output in outputs]
        for one, shown in zip(maps, scaled, strict=True):
            one[~_inside(one.shape, shown.shape, stride, inside * side / 2)] = 0
        for index, k in enumerate(channels):
            places = _best_places([one[..., index] for one in maps], scaled, side, stride, per_picture)
            found[k] += [(value, key, scaled[which], cell) for value, which, cell in places]
    best = {k: sorted(places, key=lambda place: -place[0])[:count] for k, places in found.items()}
    return {k: [_patch(*place, side, stride) for place in places] for k, places in best.items()}


def _inside(cells: tuple[int, ...], picture: tuple[int, ...], stride: int, reach: float) -> np.ndarray:
    """Which cells (rows, columns) lie at least `reach` pixels within the border of a picture (h, w, 3)."""
    rows, columns = ((np.arange(count) + 0.5) * stride for count in cells[:2])
    across = [(at >= reach) & (at <= length - reach) for at, length in zip((rows, columns), picture, strict=False)]
    return across[0][:, None] & across[1]


def _best_places(
    maps: list[np.ndarray], pictures: list[np.ndarray], side: int, stride: int, most: int
) -> list[tuple[float, int, tuple[int, int]]]:
    """Activation, number of the map and cell of the strongest places of one picture at several sizes, each one once."""
    cells = [np.stack(np.indices(one.shape), -1).reshape(-1, 2) for one in maps]
    which = np.repeat(range(len(maps)), [len(some) for some in cells])
    values = np.concatenate([one.ravel() for one in maps])
    scales = np.array([1 / max(picture.shape[:2]) for picture in pictures])[which]
    cells = np.concatenate(cells)
    centres, halves, places = (cells + 0.5) * stride * scales[:, None], side / 2 * scales, []
    for _ in range(most):
        if values[best := int(np.argmax(values))] <= 0:
            break
        places.append((float(values[best]), int(which[best]), tuple(cells[best].tolist())))
        apart = np.abs(centres - centres[best]).max(1)
        values[apart < (halves + halves[best]) / 2] = 0  # The same place, here or at another size.
    return places


def _patch(value: float, key: Any, picture: np.ndarray, cell: tuple[int, int], side: int, stride: int) -> Patch:
    # The middle of what a cell sees is the middle of its square of stride x stride pixels.
    top, left = (round((k + 0.5) * stride - side / 2) for k in cell)
    pixels = np.tile(MEAN_BGR[::-1], (side, side, 1))
    rows, columns = (slice(max(0, at), max(0, at + side)) for at in (top, left))
    part = picture[rows, columns]
    pixels[rows.start - top :, columns.start - left :][: part.shape[0], : part.shape[1]] = part
    return Patch(value, key, max(picture.shape[:2]), cell, (top, left, top + side, left + side), pixels)
