"""What a command writes: the picture while it grows, the picture and the film in the end, and where they go when there
is no room for them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import __version__
from course_utils.commands.job import Job
from course_utils.errors import CourseError
from course_utils.pictures.saving import save_animation, save_picture

if TYPE_CHECKING:
    from course_utils.optimize.states import Result, State

Write = Callable[[Path], Any]


class Output:
    """The files of a job.

    command: as it was typed, to be stored in them. tell: of a trouble at once, for which the run goes on.
    troubles: what could not be written where it should, one sentence each, with the place where it is instead.
    """

    def __init__(self, job: Job, command: str, tell: Callable[[str], Any]) -> None:
        self.job, self.command, self.tell = job, command, tell
        self.troubles: list[str] = []
        self._saves, self._told = 0, False

    def grown(self, state: State) -> None:
        """Write the picture of a State, if it is due by --save-every. Where that fails the run goes on."""
        every = self.job.save_every
        if not every or state.step // every <= self._saves:
            return
        self._saves = state.step // every
        settings = self.settings(state.step, state.loss, "not yet: the run goes on")
        try:
            save_picture(self.job.finish(state.picture), self.job.out, settings)
        except CourseError as error:
            if not self._told:
                self.tell(f"{error} The run goes on.")
            self._told = True

    def picture(self, result: Result, pictures: list[np.ndarray]) -> Path | None:
        """Write what came out; where it is now."""
        settings = self.settings(result.evaluations, result.loss, result.message)
        if self.job.animated:
            times = self.job.seconds_per_frame, self.job.last_seconds
            return self._keep(
                self.job.out, lambda path: save_animation(pictures, path, times[0], settings, last_seconds=times[1])
            )
        return self._keep(self.job.out, lambda path: save_picture(pictures[0], path, settings, self.job.dots_per_inch))

    def film(self, frames: list[np.ndarray]) -> Path | None:
        """Write the film of the run; where it is now."""
        assert self.job.frames
        return self._keep(self.job.frames, lambda path: save_animation(frames, path))

    def settings(self, evaluations: int, loss: float, ended: str) -> dict[str, Any]:
        """All that it takes to make the picture again."""
        from course_utils.backend import tf

        words = {"command": self.command} | self.job.words
        words |= {"evaluations": evaluations, self.job.aim: f"{loss:.6g}", "ended": ended}
        return words | {"course_utils": __version__, "tensorflow": tf.__version__}

    def _keep(self, out: Path, write: Write) -> Path | None:
        """Write a file to its place or, where that fails, to another; None: there was none."""
        try:
            write(out)
            return out
        except CourseError as error:
            for place in _elsewhere(out):
                with suppress(CourseError, OSError):
                    write(place)
                    self.troubles.append(f"{error} It is saved as {place} instead.")
                    return place
            self.troubles.append(f"{error} No other folder could take it.")
            return None


def _elsewhere(out: Path) -> Iterator[Path]:
    """Names of files that are not there yet: beside a file, in the folder for temporary files, and at home."""
    home = Path(os.path.expanduser("~"))
    for folder in (out.parent, Path(tempfile.gettempdir()), home):
        free = (folder / f"{out.stem[:80]}-{k}{out.suffix}" for k in range(2, 1000))
        if name := next((path for path in free if not os.path.lexists(path)), None):
            yield name
