"""A log of runs: what was asked for, what came out, and how long it took, so that a result can be made again.

A folder holds it: the pictures 001.png, 002.png ..., and runs.jsonl with one line of JSON for each of them. Several
programs may write into one folder at the same time.
"""

from __future__ import annotations

import codecs
import datetime
import inspect
import json
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_utils import __version__, checks
from course_utils.errors import CourseError, printable
from course_utils.optimize.states import Result
from course_utils.pictures.saving import save_picture

LOG = "runs.jsonl"
NO_SETTINGS = ("callback", "stop", "progress")  # They do not change the picture.


def logged(
    method: Callable[..., Result], *sources: Any, folder: str | os.PathLike, note: str = "", **options: Any
) -> Result:
    """Call `method(*sources, **options)`, such as `style_transfer`, write the run down, and return its result.

    folder: of the log; made if it is not there. note: what you want to remember, such as your prediction.
    A run that fails leaves no line. Raises CourseError, before any work is done, where the folder cannot be written or
    its log is damaged, and for a note that is no text. Where the folder is full in the end, the result is returned all
    the same, with a warning.
    """
    folder = Path(checks.path("folder", folder))
    checks.function("method", method)
    if checks.text("note", note).encode("utf-8", "ignore").decode() != note:
        raise CourseError(f"a note is text, and {note!r} cannot be written down: write another.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        read_log(folder)  # For its complaint: who finds a damaged line after the run has lost the time.
        with (folder / LOG).open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise CourseError(f"{folder} cannot hold a log ({error.strerror}): choose another folder.") from None
    settings, name, started = _settings(method, sources, options), _plain(method), time.perf_counter()
    result = method(*sources, **options)
    run = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "method": name,
        "note": note,
        "picture": "",  # It gets its name with its number, in the end.
        "seed": settings.get("seed"),
        "settings": settings,
        "evaluations": result.evaluations,
        "first_loss": result.history["loss"][0],
        "loss": result.loss,
        "terms": result.terms,
        "seconds": round(time.perf_counter() - started, 1),
        "ended": result.message,
        "course_utils": __version__,
    }
    try:
        _write_down(run, result, folder)
    except (CourseError, OSError) as error:
        warnings.warn(f"the run is not in the log: {printable(error)}", stacklevel=2)
    return result


def _write_down(run: dict[str, Any], result: Result, folder: Path) -> None:
    """Give a run the next number, and write its picture and its line."""
    number, picture = _next_picture(folder)
    run = {"run": number} | run | {"picture": picture.name}
    # Whoever shows her picture to others does not mean to show how her folders are called; the log keeps the paths.
    shown = run | {"settings": {name: _without_folder(value) for name, value in run["settings"].items()}}
    try:
        save_picture(result.picture, picture, shown)
    except BaseException:
        picture.unlink(missing_ok=True)
        raise
    with (folder / LOG).open("ab+") as log:
        whole = not log.seek(0, os.SEEK_END) or (log.seek(-1, os.SEEK_END), log.read(1))[1] == b"\n"
        # In one piece, which goes to the end whatever another program has written since.
        log.write((b"" if whole else b"\n") + json.dumps(run).encode() + b"\n")


def _next_picture(folder: Path) -> tuple[int, Path]:
    """The first number above all that are there, and the file of its picture, made and empty: no other can take it."""
    taken = [run["run"] for run in read_log(folder)]
    taken += [int(path.stem) for path in folder.glob("*.png") if path.stem.isascii() and path.stem.isdecimal()]
    number = max(taken, default=0) + 1
    while True:
        try:
            (path := folder / f"{number:03}.png").open("xb").close()
            return number, path
        except FileExistsError:
            number += 1


def _without_folder(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_folder(one) for one in value]
    return os.path.basename(value) if isinstance(value, str) and os.path.isfile(value) else value


def read_log(folder: str | os.PathLike) -> list[dict[str, Any]]:
    """All runs of a folder's log, the oldest first; none where there is no log yet.

    Empty lines are passed over. Raises CourseError for a line that is no run, which says which one.
    """
    path = Path(checks.path("folder", folder)) / LOG
    if not path.exists():
        return []
    runs = []
    for k, line in enumerate(path.read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            run = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):  # No UTF-8, or no JSON.
            run = None
        if not isinstance(run, dict) or not isinstance(run.get("run"), int):
            raise CourseError(f"line {k} of {path} is damaged: repair or delete it.")
        runs.append(run)
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
    if isinstance(value, bytes):
        return f"a file of {len(value)} bytes"
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
