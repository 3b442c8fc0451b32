"""The command line: `python -m course_utils style CONTENT STYLE -o OUT` and `python -m course_utils info`.

Everything that a person can get wrong is checked (in `arguments`) before TensorFlow, which takes seconds, is loaded.
Modules are imported inside functions, so that Ctrl-C ends the program without a traceback while they are loaded too.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from course_utils import __version__
from course_utils.errors import CourseError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from course_utils.arguments import Job
    from course_utils.optimize import Result, State

FRAMES = 36  # Of a film, about; they are spread evenly over the run.


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code.

    0: done. 1: not enough memory. 2: something that the user can put right. 130: ended by Ctrl-C.
    """
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except CourseError as error:
        return _complain(str(error), 2)
    except BrokenPipeError:  # The reader of our output has seen enough, as `head` has. Python's own flush would fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _complain(f"{error.filename or 'the output'}: {error.strerror or error}.", 2)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not isinstance(error, MemoryError) and type(error).__name__ != "ResourceExhaustedError":  # TensorFlow's.
            raise
        return _complain("there is not enough memory: choose a smaller --size.", 1)


def _complain(message: str, code: int) -> int:
    print(f"course_utils: error: {' '.join(message.splitlines())}", file=sys.stderr)
    return code


def say(line: str) -> None:
    """Print a line at once, with \\x.. for what the terminal's encoding lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def _run(arguments: list[str]) -> int:
    from course_utils.arguments import check, parse

    try:
        options = parse(arguments)
    except SystemExit:  # How argparse ends after --help and --version.
        print(end="", flush=True)
        return 0
    if options.command == "info":
        return info()
    return paint(check(options), shlex.join(["python", "-m", "course_utils", *arguments]))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A failure to write, in one line that names the file, and not the temporary one that would have become it."""
    try:
        yield
    except OSError as error:
        raise CourseError(f"{path} could not be written: {error.strerror or error}.") from None


@contextmanager
def on_interrupt(handler: Callable | signal.Handlers) -> Iterator[None]:
    """What Ctrl-C does in here, where it would raise KeyboardInterrupt otherwise."""
    # Only the main thread may choose, and a shell's background job ignores Ctrl-C and shall go on doing so.
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def leave(*_: Any) -> None:
    """End the process here and now. A KeyboardInterrupt amid TensorFlow's import can come out as another error."""
    os._exit(130)


class Film:
    """A callback of `minimize` that keeps some of the run's pictures, as bytes, which take a quarter of the memory."""

    def __init__(self, job: Job, finish: Callable[[np.ndarray], np.ndarray]) -> None:
        from course_utils.style import start_picture

        self.finish, self.due, self.every = finish, 0.0, job.options["steps"] / FRAMES
        self.frames: list[np.ndarray] = []
        self.add(finish(start_picture(job.start, job.content, job.options["seed"])))

    def __call__(self, state: State) -> None:
        if state.step >= self.due:
            self.add(self.finish(state.picture))

    def add(self, picture: np.ndarray) -> None:
        """Keep a picture, unless it is the last one again; the next is due a while later."""
        frame = picture.clip(0, 255).round().astype("uint8")
        if not self.frames or (frame != self.frames[-1]).any():
            self.frames.append(frame)
            self.due += self.every


def paint(job: Job, command: str) -> int:
    """Run a `style` command and write its files. command: as it was typed, to be stored."""
    with on_interrupt(leave):
        from course_utils.style import keep_chroma, style_transfer
    from course_utils.images import save_animation, save_picture

    def finish(picture: np.ndarray) -> np.ndarray:
        return keep_chroma(picture, job.content) if job.options["colours"] == "luminance" else picture

    started = time.monotonic()
    film = Film(job, finish) if job.frames else None
    result = style_transfer(job.content, job.styles, start=job.start, callback=film, progress="painting", **job.options)
    with on_interrupt(signal.SIG_IGN), writing(job.out):  # A second, impatient Ctrl-C must not cost the picture.
        save_picture(result.picture, job.out, _settings(job, result, command))
    height, width = result.picture.shape[:2]
    seconds, end = time.monotonic() - started, ", interrupted" if result.interrupted else ""
    say(f"{job.out}: {width} x {height}, {result.evaluations} evaluations, {seconds:.1f} s{end}")
    if film:
        film.add(result.picture)
        with writing(job.frames):
            save_animation(film.frames, job.frames)
        say(f"{job.frames}: {len(film.frames)} frames")
    return 130 if result.interrupted else 0


def _settings(job: Job, result: Result, command: str) -> dict[str, str]:
    """All that it takes to make the picture again, as text for a PNG."""
    from course_utils.backend import tf

    words = {"command": command} | job.words
    words |= {"evaluations": result.evaluations, "loss": f"{result.loss:.6g}", "ended": result.message}
    words |= {"course_utils": __version__, "tensorflow": tf.__version__}
    # A file's name may hold bytes that are no text.
    return {key: str(value).encode("utf-8", "replace").decode() for key, value in words.items()}


def info() -> int:
    """Print what there is on this machine, and what a painting will take."""
    started = time.monotonic()
    with on_interrupt(leave):
        from course_utils import measure
    for line in measure.report(started):
        say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
