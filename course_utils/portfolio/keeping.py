"""Keep pictures in `my_pictures/`, where a page shows them all, and remember the photograph that lessons go on with.

The folder is its own index: the page is made of the PNG files that are there, each of which carries its title and its
settings. Who deletes a file has deleted it from the page.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.errors import CourseError
from course_utils.optimize.states import Result
from course_utils.pictures.loading import Source, load_picture
from course_utils.pictures.saving import save_picture
from course_utils.portfolio.folder import NAME, own_folder
from course_utils.portfolio.page import PAGE, TITLE, write_page

CHOSEN = "chosen.png"


def keep(result: Result | np.ndarray, title: str, *, before: Source | None = None, **settings: Any) -> None:
    """Keep a picture in `my_pictures/`, and show it with the others on the page `gallery.html` there.

    result: what a method returned, whose evaluations and loss are kept as well, or a picture (h, w, 3), 0..255.
    title: its name; an older picture of the same title is replaced. before: the picture that it was made of, anything
    that `load_picture` takes. settings: whatever is to be told with it, such as painting="night_swirls".
    Where the folder cannot be written, a line says so, and the lesson goes on.
    Raises CourseError for what is no picture, and for a title without a letter or a digit.
    """
    picture = result.picture if isinstance(result, Result) else checks.picture("result", result)
    stem = _stem(checks.text("title", title))
    told: dict[str, Any] = {TITLE: title, "kept": datetime.datetime.now().isoformat(" ", "seconds"), **_told(settings)}
    if isinstance(result, Result):
        told |= {"evaluations": result.evaluations, "loss": f"{result.loss:.4g}"}
    source = None if before is None else load_picture(before)
    folder = own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if source is not None:
            save_picture(source, folder / f"{stem}.before.jpg")
        save_picture(picture, folder / f"{stem}.png", told)
        write_page(folder)
    except (OSError, CourseError) as error:
        print(f"Not kept: {NAME} cannot be written ({getattr(error, 'strerror', None) or 'see its permissions'}).")
        return
    print(f"Kept: {NAME}/{stem}.png. All of yours: {NAME}/{PAGE}")


def remember_picture(source: Source) -> None:
    """Remember a picture, anything that `load_picture` takes, as the one that every lesson's last cell goes on with."""
    picture, folder = load_picture(source), own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"{NAME} cannot be written ({error.strerror}): choose the picture in each lesson.") from None
    save_picture(picture, folder / CHOSEN)


def my_picture(size: int | None = None, instead: Source = "cat") -> np.ndarray:
    """The picture that `remember_picture` was given last: (h, w, 3), float32, 0..255.

    size: its longest side in pixels, see `load_picture`. instead: the picture for those who have not chosen one.
    """
    chosen = own_folder() / CHOSEN
    if chosen.is_file():
        try:
            return load_picture(chosen, size)
        except CourseError:  # Damaged since.
            print(f"{NAME}/{CHOSEN} cannot be read: choose your picture in lesson 00 again.")
    return load_picture(instead, size)


def _told(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings in words; of a path, which would tell how the owner's folders are called, the name alone."""
    words = {name: checks.shown(value) if not isinstance(value, str) else value for name, value in settings.items()}
    return {name: re.split(r"[/\\]", value)[-1] if re.match(r"\.|~|/|\w:", value) else value
            for name, value in words.items()}  # fmt: skip


def _stem(title: str) -> str:
    """A file's name from a title: its letters and digits."""
    stem = "_".join(re.findall(r"\w+", title.lower()))[:60].strip("_")
    if not re.search(r"[^\W_]", stem):
        raise CourseError(f"title must hold a letter or a digit, and not only {checks.shown(title)}.")
    return f"{stem}_" if f"{stem}.png" == CHOSEN else stem
