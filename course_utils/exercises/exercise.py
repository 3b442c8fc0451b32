"""An exercise, declared: the course's own answer, how arguments are drawn, what comes back, and the usual mistakes.

The learner's answer is checked in three steps that know nothing of each other: arguments are drawn (`draws`), the
answer is run (`running`), and what came is compared (`comparing`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from course_utils.exercises.comparing import Mistakes, Tolerance, compare
from course_utils.exercises.draws import FORMS, Case, Draw, Form, draw
from course_utils.exercises.kinds import Kind, Wrong, short
from course_utils.exercises.running import NotAttempted, Outcome, Use, call, run
from course_utils.portfolio.solved import solved_now

Known = Mapping[str, Callable | tuple[Callable, ...]]


TOLERANCE = Tolerance()


class Exercise:
    """A function to complete. Called with a learner's, it is the checker: `f = check.f(f)`."""

    def __init__(
        self,
        reference: Callable,
        *,
        returns: Kind,
        praise: str,
        draws: Callable[[Draw], Case] | None = None,
        first: Sequence[Case] = (),
        also: Sequence[Case] = (),
        use: Use = call,
        mistakes: Known | None = None,
        forms: Sequence[Form] = FORMS,
        tolerance: Tolerance = TOLERANCE,
    ) -> None:
        self.reference, self.returns, self.praise, self.use = reference, returns, praise, use
        self.mistakes, self.tolerance = mistakes or {}, tolerance
        self.name = self.__name__ = reference.__name__
        self.__doc__ = reference.__doc__
        self._first, self._how = first, (draws, also, forms)  # First what a reader can follow with pencil and paper.
        self._known: Mistakes | None = None

    @cached_property
    def cases(self) -> list[Case]:
        """The calls that every answer has to stand; the first one twice, since it must not matter how often."""
        draws, also, forms = self._how
        cases = [*self._first, *draw(self.name, draws, also, forms)]
        again = f"{cases[0].named}, asked for a second time,".lstrip(", ")
        return [*cases, replace(cases[0], named=again)]

    @cached_property
    def expected(self) -> list[Outcome]:
        """The outcomes of the reference."""
        return self.run(self.reference, strict=False)

    def run(self, function: Callable, strict: bool = True, cases: Sequence[Case] = ()) -> list[Outcome]:
        """The outcomes of an answer in all cases, or in some. strict: accept only types that the lesson can use."""
        return run(function, cases or self.cases, self.use, self.returns, strict)

    def known(self) -> Mistakes:
        """The usual mistakes: sentences, each with a function that gives what comes of it in one case."""

        def outcomes_of(mistake: Callable) -> Callable[[int], Outcome]:
            return cache(lambda number: self.run(mistake, False, [self.cases[number]])[0])

        if self._known is None:
            ways = {why: one if isinstance(one, tuple) else (one,) for why, one in self.mistakes.items()}
            self._known = [(why, outcomes_of(mistake)) for why, all_ways in ways.items() for mistake in all_ways]
        return self._known

    def judge(self, found: Sequence[Outcome]) -> None:
        """Raises Wrong unless outcomes are as they should be."""
        compare(self.cases, found, self.expected, self.returns, self.tolerance, self.known())

    def __call__(self, attempt: Any) -> Any:
        if attempt is not ... and not callable(attempt):
            raise Wrong(f"a function was expected, not {short(attempt)}.")
        try:
            found = self.run(_not_begun if attempt is ... else attempt)
        except NotAttempted:
            return _not_attempted(self.reference)
        self.judge(found)
        _right(self.name, self.praise)
        return attempt


def exercise(**declared: Any) -> Callable[[Callable], Exercise]:
    """Declare an exercise above the course's own answer; the keywords are those of Exercise."""
    return lambda reference: Exercise(reference, **declared)


class Question:
    """A letter to choose. reasons: of each letter, why it is right or wrong."""

    def __init__(self, name: str, right: str, reasons: Mapping[str, str], doc: str = "") -> None:
        self.name = self.__name__ = name
        self.reference, self.reasons, self.__doc__ = right, reasons, doc

    def __call__(self, attempt: Any) -> Any:
        if attempt is ...:
            return _not_attempted(self.reference)
        letter = re.fullmatch(r"\W*([a-z])\W*", attempt.lower()) if isinstance(attempt, str) else None
        if not letter or letter[1] not in self.reasons:
            raise Wrong(f"the answer is one of {', '.join(self.reasons)}, as text, and not {short(attempt)}.")
        if letter[1] != self.reference:
            raise Wrong(self.reasons[letter[1]])
        _right(self.name, self.reasons[letter[1]])
        return self.reference


def _right(name: str, why: str) -> None:
    print(f"Right: {why}")
    if os.environ.get("COURSE_GRADING") != "1":  # A teacher's machine is not the learner's.
        solved_now(name)


def _not_begun(*_: Any) -> Any:
    return ...


def _not_attempted(reference: Any) -> Any:
    if os.environ.get("COURSE_GRADING") == "1":
        raise Wrong("this exercise was not attempted.")
    print("Not attempted yet: the lesson goes on with the course's own answer.")
    return reference
