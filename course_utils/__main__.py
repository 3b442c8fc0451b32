"""The command line: `python -m course_utils` and then one of

    style CONTENT STYLE -o OUT      a photograph in the style of a painting
    dream IMAGE -o OUT              what a network sees in a picture, put into it
    texture IMAGE -o OUT            a texture like an example
    info                            what there is on this machine
    progress                        which exercises are solved

Everything that a person can get wrong is checked (in `commands`) before TensorFlow, which takes seconds, is loaded.
Modules are imported inside functions, so that Ctrl-C ends the program without a traceback while they are loaded too.
"""

from __future__ import annotations

import os
import shlex
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from course_utils.errors import CourseError, printable
from course_utils.optimize.interrupts import ended_like_ctrl_c, leave, noted, on_interrupt

if TYPE_CHECKING:
    from course_utils.commands.job import Job
    from course_utils.optimize.states import State


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code.

    0: done. 1: not enough memory. 2: something that the user can put right. 130: ended by Ctrl-C or SIGTERM.
    """
    if arguments is None:
        _open_streams()
    try:
        with ended_like_ctrl_c():
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


def _open_streams() -> None:
    """Stand-ins for what was closed of stdin, stdout and stderr: the next file that is opened would take its place, and
    TensorFlow's log lines would go into a picture.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _complain(message: str, code: int = 2) -> int:
    with suppress(OSError, ValueError):  # Nobody may be there to read it.
        if sys.stderr is not None:
            print(f"course_utils: error: {printable(message)}", file=sys.stderr, flush=True)
    return code


def _remark(message: str) -> None:
    """Complain while a bar is there, which stands in an unfinished line."""
    with suppress(OSError, ValueError):
        if sys.stderr is not None:
            print(file=sys.stderr)
    _complain(message)


def say(line: str) -> None:
    """Print a line at once, with \\x.. for what the terminal would obey, and for what its encoding lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(printable(line).encode(encoding, "backslashreplace").decode(encoding), flush=True)


def _run(arguments: list[str]) -> int:
    from course_utils.commands import check, parse, renamed

    try:
        options = parse(arguments)
    except SystemExit:  # How argparse ends after --help and --version.
        print(end="", flush=True)
        return 0
    if tells := {"info": info, "progress": progress}.get(options.command):
        return tells()
    job = check(options)
    return perform(job, shlex.join(["python", "-m", "course_utils", *renamed(arguments, job.names)]))


def perform(job: Job, command: str) -> int:
    """Run a command and write its files. command: as it was typed, to be stored."""
    with on_interrupt(leave):
        import course_utils.backend  # noqa: F401  It brings TensorFlow.
    from course_utils.commands.output import Output

    started, output, lines = time.monotonic(), Output(job, command, _remark), []
    with noted(leave) as ctrl_c:  # There is nothing to be saved before the first step.
        film = job.film() if job.frames else None

        def watch(state: State) -> None:
            ctrl_c.press = _wait
            if film:
                film(state)
            output.grown(state)

        result, pictures = job.run(watch)
        ctrl_c.press = _wait
        if out := output.picture(result, pictures):
            height, width = pictures[0].shape[:2]
            frames = f", {len(pictures)} frames" if job.animated else ""
            seconds, end = time.monotonic() - started, ", interrupted" if result.interrupted else ""
            lines.append(f"{out}: {width} x {height}, {result.evaluations} evaluations{frames}, {seconds:.1f} s{end}")
        if film:
            film.add(result.picture)
            if out := output.film(film.frames):
                lines.append(f"{out}: {len(film.frames)} frames")
    for line in lines:
        say(line)
    if output.troubles:
        raise CourseError(" ".join(output.troubles))
    return 130 if result.interrupted else 0


def _wait() -> None:
    """What another, impatient Ctrl-C does while a run ends and its picture is saved: it must not cost the picture."""


def info() -> int:
    """Print what there is on this machine, and what a painting will take."""
    started = time.monotonic()
    with on_interrupt(leave):
        from course_utils.commands import measure
    for line in measure.report(started):
        say(line)
    return 0


def progress() -> int:
    """Print which exercises are solved."""
    from course_utils.portfolio import progress_table

    for line in progress_table().splitlines():
        say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
