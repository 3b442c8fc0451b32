"""Step three of a check: outcomes are compared with those of the reference, and of the usual mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.exercises.draws import Case
from course_utils.exercises.kinds import Kind, Wrong, short
from course_utils.exercises.running import Outcome, shown


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be off: by `relative` of itself, by as much of a tenth of the largest beside it (float32
    computes no finer), or by `absolute`."""

    relative: float = 1e-4
    absolute: float = 1e-6

    def agree(self, found: Any, expected: Any) -> bool:
        """Are two arrays, or two words, the same in shape and value?"""
        if isinstance(expected, str) or isinstance(found, str):
            return found == expected
        if found.shape != expected.shape:
            return False
        if expected.dtype.kind != "f" and found.dtype.kind != "f":
            return bool(np.array_equal(found, expected))
        finite = expected[np.isfinite(expected)]
        largest = np.abs(finite).max() if finite.size else 0.0
        atol = max(self.absolute, 0.1 * self.relative * largest)
        return np.allclose(found.astype("float64"), expected.astype("float64"), self.relative, atol, equal_nan=True)


Mistakes = Sequence[tuple[str, Callable[[int], Outcome]]]


def compare(
    cases: Sequence[Case],
    found: Sequence[Outcome],
    expected: Sequence[Outcome],
    kind: Kind,
    tolerance: Tolerance,
    mistakes: Mistakes = (),
) -> None:
    """Raises Wrong for the first case in which an answer is not right.

    mistakes: sentences, each with a function from the number of a case to what comes of the mistake there. One is told
    where the answer is wrong in the same way; of several the one that agrees with it in most of the rest. Where the
    value is right and an argument is changed, that of the first mistake that changes it too is told.
    """
    for number, (case, outcome, right) in enumerate(zip(cases, found, expected, strict=True)):
        if case.raises:
            _compare_error(case, outcome)
        elif outcome.refused:
            raise Wrong(outcome.refused)
        elif outcome.error:
            raise Wrong(f"it stops with {outcome.told}{_called(case)}.")
        else:
            compared = 0
            for what, value, its in kind.pairs(right.value, outcome.value):
                compared += 1
                if not tolerance.agree(its, value):
                    why = _known(number, what, found, expected, kind, tolerance, mistakes)
                    raise Wrong(f"{difference(f'{what} {case.named}'.strip(), value, its)}{why}")
            assert compared, "an exercise that compares nothing accepts anything"
        if outcome.changed:
            why = next((f" {said}" for said, theirs in mistakes if theirs(number).changed == outcome.changed), "")
            raise Wrong(f"it changes {outcome.changed} in place: work on a copy, since the caller still needs it.{why}")


def _called(case: Case) -> str:
    return f" (the case {case.named.strip(', ')})" if case.named else ""


def _compare_error(case: Case, outcome: Outcome) -> None:
    assert case.raises
    name = case.raises.__name__
    if name not in outcome.error:
        came = outcome.refused or shown(outcome)
        raise Wrong(f"{case.named} a {name} was expected, and {came} came{': ' + case.why if case.why else ''}.")
    if not case.silent and not any(letter.isalpha() for letter in outcome.said):
        raise Wrong(f"{case.named} a {name} is raised, as it should be, but without a word: say what is wrong.")


def _known(
    number: int,
    what: str,
    found: Sequence[Outcome],
    expected: Sequence[Outcome],
    kind: Kind,
    tolerance: Tolerance,
    mistakes: Mistakes,
) -> str:
    """The sentence of the mistake that an answer has made at one number of one case, or nothing."""
    best, told = 0, ""
    for sentence, outcome in mistakes:
        if not _agrees(found[number], outcome(number), kind, tolerance, what):
            continue
        if _agrees(expected[number], outcome(number), kind, tolerance, what):
            continue  # In this case the mistake makes no difference.
        pairs = [(one, outcome(k)) for k, one in enumerate(found)]
        everywhere = all(_agrees(*pair, kind, tolerance, what, must=False) for pair in pairs)
        in_all = everywhere and all(_agrees(*pair, kind, tolerance, must=False) for pair in pairs)
        if 1 + everywhere + in_all > best:
            best, told = 1 + everywhere + in_all, f" {sentence}"
    return told


def _agrees(one: Outcome, other: Outcome, kind: Kind, tolerance: Tolerance, what: str = "", must: bool = True) -> bool:
    """Do two outcomes agree, in the number of this name or in all? must: it has to be there in both."""
    if one.value is None or other.value is None:
        return not must and one.error == other.error
    pairs = []
    try:
        for name, expected, found in kind.pairs(other.value, one.value):
            pairs += [(expected, found)] if what in ("", name) else []
    except Wrong:  # From here on one of them has nothing to compare.
        if what == "" or not pairs:
            return False
    return all(tolerance.agree(found, expected) for expected, found in pairs) and (bool(pairs) or not must)


def difference(what: str, expected: Any, found: Any) -> str:
    """What should be, and what is, in a sentence."""
    if isinstance(expected, str):
        return f"{what} should be {expected}, and is {found}."
    if found.shape != expected.shape:
        return f"{what} should have the shape {expected.shape}, and has {found.shape}."
    if found.dtype.kind == "f" and not np.isfinite(found[np.isfinite(expected)]).all():
        return f"{what} should be finite, and holds NaN or infinity."
    if found.size > 12:  # Too many to read: the place where they differ most.
        distance = np.abs(found.astype("float64") - expected.astype("float64"))
        place = np.unravel_index(int(np.nanargmax(distance)), found.shape)
        what = f"{what.rstrip(',')}, at {tuple(int(k) for k in place)},"
        expected, found = expected[place], found[place]
    right, its = short(expected), short(found)
    if right == its:  # They differ further behind the point.
        right, its = (f"{float(one):.12g}" if np.ndim(one) == 0 else np.array2string(one, precision=12)
                      for one in (expected, found))  # fmt: skip
    return f"{what} should be {right}, and is {its}."
