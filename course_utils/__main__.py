"""The command line: `python -m course_utils` and then one of

    style CONTENT STYLE -o OUT      a photograph in the style of a painting
    dream IMAGE -o OUT              what a network sees in a picture, put into it
    texture IMAGE -o OUT            a texture like an example
    info                            what there is on this machine

Everything that a person can get wrong is checked (in `commands`) before TensorFlow, which takes seconds, is loaded.
Modules are imported inside functions, so that Ctrl-C ends the program without a traceback while they are loaded too.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from course_utils import __version__
from course_utils.errors import CourseError
from course_utils.optimize.interrupts import leave, on_interrupt

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.commands.job import Job
    from course_utils.optimize.states import Result, State


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
    from course_utils.commands import check, parse

    try:
        options = parse(arguments)
    except SystemExit:  # How argparse ends after --help and --version.
        print(end="", flush=True)
        return 0
    if options.command == "info":
        return info()
    return perform(check(options), shlex.join(["python", "-m", "course_utils", *arguments]))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A failure to write, in one line that names the file, and not the temporary one that would have become it."""
    try:
        yield
    except OSError as error:
        raise CourseError(f"{path} could not be written: {error.strerror or error}.") from None


def perform(job: Job, command: str) -> int:
    """Run a command and write its files. command: as it was typed, to be stored."""
    with on_interrupt(leave):
        import course_utils.backend  # noqa: F401  It brings TensorFlow.
    from course_utils.pictures.saving import save_animation, save_picture

    started = time.monotonic()
    with on_interrupt(leave) as raise_again:  # There is nothing to be saved before the first step.
        film = job.film() if job.frames else None

        def watch(state: State) -> None:
            raise_again()
            if film:
                film(state)

        result, pictures = job.run(watch)
    settings = _settings(job, result, command)
    with on_interrupt(signal.SIG_IGN), writing(job.out):  # A second, impatient Ctrl-C must not cost the picture.
        if job.animated:
            save_animation(pictures, job.out, settings=settings)
        else:
            save_picture(pictures[0], job.out, settings)
    height, width = pictures[0].shape[:2]
    frames = f", {len(pictures)} frames" if job.animated else ""
    seconds, end = time.monotonic() - started, ", interrupted" if result.interrupted else ""
    say(f"{job.out}: {width} x {height}, {result.evaluations} evaluations{frames}, {seconds:.1f} s{end}")
    if film and job.frames:
        film.add(result.picture)
        with writing(job.frames):
            save_animation(film.frames, job.frames)
        say(f"{job.frames}: {len(film.frames)} frames")
    return 130 if result.interrupted else 0


def _settings(job: Job, result: Result, command: str) -> dict[str, str]:
    """All that it takes to make the picture again, as text for a PNG."""
    from course_utils.backend import tf

    words = {"command": command} | job.words
    words |= {"evaluations": result.evaluations, job.aim: f"{result.loss:.6g}", "ended": result.message}
    words |= {"course_utils": __version__, "tensorflow": tf.__version__}
    # A file's name may hold bytes that are no text.
    return {key: str(value).encode("utf-8", "replace").decode() for key, value in words.items()}


def info() -> int:
    """Print what there is on this machine, and what a painting will take."""
    started = time.monotonic()
    with on_interrupt(leave):
        from course_utils.commands import measure
    for line in measure.report(started):
        say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
