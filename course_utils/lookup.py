"""Layers, channels and classes by name, known without TensorFlow, so that a wrong one can be refused at once."""

from __future__ import annotations

import difflib
import numbers
import zipfile
import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from course_utils.checks import shown
from course_utils.defaults import BLOCKS, CONVS, RANDOM_WIDTHS, VGG19_WIDTHS, WEIGHTS
from course_utils.errors import CourseError

CLASSES = 200  # Of the small networks: those of Tiny ImageNet.
POINTER = b"version https://git-lfs"  # How the file begins that stands for a large one.
AGAIN = "install the course again, or in a checkout run `git checkout -- course_utils/weights`."


def did_you_mean(word: str, known: Iterable[str], otherwise: str, most: int = 2, likeness: float = 0.5) -> str:
    """The end of a complaint about an unknown word: those of the known that are near, or else another end."""
    near = difflib.get_close_matches(str(word), list(known), most, likeness)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


def layer_widths(network: str) -> dict[str, int] | None:
    """Channels by layer of a network, in order of depth; None for one of which they are known when it is loaded."""
    if network == "inception_v3":
        return None
    if network == "mini":
        stored = mini_weights(*(f"{name}/bias" for name in CONVS))
        convolutions = {name: stored[f"{name}/bias"].size for name in CONVS}
    else:
        convolutions = {"vgg19": VGG19_WIDTHS, "random": RANDOM_WIDTHS}[network]
    widths: dict[str, int] = {}
    for block, count in BLOCKS.items():
        widths |= {f"block{block}_conv{k}": convolutions[f"block{block}_conv{k}"] for k in range(1, count + 1)}
        if block < len(BLOCKS) or network == "vgg19":  # The small networks take the scores from the last convolution.
            widths[f"block{block}_pool"] = convolutions[f"block{block}_conv{count}"]
    return widths


def class_names(network: str) -> list[str] | None:
    """The classes of a network, in order; None for one of which they are known when it is loaded."""
    return small_classes() if network in ("mini", "random") else None


def small_classes() -> list[str]:
    """The classes of "mini" and "random", in order. Raises CourseError where their file is not whole."""
    path = WEIGHTS / "class_names.txt"
    try:
        found = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read ({error}): {AGAIN}") from None
    if len(found) != CLASSES or len(set(found)) != CLASSES or not all(name.strip() for name in found):
        raise CourseError(f"{path} must hold {CLASSES} names, each on a line and none twice: {AGAIN}")
    return found


def mini_weights(*arrays: str) -> dict[str, np.ndarray]:
    """Arrays of the weights of "mini", by their names in the file; all of them where none is named.

    Raises CourseError where the file is missing or damaged.
    """
    path = WEIGHTS / "mini.npz"
    try:
        with path.open("rb") as file:
            if file.read(len(POINTER)) == POINTER:
                raise CourseError(f"{path} is a pointer of Git LFS in the place of the weights: run `git lfs pull`.")
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in arrays or stored.files}
    except CourseError:
        raise
    # What NumPy, zipfile and zlib raise for a file that is empty, cut off, another one, or has a wrong byte.
    except (OSError, EOFError, KeyError, ValueError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        raise CourseError(f"{path} is missing or damaged: {AGAIN}") from None


def check_layer(name: str, layers: Sequence[str], network: str) -> None:
    """Raises CourseError for a name that is not among a network's layers; the nearest are named, or all."""
    if not isinstance(name, str) or name not in layers:
        hint = did_you_mean(name, layers, f"its layers are {', '.join(layers)}.", likeness=0.7)
        raise CourseError(f"{network} has no layer {shown(name)}; {hint}")


def check_channel(layer: str, k: int, count: int, network: str) -> None:
    """Raises CourseError for a channel that a layer of so many does not have."""
    if not isinstance(k, numbers.Integral) or isinstance(k, bool) or not 0 <= k < count:
        raise CourseError(f"{layer} of {network} has channels 0 to {count - 1}, not {shown(k)}.")


def find_class(name: str, classes: Sequence[str], network: str) -> int:
    """The number of a class by its name, or by a part of it that no other class has; upper and lower case are one.

    Raises CourseError: no such class (the nearest are named), or several.
    """
    if not isinstance(name, str):
        raise CourseError(f"{network} has no class {shown(name)}: a class goes by its name.")
    known = [one.lower() for one in classes]
    wanted = name.lower().strip().replace("_", " ")
    if wanted in known:
        return known.index(wanted)
    within = [k for k, one in enumerate(known) if wanted and wanted in one]
    if len(within) == 1:
        return within[0]
    if within:
        several = ", ".join(classes[k] for k in within[:6])
        raise CourseError(f"{name!r} is a part of several classes, {several}: give the whole name of one.")
    hint = did_you_mean(wanted, known, f"it has {len(known)}, from {known[0]} to {known[-1]}.", most=3)
    raise CourseError(f"{network} has no class {shown(name)}; {hint}")
