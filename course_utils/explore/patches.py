"""The patches of pictures that excite a channel of a network most (CS231n, Lecture 9, slide 7)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.backend import tf
from course_utils.checks import COUNT, Number, checked, each, optional
from course_utils.errors import CourseError
from course_utils.lookup import check_channel, check_layer
from course_utils.network import MEAN_BGR, Network
from course_utils.pictures.loading import load_picture
from course_utils.pictures.shipped import names
from course_utils.pictures.sizes import resize

Box = tuple[int, int, int, int]  # Top, left, bottom and right, in pixels.


@checked(folder=optional(checks.path), size=COUNT)
def picture_collection(folder: str | Path | None = None, size: int = 320) -> dict[str, np.ndarray]:
    """Pictures (h, w, 3) by name: the course's photographs and paintings, or all pictures of a folder.

    size: the longest side of each, in pixels. Files in the folder that are no pictures are passed over.
    Raises CourseError: no such folder, or no picture in it.
    """
    if folder is None:
        return {name: load_picture(name, size) for group in names().values() for name in group}
    if not (place := Path(os.path.expanduser(folder))).is_dir():
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
    box: Box
    pixels: np.ndarray


@checked(network=checks.network, layer=checks.text, channels=each(Number(whole=True)), count=COUNT, per_picture=COUNT,
         sizes=each(optional(COUNT)), inside=Number(0, 1))  # fmt: skip
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
    if not channels or not sizes:
        raise CourseError(f"{'sizes' if channels else 'channels'} must name at least one.")
    if not isinstance(pictures, Mapping):
        pictures = dict(enumerate(each(checks.picture)("pictures", pictures)))
    pictures = {key: checks.picture(f"the picture {key}", one) for key, one in pictures.items()}
    found: dict[int, list[tuple[float, Any, np.ndarray, tuple[int, int]]]] = {k: [] for k in channels}
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
    cells = np.concatenate([np.indices(one.shape).reshape(2, -1).T for one in maps])
    which = np.repeat(range(len(maps)), [one.size for one in maps])
    values = np.concatenate([one.ravel() for one in maps])
    scales = np.array([1 / max(picture.shape[:2]) for picture in pictures])[which]
    centres, halves, places = (cells + 0.5) * stride * scales[:, None], side / 2 * scales, []
    for _ in range(most):
        if values[best := int(np.argmax(values))] <= 0:
            break
        places.append((float(values[best]), int(which[best]), tuple(cells[best].tolist())))
        apart = np.abs(centres - centres[best]).max(1)
        values[apart < (halves + halves[best]) / 2] = 0  # The same place, here or at another size.
    return places


def _patch(value: float, key: Any, picture: np.ndarray, cell: tuple[int, int], side: int, stride: int) -> Patch:
    box = _box(cell, side, stride)
    return Patch(value, key, max(picture.shape[:2]), cell, box, cut(picture, box))


def _box(cell: tuple[int, int], side: int, stride: int) -> Box:
    # The middle of what a cell sees is the middle of its square of stride x stride pixels.
    top, left = (round((k + 0.5) * stride - side / 2) for k in cell)
    return top, left, top + side, left + side


def field_box(network: Network, layer: str, cell: tuple[int, int]) -> Box:
    """What the cell (row, column) of a layer sees: top, left, bottom, right, in pixels, which may pass the border.

    Exact for networks of VGG-19's layout. Raises CourseError: unknown layer.
    """
    return _box(cell, network.receptive_field(layer), network.stride(layer))


def cell_at(network: Network, layer: str, features: np.ndarray, row: float, column: float) -> tuple[int, int]:
    """The cell of a layer's output (1, h, w, channels) nearest to the pixel (row, column)."""
    stride, (rows, columns) = network.stride(layer), features.shape[-3:-1]
    return min(max(int(row // stride), 0), rows - 1), min(max(int(column // stride), 0), columns - 1)


def cut(picture: np.ndarray, box: Box, beyond: float | np.ndarray = MEAN_BGR[::-1]) -> np.ndarray:
    """The part (top, left, bottom, right) of a picture (h, w, 3), with `beyond` where it passes the border."""
    top, left, bottom, right = box
    pixels = np.empty((bottom - top, right - left, 3), "float32")
    pixels[:] = beyond
    rows, columns = slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))
    part = picture[rows, columns]
    pixels[rows.start - top :, columns.start - left :][: part.shape[0], : part.shape[1]] = part
    return pixels


class PatchIndex:
    """The strongest place of every channel of every layer in each of some pictures, found by one look at each picture.

    `look_at` takes one picture more. `best` then answers at once, as `top_patches(..., sizes=[None], per_picture=1)`
    does after a search. Kept are the pictures, and three numbers for each channel and picture. layers: names; None:
    all. inside: as for `top_patches`.
    """

    def __init__(self, network: Network, layers: Sequence[str] | None = None, inside: float = 0.5) -> None:
        self.network, self.inside = network, inside
        self.pictures: dict[Any, np.ndarray] = {}
        layers = network.layers if layers is None else layers
        self._fields = {layer: (network.receptive_field(layer), network.stride(layer)) for layer in layers}
        self._found: dict[str, dict[Any, tuple[np.ndarray, ...]]] = {layer: {} for layer in layers}

    def look_at(self, key: Any, picture: np.ndarray) -> None:
        """Take a picture (h, w, 3) in, under a key. Raises CourseError: unknown layer, picture too small."""
        outputs = self.network.features(picture, list(self._fields))
        self.pictures[key] = picture
        for layer, output in outputs.items():
            self._found[layer][key] = self._strongest(layer, output[0], picture.shape)

    def _strongest(self, layer: str, maps: tf.Tensor, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
        """Of each channel of maps (h, w, channels) the largest activation, its row and its column: (channels,) each."""
        side, stride = self._fields[layer]
        counted = _inside(maps.shape, shape, stride, self.inside * side / 2)
        flat = tf.reshape(maps * tf.constant(counted[..., None], maps.dtype), (-1, maps.shape[-1]))
        return tf.reduce_max(flat, 0).numpy(), *np.divmod(tf.argmax(flat, 0).numpy(), maps.shape[1])

    def best(self, layer: str, channel: int, count: int = 9) -> list[Patch]:
        """The patches that excite a channel most in the pictures looked at so far, one of each, the strongest first.

        Raises CourseError: unknown layer or channel.
        """
        check_layer(layer, list(self._fields), self.network.name)
        check_channel(layer, channel, self.network.channels(layer), self.network.name)
        places = [
            (float(values[channel]), key, (int(rows[channel]), int(columns[channel])))
            for key, (values, rows, columns) in self._found[layer].items()
            if values[channel] > 0
        ]
        places = sorted(places, key=lambda place: -place[0])[:count]
        return [_patch(value, key, self.pictures[key], cell, *self._fields[layer]) for value, key, cell in places]
