"""Step one of a check: the arguments with which an answer is called, drawn from what its exercise allows.

Arguments are plain: arrays, numbers, text, and lists, tuples, deques and dicts of these. Four forms of draw see to it
that an answer meets wide, tall and square maps, float64 and float32, few levels (ties and exact zeros), and arrays that
are not contiguous. No two draws of an exercise share a size, so that no answer can lean on one.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

Layout = Literal["plain", "strided", "read-only"]


@dataclass(frozen=True)
class Case:
    """One call of an answer.

    named: ends the sentence "the Gram matrix ... should be", such as "of a map of 3 x 5 cells". raises: the error that
    is right here, in place of a value; why: what to say of it to an answer that does not raise it. silent: it need say
    nothing. layout: how arrays lie in memory. use: how the answer is called in this case, where that is not as in the
    others.
    """

    arguments: tuple
    named: str = ""
    raises: type[Exception] | None = None
    why: str = ""
    silent: bool = False
    layout: Layout = "plain"
    use: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Form:
    """What is special about the arrays of one draw."""

    sides: Literal["wide", "tall", "square"]
    dtype: Literal["float64", "float32"]
    levels: bool = False  # Few levels: values that are equal, and values that are exactly 0.
    layout: Layout = "plain"


FORMS = (
    Form("wide", "float64"),
    Form("tall", "float32"),
    Form("square", "float64", levels=True),
    Form("wide", "float32", layout="strided"),
)

FLOAT32 = tuple(replace(form, dtype="float32") for form in FORMS)  # For what a network gives and takes.


class Draw:
    """Sizes, numbers and arrays for one case, at random but the same each time."""

    def __init__(self, form: Form, seed: int, used: set[int], sizes: Sequence[int] = ()) -> None:
        """used: the sizes that other draws have had. sizes: those to be given again, in this order."""
        self.form, self.rng, self._used, self._again = form, np.random.default_rng(seed), used, list(sizes)
        self.sizes_given: list[int] = []

    def size(self, low: int = 2, high: int = 12) -> int:
        """A whole number from low to high that no draw of this exercise has had."""
        if self._again and low <= self._again[0] <= high:
            return self._again.pop(0)
        free = [one for one in range(low, high + 1) if one not in self._used]
        if not free:
            raise RuntimeError(f"no size from {low} to {high} is left: widen the range")
        size = int(self.rng.choice(free))
        self._used.add(size)
        self.sizes_given.append(size)
        return size

    def sides(self, low: int = 2, high: int = 12) -> tuple[int, int]:
        """Height and width of a map, as the form says: wide, tall or square."""
        if self.form.sides == "square":
            return (self.size(low, high),) * 2
        short, long = sorted((self.size(low, high), self.size(low, high)))
        return (short, long) if self.form.sides == "wide" else (long, short)

    def number(self, low: float, high: float) -> float:
        """A number from low to high with three digits."""
        return float(f"{self.rng.uniform(low, high):.3g}")

    def normal(self, shape: Sequence[int], mean: float = 0.0, deviation: float = 1.0) -> np.ndarray:
        """Normal numbers, in levels half a deviation apart if the form says so."""
        return self._formed(self.rng.normal(mean, deviation, shape), deviation / 2)

    def uniform(self, shape: Sequence[int], low: float = 0.0, high: float = 255.0) -> np.ndarray:
        """Numbers from low to high, in nine levels if the form says so."""
        return self._formed(self.rng.uniform(low, high, shape), (high - low) / 8, low)

    def activations(self, shape: Sequence[int]) -> np.ndarray:
        """What a ReLU gives: a third are zeros; in a form of few levels the last channel is silent as well."""
        values = np.maximum(self.normal(shape, 0.5), 0)
        if self.form.levels and shape[-1] > 1:
            values[..., -1] = 0
        return values

    def _formed(self, values: np.ndarray, step: float, low: float = 0.0) -> np.ndarray:
        if self.form.levels:
            values = low + step * np.rint((values - low) / step)
        return np.asarray(values, self.form.dtype)


def draw(name: str, how: Callable[[Draw], Case] | None, also: Sequence[Case], forms: Sequence[Form]) -> list[Case]:
    """The cases of an exercise: one drawn in each form, then those that are given.

    The first form is drawn twice, in the same sizes: an answer that remembers something is then found out.
    """
    used: set[int] = set()
    cases: list[Case] = []
    sizes: list[int] = []
    if how is None:
        return list(also)
    for number, form in enumerate([forms[0], *forms]):
        source = Draw(form, zlib.crc32(name.encode()) + number, used, sizes if number == 1 else ())
        cases.append(replace(how(source), layout=form.layout))
        sizes = source.sizes_given
    return [*cases, *also]


def copied(value: Any, layout: Layout = "plain") -> Any:
    """A copy of plain arguments of which an answer may change what it likes; its arrays lie in memory as asked for.

    What is not plain (a function, a tensor) is handed on as it is.
    """
    if isinstance(value, np.ndarray):
        copy = np.stack([value, value], -1)[..., 0] if layout == "strided" else value.copy()
        copy.flags.writeable = layout != "read-only"
        return copy
    if isinstance(value, dict):
        return {key: copied(one, layout) for key, one in value.items()}
    if isinstance(value, (list, tuple, deque)):
        return type(value)(copied(one, layout) for one in value)
    return value


def same(one: Any, other: Any) -> bool:
    """Are two plain values equal in every part, NaN included?"""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    if isinstance(one, dict):
        return isinstance(other, dict) and list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple, deque)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "numpy") or hasattr(other, "numpy"):
        return one is other  # A tensor is not changed, it can only be replaced.
    return one is other or one == other
