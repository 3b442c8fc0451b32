"""What a user gives, checked before any work is done: a wrong number, picture or name is refused in one line.

`checked` looks at the arguments of a function, `settings.option` at the options of a method; both by the kinds here,
each of which takes the name of what is checked and its value, and gives the value back, or raises CourseError.
"""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import numpy as np

from course_utils.errors import CourseError

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
LARGEST = 1e30  # Of any number: networks compute in float32, which ends at 3e38.
Kind = Callable[[str, Any], Any]


def checked(**kinds: Kind) -> Callable[[Callable[Arguments, Answer]], Callable[Arguments, Answer]]:
    """Look at those arguments of a function that are given, each by its kind, before it is called."""

    def decorate(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
        signature = inspect.signature(function)
        assert set(kinds) <= set(signature.parameters)

        @functools.wraps(function)
        def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
            given = signature.bind(*args, **kwargs)
            for name, kind in kinds.items():
                if name in given.arguments:
                    given.arguments[name] = kind(name, given.arguments[name])
            return function(*given.args, **given.kwargs)

        return call

    return decorate


def shown(value: Any) -> str:
    """A value as a complaint shows it: short, and in one line."""
    if getattr(value, "shape", ()) != ():
        return f"an array of shape {tuple(value.shape)}"
    words = " ".join(map(str.strip, repr(value).splitlines()))
    return words if len(words) <= 60 else f"{words[:57]}..."


@dataclass(frozen=True)
class Number:
    """A kind: a number from `low`, or above it, to `high`, and finite. whole: a whole one."""

    low: float = -LARGEST
    high: float = LARGEST
    whole: bool = False
    above: bool = False

    def __call__(self, name: str, value: Any) -> Any:
        kind = numbers.Integral if self.whole else numbers.Real
        good = isinstance(value, kind) and not isinstance(value, bool) and math.isfinite(value)
        if good and (self.low < value if self.above else self.low <= value) and value <= self.high:
            return int(value) if self.whole else value  # NumPy's whole numbers are not taken everywhere.
        what = "a whole number" if self.whole else "a number"
        if good and value > self.high:
            what += f" of at most {self.high:,g}"
        elif self.low > -LARGEST:
            what += f" {'above' if self.above else 'of at least'} {self.low:g}"
        raise CourseError(f"{name} must be {what}, not {shown(value)}.")


def one_of(*known: Any) -> Kind:
    """A kind: one of the words, or None where that is among them."""

    def check(name: str, value: Any) -> Any:
        if not any(value is one or (isinstance(value, str) and value == one) for one in known):
            raise CourseError(f"{name} is one of {', '.join(map(str, known))}, not {shown(value)}.")
        return value

    return check


def each(kind: Kind) -> Kind:
    """A kind: a list, or another collection, of which each is of a kind; it becomes a list."""

    def check(name: str, value: Any) -> list[Any]:
        if isinstance(value, str | bytes) or not hasattr(value, "__iter__") or getattr(value, "shape", None) == ():
            raise CourseError(f"{name} must be a list, not {shown(value)}.")
        return [kind(f"{name} {k}", one) for k, one in enumerate(value, 1)]

    return check


def optional(kind: Kind) -> Kind:
    """A kind: None, or of another kind."""
    return lambda name, value: None if value is None else kind(name, value)


def as_array(name: str, value: Any, wanted: str = "an array", kind: str = "an array") -> np.ndarray:
    """An array or a tensor as an array, whatever it holds. wanted, kind: what is said to be missing."""
    if not hasattr(value, "__array__"):
        raise CourseError(f"{name} must be {wanted}, not {shown(value)}.")
    try:
        return np.asarray(value)
    except Exception:  # A tensor inside a compiled function has no numbers yet.
        raise CourseError(f"{name} must be {kind} that has its numbers already, not {shown(value)}.") from None


def array(name: str, value: Any) -> np.ndarray:
    """A kind: an array or a tensor of finite numbers; it becomes an array."""
    found = as_array(name, value)
    if found.dtype.kind not in "buif" or found.size == 0:
        raise CourseError(f"{name} must be an array of numbers, not one of shape {found.shape} and type {found.dtype}.")
    if not np.isfinite(found).all():
        raise CourseError(f"{name} holds values that are not numbers (NaN or infinity).")
    if found.dtype == np.float64 and np.abs(found).max() > LARGEST:
        raise CourseError(f"{name} holds values beyond {LARGEST:g}: bring them to a smaller unit.")
    return found


def picture(name: str, value: Any) -> np.ndarray:
    """A kind: a picture (h, w, 3) as `load_picture` gives it, as an array or a tensor; it becomes an array."""
    found = array(name, value)
    if found.ndim != 3 or found.shape[2] != 3:
        raise CourseError(f"{name} must be a picture (height, width, 3), not {shown(found)}.")
    return found


def network(name: str, value: Any) -> Any:
    """A kind: a Network, or what behaves like one."""
    if not hasattr(value, "features"):
        raise CourseError(f'{name} must be a network, such as load_network("mini"), not {shown(value)}.')
    return value


def function(name: str, value: Any) -> Any:
    """A kind: something that can be called, such as an objective."""
    if not callable(value):
        raise CourseError(f"{name} must be a function, not {shown(value)}.")
    return value


def text(name: str, value: Any) -> str:
    """A kind: words."""
    if not isinstance(value, str):
        raise CourseError(f"{name} must be a text, not {shown(value)}.")
    return value


def path(name: str, value: Any) -> Any:
    """A kind: the path of a file or a folder."""
    if not isinstance(value, str | os.PathLike):
        raise CourseError(f"{name} must be the path of a file or folder, not {shown(value)}.")
    return value


def layers(name: str, value: Any) -> tuple[str, ...]:
    """A kind: the names of layers, or of one; they become a tuple."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Sequence) or not value or not all(isinstance(one, str) for one in value):
        raise CourseError(f"{name} must name at least one layer, such as block2_conv1, not {shown(value)}.")
    return tuple(value)


COUNT = Number(1, whole=True)  # Of pictures, columns, pixels ...
SEED = Number(0, 2**32 - 1, whole=True)
