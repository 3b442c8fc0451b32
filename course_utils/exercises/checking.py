"""What all checkers share: telling an untouched exercise from an answer, and comparing an answer in plain words.

An exercise is a function to complete whose stub returns `...`, or a value whose stub is `...`. With the environment
variable COURSE_GRADING=1, for a teacher who gives marks, a stub is a wrong answer.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.exercises.kinds import Wrong
from course_utils.exercises.running import NotAttempted


class Answer:
    """A learner's function, called as it is. Raises NotAttempted for a stub, Wrong where nothing is returned."""

    def __init__(self, function: Callable) -> None:
        self.function, self.name = function, getattr(function, "__name__", "the answer")

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        try:
            found = self.function(*arguments, **options)
        except NotImplementedError:
            raise NotAttempted from None
        if found is ...:
            raise NotAttempted
        if found is None:
            raise Wrong(f"{self.name} returns None: is the word `return` missing?")
        return found


def checker(reference: Any) -> Callable[[Callable[[Any], str]], Callable[[Any], Any]]:
    """Make a checker of a function that raises Wrong, or returns what was right in words.

    reference: the course's own answer. The decorated function is given the learner's value, or function as an Answer.
    """

    def decorate(judge: Callable[[Any], str]) -> Callable[[Any], Any]:
        def check(attempt: Any) -> Any:
            try:
                if attempt is ...:
                    raise NotAttempted
                if callable(reference) and not callable(attempt):
                    raise Wrong(f"a function was expected, not {short(attempt)}.")
                praise = judge(Answer(attempt) if callable(reference) else attempt)
            except NotAttempted:
                if os.environ.get("COURSE_GRADING") == "1":
                    raise Wrong("this exercise was not attempted.") from None
                print("Not attempted yet: the lesson goes on with the course's own answer.")
                return reference
            print(f"Right: {praise}")
            return attempt

        checked: Any = functools.update_wrapper(check, judge)
        checked.reference = reference
        return checked

    return decorate


def compare(
    found: Any,
    expected: Any,
    what: str,
    *,
    mistakes: Mapping[str, Any] | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-6,
) -> None:
    """Raises Wrong unless a number or an array is as expected, to a tolerance. Both values are shown.

    what: names the value in a sentence, such as "the Gram matrix of a 2 x 2 map". mistakes: what went wrong, in a
    sentence, to the value that it leads to.
    """
    try:
        found, expected = np.asarray(found, "float64"), np.asarray(expected, "float64")
    except (TypeError, ValueError):
        raise Wrong(f"{what} should be numbers, and is {short(found)}.") from None
    because = next((f" {why}" for why, value in (mistakes or {}).items() if _same(found, value, rtol, atol)), "")
    if found.shape != expected.shape:
        raise Wrong(f"{what} should have the shape {expected.shape}, and has {found.shape}.{because}")
    if not np.isfinite(found).all():
        raise Wrong(f"{what} holds values that are not numbers (NaN or infinity).{because}")
    if not _same(found, expected, rtol, atol):
        if found.size > 12:  # Too many to read: the place where they differ most.
            worst = np.unravel_index(np.argmax(np.abs(found - expected)), found.shape)
            what, found, expected = f"{what}, at {tuple(map(int, worst))},", found[worst], expected[worst]
        raise Wrong(f"{what} should be {short(expected)}, and is {short(found)}.{because}")


def _same(found: np.ndarray, value: Any, rtol: float, atol: float) -> bool:
    value = np.asarray(value, "float64")
    return found.shape == value.shape and np.allclose(found, value, rtol, atol)


def short(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, np.ndarray) and value.ndim:
        return np.array2string(value, precision=5).replace("\n", "")
    if isinstance(value, (np.ndarray, np.number)):
        return f"{float(value):.6g}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else f"{text[:97]}..."


def parts(found: Any, *names: str, what: str = "things") -> Any:
    """An answer of several values, as it is. Raises Wrong unless it is a tuple or a list of as many as the names."""
    if not isinstance(found, (tuple, list)) or len(found) != len(names):
        count = {2: "two", 3: "three"}[len(names)]
        came = f"one {type(found).__name__}" if getattr(found, "shape", ()) else short(found)
        raise Wrong(f"{count} {what} were expected, ({', '.join(names)}), and not {came}.")
    return found


def unchanged(before: np.ndarray, after: np.ndarray, what: str) -> None:
    """Raises Wrong where a function has changed its argument."""
    if not np.array_equal(before, after):
        raise Wrong(f"{what} was changed in place; work on a copy, since the caller still needs it.")


def choice(found: Any, right: str, reasons: Mapping[str, str]) -> str:
    """Judge one letter among those of `reasons`, each with why it is right or wrong; returns the reason."""
    letter = str(found).strip().lower()
    if letter not in reasons:
        raise Wrong(f"the answer is one of {', '.join(reasons)}, as text, and not {short(found)}.")
    if letter != right:
        raise Wrong(reasons[letter])
    return reasons[letter]
