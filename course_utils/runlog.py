"""A log of runs: what was asked for, what came out, and how long it took, so that a result can be made again.

A folder holds it: the pictures 001.png, 002.png ..., and runs.jsonl with one line of JSON for each of them.
"""

from __future__ import annotations

import datetime
import inspect
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_utils import __version__, checks
from course_utils.errors import CourseError
from course_utils.optimize.states import Result
from course_utils.pictures.saving import save_picture

LOG = "runs.jsonl"
NO_SETTINGS = ("callback", "stop", "progress")  # They do not change the picture.


def logged(
    method: Callable[..., Result], *sources: Any, folder: str | os.PathLike, note: str = "", **options: Any
) -> Result:
    """Call `method(*sources, **options)`, such as `style_transfer`, write the run down, and return its result.

    folder: of the log; made if it is not there. note: what you want to remember, such as your prediction.
    A run that fails leaves no line. Raises CourseError where the folder cannot be written, before any work is done.
    """
    folder = Path(checks.path("folder", folder))
    checks.function("method", method)
    checks.text("note", note)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = max((run["run"] for run in read_log(folder)), default=0) + 1
        with (folder / LOG).open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise CourseError(f"{folder} cannot hold a log ({error.strerror}): choose another folder.") from None
    settings, started = _settings(method, sources, options), time.perf_counter()
    result = method(*sources, **options)
    seconds = time.perf_counter() - started
    picture = f"{number:03}.png"
    run = {
        "run": number,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "method": method.__name__,
        "note": note,
        "picture": picture,
        "seed": settings.get("seed"),
        "settings": settings,
        "evaluations": result.evaluations,
        "first_loss": result.history["loss"][0],
        "loss": result.loss,
        "terms": result.terms,
        "seconds": round(seconds, 1),
        "ended": result.message,
        "course_utils": __version__,
    }
    save_picture(result.picture, folder / picture, {name: str(value) for name, value in run.items()})
    with (folder / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(run) + "\n")
    return result


def read_log(folder: str | os.PathLike) -> list[dict[str, Any]]:
    """All runs of a folder's log, the oldest first; none where there is no log yet.

    Raises CourseError for a line that is no JSON, which says which one.
    """
    path = Path(checks.path("folder", folder)) / LOG
    if not path.exists():
        return []
    runs = []
    for k, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            runs.append(json.loads(line))
        except ValueError:
            raise CourseError(f"line {k} of {path} is damaged: repair or delete it.") from None
    return runs


def _settings(method: Callable, sources: tuple, options: dict[str, Any]) -> dict[str, Any]:
    """Every argument of the call as JSON can hold it, with the defaults of those that were not given."""
    try:
        bound = inspect.signature(method).bind(*sources, **options)
    except TypeError as error:  # As it would be at the call, only earlier.
        raise CourseError(f"{method.__name__} cannot be called like this: {error}.") from None
    bound.apply_defaults()
    given = dict(bound.arguments)
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            given |= given.pop(name)
    return {name: _plain(value) for name, value in given.items() if name not in NO_SETTINGS}


def _plain(value: Any) -> Any:
    """A value that JSON can hold; of an array only its size is told, since its numbers are too many."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        return value.item()
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if hasattr(value, "shape"):
        return f"an array of {' x '.join(map(str, value.shape))}"
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return getattr(value, "name", None) or getattr(value, "__name__", None) or repr(value)
