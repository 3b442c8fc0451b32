"""The pictures that stand in for studios where no widget lives: one a call, which is written into its file.

A studio that was opened by another call has none: a picture of something else than what its code opens would mislead.
"""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path
from typing import Any

from PIL import Image

from course_utils.pictures.shipped import PAINTINGS

STILLS = PAINTINGS / "results" / "studios"


def call_of(kind: type, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[str, str]:
    """A call that opens a studio, as a line of code without the defaults, and the stem of its picture's name.

    What is neither text nor a number, a network for instance, stands there by its name, if it has one.
    """
    signature = inspect.signature(kind.__init__)  # type: ignore[misc]
    given = {name: _plain(value) for name, value in signature.bind(None, *values, **named).arguments.items()}
    usual = {name: parameter.default for name, parameter in signature.parameters.items()}
    said = {name: value for name, value in given.items() if name != "self" and value != usual[name]}
    line = f"{kind.__name__}({', '.join(f'{name}={value!r}' for name, value in said.items())})"
    stem = "-".join(re.sub(r"\W+", "_", str(value)) for value in (kind.still, *said.values()))  # type: ignore[attr-defined]
    return line, stem


def _plain(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value if isinstance(value, str | int | float) else getattr(value, "name", type(value).__name__)


def save_still(picture: Image.Image, call: tuple[str, str]) -> Path:
    """Store the picture of a studio under its call."""
    line, stem = call
    path = STILLS / f"{stem}.jpg"
    picture.save(path, quality=75, optimize=True, comment=line.encode())
    return path


def still_of(call: tuple[str, str]) -> bytes:
    """The file of the picture of a studio that this call has opened, or nothing."""
    line, stem = call
    path = STILLS / f"{stem}.jpg"
    if not path.is_file() or told_by(path) != line:
        return b""
    return path.read_bytes()


def told_by(path: Path) -> str:
    """The call that is written into a picture of a studio."""
    with Image.open(path) as image:
        return bytes(image.info.get("comment", b"")).decode()
