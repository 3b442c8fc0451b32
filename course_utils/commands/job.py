"""What the commands have in common: a job that can be run, and the film of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.optimize.interrupts import noted
from course_utils.pictures.clips import Clip
from course_utils.pictures.videos import LAST_SECONDS
from course_utils.progress import bar

if TYPE_CHECKING:
    from course_utils.optimize.states import Result, State

FRAMES = 36  # Of a film, about; they are spread evenly over the run.


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a command asks for: checked, its pictures decoded.

    out, frames: files to be written. save_every: evaluations, or steps, between two times that `out` is written while
    it is made; None: once. words: every setting as text, as a PNG stores it. names: what the files are called there, by
    what was typed. Only `film` and `run` load TensorFlow.
    """

    out: Path
    frames: Path | None
    save_every: int | None
    words: dict[str, Any]
    names: dict[str, str]

    @property
    def animated(self) -> bool:
        """Whether `out` is a film itself."""
        return False

    @property
    def dots_per_inch(self) -> int | None:
        """How large `out` is to be printed."""
        return None

    @property
    def seconds_per_frame(self) -> float:
        """How long each picture is shown where `out` is a film."""
        return 0.1

    @property
    def last_seconds(self) -> float:
        """How long the last picture stays where `out` is a film."""
        return LAST_SECONDS

    @property
    def aim(self) -> str:
        """What the sum of the objective's terms is to the person: a loss is descended."""
        return "loss"

    def finish(self, picture: np.ndarray) -> np.ndarray:
        """What is saved of a picture that `run` tells of before it ends."""
        return picture

    def film(self) -> Film:
        """A callback for `run` that holds the picture which the run starts from."""
        raise NotImplementedError

    def run(self, callback: Callable[[State], None]) -> tuple[Result, list[np.ndarray]]:
        """Do it; what came out, and the picture to be saved, or the frames where `out` is a film.

        Ctrl-C ends it early; the result says so. Raises KeyboardInterrupt where there is nothing yet to be saved.
        """
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ClipJob(Job):
    """A film of which every picture is made anew. clip: the film. make: a Result for each of its pictures, in order."""

    clip: Clip
    make: Callable[[list[np.ndarray]], Iterator[Result]]

    @property
    def animated(self) -> bool:
        return True

    @property
    def seconds_per_frame(self) -> float:
        return self.clip.seconds_per_frame

    @property
    def last_seconds(self) -> float:
        return self.clip.seconds_per_frame

    def run(self, callback: Callable[[State], None]) -> tuple[Result, list[np.ndarray]]:
        made, evaluations = [], []
        with noted() as ctrl_c, bar(len(self.clip.frames), "frame by frame") as shown:
            for result in self.make(self.clip.frames):
                made.append(as_bytes(result.picture))
                evaluations += result.history["loss"]
                shown.update()
                if ctrl_c.pressed:
                    from course_utils.optimize.states import INTERRUPTED

                    result = replace(result, interrupted=True, message=INTERRUPTED)
                    break
        return replace(result, history={"loss": evaluations}), made


class Film:
    """A callback that keeps some of a run's pictures, as bytes, which take a quarter of the memory.

    first: the picture (h, w, 3) that the run starts from. steps: how many the run has at most. finish: what is done to
    each picture before it is kept.
    """

    def __init__(
        self, first: np.ndarray, steps: int, finish: Callable[[np.ndarray], np.ndarray] = lambda picture: picture
    ) -> None:
        self.finish, self.due, self.every = finish, 0.0, steps / FRAMES
        self.frames: list[np.ndarray] = []
        self.add(finish(first))

    def __call__(self, state: State) -> None:
        if state.step >= self.due:
            self.add(self.finish(state.picture))

    def add(self, picture: np.ndarray) -> None:
        """Keep a picture, unless it is the last one again; the next is due a while later."""
        frame = as_bytes(picture)
        if not self.frames or (frame != self.frames[-1]).any():
            self.frames.append(frame)
            self.due += self.every


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """A picture clipped and rounded to bytes."""
    return picture.clip(0, 255).round().astype("uint8")
