"""What an answer gives back: which types the lesson can go on with, and how its numbers are called in a message.

Each kind has `plain`, which turns what came back into plain arrays, numbers, lists and dicts, or raises Wrong; and
`pairs`, which lists the numbers of an answer beside those that were expected, each pair with its name.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from course_utils.backend import tf
from course_utils.errors import ToldInOneLine

Pairs = Iterator[tuple[str, Any, Any]]
COUNTS = {1: "one", 2: "two", 3: "three", 4: "four"}


class Wrong(ToldInOneLine):
    """An answer is not right yet; the message says what was expected, what was found, and, if known, why."""

    said_before = "Not yet"  # No line of a traceback would be the learner's.


class Kind(Protocol):
    """A type of result. strict: whether the lesson must be able to go on with it; what is ours need not."""

    @property
    def what(self) -> str: ...

    def plain(self, found: Any, strict: bool = True) -> Any: ...

    def pairs(self, expected: Any, found: Any) -> Pairs: ...


class _Single:
    what: str

    def pairs(self, expected: Any, found: Any) -> Pairs:
        yield self.what, np.asarray(expected), np.asarray(found)


@dataclass(frozen=True)
class Number(_Single):
    """One number. whole: the lesson counts or indexes with it."""

    what: str
    whole: bool = False

    def plain(self, found: Any, strict: bool = True) -> Any:
        there(found, self.what)
        if self.whole and strict:
            try:
                return operator.index(found)
            except TypeError:
                raise Wrong(f"{self.what} should be a whole number (an int), and is {short(found)}.") from None
        values = numbers(found, self.what)
        if strict and (values.shape != () or isinstance(found, (bool, list, tuple))):
            raise Wrong(f"{self.what} should be one number, and is {came(found)}.")
        return float(values) if values.shape == () else values


@dataclass(frozen=True)
class Array(_Single):
    """A NumPy array.

    dtypes: those that the lesson can use; "float", "int" and "bool" stand for every width. also: other types that it
    can use: "list", "tuple", "tensor", or "float32 tensor" for no other (`tf.constant` converts arrays only).
    """

    what: str
    dtypes: tuple[str, ...] = ("float", "int")
    also: tuple[str, ...] = ()

    def plain(self, found: Any, strict: bool = True) -> Any:
        there(found, self.what)
        if strict:
            self._check_type(found)
        values = numbers(found, self.what)
        kinds = {"float": "f", "int": "iu", "bool": "b"}
        fits = any(values.dtype.kind in kinds[one] if one in kinds else values.dtype == one for one in self.dtypes)
        if strict and not fits:
            raise Wrong(f"{self.what} should be of type {' or '.join(self.dtypes)}, and is {values.dtype}.")
        return values

    def _check_type(self, found: Any) -> None:
        if isinstance(found, np.ndarray) and found.ndim:
            return
        if isinstance(found, (list, tuple)) and type(found).__name__ not in self.also:
            raise Wrong(f"{self.what} should be a NumPy array, and is {came(found)}: np.array(...) makes one of it.")
        if tf.is_tensor(found) and "float32 tensor" in self.also:
            if found.dtype != "float32":
                raise Wrong(
                    f"{self.what} is a tensor of {found.dtype.name}, and the lesson can use one of float32: tf.cast "
                    "changes it, or .numpy() makes an array of it."
                )
        elif tf.is_tensor(found) and "tensor" not in self.also:
            raise Wrong(f"{self.what} should be a NumPy array, and is a tensor: .numpy() makes one of it.")
        if np.shape(found) == () and not tf.is_tensor(found):
            raise Wrong(f"{self.what} should be an array, and is {came(found)}.")


@dataclass(frozen=True)
class Tensor(_Single):
    """A TensorFlow tensor; NumPy would break the way of a gradient. dtypes: those that the lesson can use."""

    what: str
    dtypes: tuple[str, ...] = ("float32",)

    def plain(self, found: Any, strict: bool = True) -> Any:
        there(found, self.what)
        if strict and not tf.is_tensor(found):
            raise Wrong(
                f"{self.what} should be a tensor, and is {came(found)}: use TensorFlow's functions, which a tape can "
                "follow, and not NumPy's."
            )
        if strict and found.dtype.name not in self.dtypes:
            raise Wrong(
                f"{self.what} should be {' or '.join(self.dtypes)}, and is {found.dtype.name}: tf.cast changes it."
            )
        return numbers(found, self.what)


class Parts:
    """A tuple of several things, or a list, in this order."""

    def __init__(self, *kinds: Kind, things: str = "things") -> None:
        self.kinds, self.things = kinds, things
        self.what = f"the {things}"

    def plain(self, found: Any, strict: bool = True) -> Any:
        there(found, self.what)
        if not is_sequence(found) or len(found) != len(self.kinds):
            names = ", ".join(kind.what for kind in self.kinds)
            raise Wrong(f"{COUNTS[len(self.kinds)]} {self.things} were expected ({names}), and not {came(found)}.")
        return [kind.plain(one, strict) for kind, one in zip(self.kinds, found, strict=True)]

    def pairs(self, expected: Any, found: Any) -> Pairs:
        for kind, one, other in zip(self.kinds, expected, found, strict=True):
            yield from kind.pairs(one, other)


@dataclass(frozen=True)
class Refused:
    """In the place of a part that could not be had, with the reason."""

    why: str


class Several:
    """Things that the exercise itself has gathered from one or more calls: a dict by name, in the order of judgement.

    A part may be a Wrong: it is raised when all before it are right.
    """

    def __init__(self, **kinds: Kind) -> None:
        self.kinds, self.what = kinds, "the answer"

    def plain(self, found: Any, strict: bool = True) -> Any:
        assert isinstance(found, dict) and found, "the use of the exercise gives a dict"
        return {name: self._part(kind, found[name], strict) for name, kind in self.kinds.items() if name in found}

    def _part(self, kind: Kind, found: Any, strict: bool) -> Any:
        try:
            if isinstance(found, Wrong):
                raise found
            return kind.plain(found, strict)
        except Wrong as refusal:
            return Refused(str(refusal))

    def pairs(self, expected: Any, found: Any) -> Pairs:
        for name, kind in self.kinds.items():
            for part in (found.get(name), expected.get(name)):
                if isinstance(part, Refused):  # What was expected may be a mistake.
                    raise Wrong(part.why)
            if (name in expected) != (name in found):
                raise Wrong(f"{kind.what} could not be had.")
            if name in expected:
                yield from kind.pairs(expected[name], found[name])


@dataclass(frozen=True)
class Named:
    """A dict with the keys that were expected. each: what a value is; its name ends with the key. ordered: the lesson
    takes the values in the order of the keys."""

    what: str
    each: Kind
    ordered: bool = False

    def plain(self, found: Any, strict: bool = True) -> Any:
        there(found, self.what)
        if not isinstance(found, Mapping):
            raise Wrong(f"{self.what} should be a dict, and is {came(found)}.")
        return {key: self.each.plain(one, strict) for key, one in found.items()}

    def pairs(self, expected: Any, found: Any) -> Pairs:
        if set(expected) != set(found):
            keys, others = (", ".join(map(repr, one)) or "none" for one in (expected, found))
            raise Wrong(f"{self.what} should have the keys {keys}, and has {others}.")
        if self.ordered and list(expected) != list(found):
            raise Wrong(f"{self.what} should have its keys in the order {', '.join(map(repr, expected))}.")
        for key in expected:
            for what, one, other in self.each.pairs(expected[key], found[key]):
                yield f"{what} {key!r}", one, other


@dataclass(frozen=True)
class Listed:
    """A list, or whatever has an order, as long as the one that was expected."""

    what: str
    each: Kind

    def plain(self, found: Any, strict: bool = True) -> Any:
        there(found, self.what)
        if not is_sequence(found):
            raise Wrong(f"{self.what} should be a list, and is {came(found)}.")
        return [self.each.plain(one, strict) for one in found]

    def pairs(self, expected: Any, found: Any) -> Pairs:
        for number, (one, other) in enumerate(zip(expected, found)):  # What both have, then how many there are.
            for what, value, its in self.each.pairs(one, other):
                yield f"{what} at place {number} of the list", value, its
        yield f"the length of {self.what}", np.asarray(len(expected)), np.asarray(len(found))


@dataclass(frozen=True)
class Text:
    """A word."""

    what: str

    def plain(self, found: Any, strict: bool = True) -> Any:
        there(found, self.what)
        if not isinstance(found, str):
            raise Wrong(f"{self.what} should be text, and is {came(found)}.")
        return str(found)

    def pairs(self, expected: Any, found: Any) -> Pairs:
        yield self.what, expected, found


def is_sequence(found: Any) -> bool:
    """Is it a list, a tuple, or an array or tensor that has rows?"""
    return isinstance(found, (list, tuple)) or bool(getattr(found, "shape", ()))


def there(found: Any, what: str) -> None:
    """Raises Wrong for a part that is missing, and for one that is not begun."""
    if found is ...:
        raise Wrong(f"{what} is still `...`.")
    if found is None:
        raise Wrong(f"{what} is None: was it forgotten?")


def numbers(found: Any, what: str) -> np.ndarray:
    """Numbers as an array of their own type; raises Wrong for what is none."""
    try:
        values = np.asarray(found)
        assert values.dtype.kind in "fiub"
    except Exception:  # Lists of different lengths, symbolic tensors, objects with ideas of their own.
        raise Wrong(f"{what} should be numbers, and is {came(found)}.") from None
    return values


def came(found: Any) -> str:
    """What came back, by its type and in short."""
    if tf.is_tensor(found):
        return f"a tensor of shape {tuple(found.shape)}"
    if isinstance(found, np.ndarray) and found.ndim:
        return f"an array of shape {found.shape}"
    if isinstance(found, (list, tuple)):
        return f"a {type(found).__name__} of {len(found)}"
    return short(found)


def short(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, np.ndarray) and value.ndim:
        return np.array2string(value, precision=5).replace("\n", "")
    if isinstance(value, (np.ndarray, np.number, np.bool_)):
        return f"{value.item():.6g}" if value.dtype.kind in "fiu" else str(value)
    if callable(value):
        return f"the function {getattr(value, '__name__', type(value).__name__)}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else f"{text[:97]}..."
