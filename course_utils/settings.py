"""The settings of a method in one place: a dataclass, whose fields are its options with their defaults.

The method itself, its iterator of steps, the command and the studio all take their options, and what these are when
nobody asks for anything else, from the one dataclass.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self, TypeVar

from course_utils.checks import Kind
from course_utils.errors import CourseError
from course_utils.lookup import did_you_mean

Method = TypeVar("Method", bound=Callable[..., Any])


def option(default: Any, kind: Kind) -> Any:
    """A field of settings with its default, whose values are checked by a kind of `checks`, and become what it says."""
    return field(default=default, metadata={"kind": kind})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What all settings can do. A subclass is a frozen dataclass whose fields have defaults.

    Raises CourseError for a value that is not of its field's kind, see `option`.
    """

    def __post_init__(self) -> None:
        for one in fields(self):
            if kind := one.metadata.get("kind"):
                object.__setattr__(self, one.name, kind(one.name, getattr(self, one.name)))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of the options, in their order."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def among(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the values that are settings of this kind."""
        return {name: values[name] for name in cls.names() if name in values}

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Settings with these options. Raises CourseError for a name that is none, with the nearest one or all, and for
        a value out of its range.
        """
        for name in options:
            if name not in cls.names():
                hint = did_you_mean(name, cls.names(), f"the options are {', '.join(cls.names())}.")
                raise CourseError(f"there is no option {name!r}; {hint}")
        return cls(**options)

    def as_dict(self, kind: type[Settings] | None = None) -> dict[str, Any]:
        """The options by name; kind: those of a part of them."""
        return {name: getattr(self, name) for name in (kind or type(self)).names()}

    def unusual(self) -> dict[str, Any]:
        """The options that differ from their defaults."""
        usual = {field.name: field.default for field in fields(self)}
        return {name: value for name, value in self.as_dict().items() if not _same(value, usual[name])}


def _same(value: Any, usual: Any) -> bool:
    return value is usual or (type(value) is type(usual) and not hasattr(value, "shape") and value == usual)


def takes(settings: type[Settings]) -> Callable[[Method], Method]:
    """Make the signature of a function, whose `**options` are settings, show each of them with its default; those that
    the settings take over from others come last.

    So do a notebook's tooltips, and so does `inspect.signature`, from which a log of runs knows what was not asked for.
    """

    def decorate(method: Method) -> Method:
        signature = inspect.signature(method)
        own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        shown = [
            inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=one.type)
            for one in sorted(fields(settings), key=lambda one: one.name not in settings.__annotations__)
            if one.name not in signature.parameters
        ]
        last = [one for one in own if one.kind is inspect.Parameter.KEYWORD_ONLY]
        first = [one for one in own if one not in last]
        method.__signature__ = signature.replace(parameters=[*first, *shown, *last])  # type: ignore[attr-defined]  # Any function can be given one.
        return method

    return decorate
