"""Step two of a check: an answer is called with the arguments of each case, and what comes of it is written down.

An outcome is plain, as are the arguments: an answer may be called in one process and compared in another.
"""

from __future__ import annotations

import inspect
import sys
import traceback
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.exercises.draws import Case, Layout, copied, same
from course_utils.exercises.kinds import Kind, Wrong, short

Use = Callable[..., Any]


class NotAttempted(Exception):
    """The exercise is as it was given."""


@dataclass
class Outcome:
    """What came of one call: a plain value, or a refusal in words, or an error.

    error: names of the error's class and of those above it; said: its message; told: all of it in one line. changed:
    the argument that the answer has changed.
    """

    value: Any = None
    refused: str = ""
    error: tuple[str, ...] = ()
    said: str = ""
    told: str = ""
    changed: str = ""


class Answer:
    """A learner's function. Each call gets copies of its arguments, and its changes to them are noted."""

    def __init__(self, function: Callable, layout: Layout = "plain") -> None:
        self.function, self.layout, self.changed = function, layout, ""
        self.given: tuple | None = None
        self.name = getattr(function, "__name__", "the answer")

    def __call__(self, *arguments: Any, may_change: Collection[int] = (), **named: Any) -> Any:
        """What the answer gives. may_change: numbers of arguments that the lesson hands over for good."""
        given = copied(arguments, self.layout)
        self.given = arguments
        found = self.function(*given, **named)
        for number, (before, after) in enumerate(zip(arguments, given)):
            if number not in may_change and not same(before, after) and not callable(before):
                self.changed = self.changed or self._name_of(number)
        if found is ...:
            raise NotAttempted
        if found is None:
            raise Wrong(f"{self.name} returns None: is the word `return` missing?")
        return found

    def compiled(self, *signature: Any) -> Callable:
        """The function as a lesson compiles it, for tensors of these tf.TensorSpecs."""
        return compiled(self.function, *signature)

    def _name_of(self, number: int) -> str:
        try:
            return f"`{list(inspect.signature(self.function).parameters)[number]}`"
        except (TypeError, ValueError, IndexError):
            return f"argument {number + 1}"


@contextmanager
def quiet() -> Iterator[None]:
    """Let TensorFlow keep to itself what it would warn of: lambdas, and that an answer is compiled once a check."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def limited(said: str, lines: int = 100_000) -> Iterator[None]:
    """Raise Wrong with these words where a loop does not end, after so many lines of Python; arrays take no lines."""
    left = lines

    def count(frame: FrameType, event: str, argument: Any) -> Callable:
        nonlocal left
        left -= 1
        if left < 0:
            raise Wrong(said)
        return count

    before = sys.gettrace()  # A debugger's, or that of a measure of coverage.
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


def compiled(function: Callable, *signature: Any) -> Callable:
    """A function of arrays, compiled for tensors of these tf.TensorSpecs; raises Wrong where it cannot be."""
    ready = tf.function(function, input_signature=signature)

    def call(*arguments: Any) -> Any:
        try:
            with quiet():
                return ready(*(tf.constant(one) for one in arguments))
        except Exception as error:
            raise Wrong(
                "it works by itself, but not compiled for pictures of any size, as the lesson does (sides in "
                f"`shape` are None then: -1 or tf.shape stands for them; NumPy stops there): {last_line(error)}"
            ) from error

    return call


def call(answer: Answer, *arguments: Any) -> Any:
    """The plain use of an answer."""
    return answer(*arguments)


def check_shape(function: str, given: Any, picture: np.ndarray) -> None:
    """Refuse an answer that calls a function of its exercise with anything but an array of the picture's shape."""
    if np.shape(given) != picture.shape:
        raise Wrong(f"{function} takes a picture of shape {picture.shape}, and was given one of {np.shape(given)}.")


def run(function: Callable, cases: Sequence[Case], use: Use, kind: Kind, strict: bool = True) -> list[Outcome]:
    """The outcome of each case. Raises NotAttempted where the first call gives `...`."""
    outcomes = [_outcome(function, case, use, kind, strict) for case in cases]
    if any(outcome is None for outcome in outcomes):
        if outcomes[0] is None:
            raise NotAttempted
        still = Outcome(refused="in some cases, `...` is still returned.")
        return [still if outcome is None else outcome for outcome in outcomes]
    return [outcome for outcome in outcomes if outcome is not None]


def _outcome(function: Callable, case: Case, use: Use, kind: Kind, strict: bool) -> Outcome | None:
    answer = Answer(function, case.layout)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():  # The cases have extremes on purpose.
            warnings.simplefilter("ignore", RuntimeWarning)
            value = kind.plain((case.use or use)(answer, *case.arguments), strict)
    except NotAttempted:
        return None
    except Wrong as refusal:
        return Outcome(refused=str(refusal), changed=answer.changed)
    except Exception as error:
        if is_stub(function, case.arguments if answer.given is None else answer.given):
            return None
        names = tuple(one.__name__ for one in type(error).__mro__)
        return Outcome(error=names, said=str(error), told=told(error, function), changed=answer.changed)
    return Outcome(value, changed=answer.changed)


def is_stub(function: Callable, arguments: Sequence[Any]) -> bool:
    """Does a function whose decorator stumbles over `...` return just that?"""
    bare = inspect.unwrap(function)
    if bare is function:
        return False
    try:
        return bare(*copied(tuple(arguments))) is ...
    except Exception:
        return False


def told(error: Exception, function: Callable) -> str:
    """An error in one line: its own last line, and the line of the answer that it came from."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = [one for one in traceback.extract_tb(error.__traceback__) if code and one.filename == code.co_filename]
    where = f", at `{frames[-1].line}`" if frames and frames[-1].line else ""
    return f"{last_line(error)}{where}"


def last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line and not line.startswith("; NodeDef")]  # TensorFlow's own affairs.
    text = lines[-1] if lines else ""
    name = type(error).__name__
    text = text if len(text) <= 160 else f"{text[:157]}..."
    return text if text.startswith(name) else f"{name}: {text}" if text else name


def shown(outcome: Outcome) -> str:
    """What came, in a message that asks for an error."""
    return outcome.told or short(outcome.value)
