"""Paintings from Wikimedia Commons, fetched when they are asked for, with limits, and kept for the next time."""

from __future__ import annotations

import contextlib
import http.client
import os
import queue
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np

from course_utils import __version__
from course_utils.checks import COUNT, checked, optional, text
from course_utils.errors import CourseError
from course_utils.pictures.commons import find_painting
from course_utils.pictures.loading import load_picture
from course_utils.pictures.saving import write_whole
from course_utils.pictures.sizes import resize
from course_utils.progress import bar

ADDRESS = "https://commons.wikimedia.org/wiki/Special:FilePath/"
WIDTH = 1280  # Wikimedia makes pictures of some widths only and refuses others: ..., 500, 960, 1280, 1920, 3840.
MOST_BYTES = 20_000_000
SILENCE, PATIENCE = 10.0, 60.0  # Seconds without a byte, and for all of it.
# Wikimedia asks programs to tell who they are, and turns away those that go by the name of their library.
HEADERS = {"User-Agent": f"deep-dream-and-style/{__version__} (a course in notebooks)", "Accept": "image/*"}

_unkept: dict[str, bytes] = {}  # Files that no folder could be found for: they last as long as the program.


@checked(name=text, size=optional(COUNT))
def painting(name: str, size: int | None = None, *, progress: bool = True) -> np.ndarray:
    """A painting from Wikimedia Commons as an array (height, width, 3), float32, RGB, 0..255, at most 1,280 wide.

    name: one of `commons_paintings()`, such as "starry_night"; all are in the public domain, their artists having died
    more than 70 years ago. size: length of the longest side in pixels afterwards; the aspect is kept. progress: a bar.
    The file is fetched once and kept in the folder that the environment variable COURSE_CACHE names, else in the
    user's folder for such things. Raises CourseError: unknown name (the nearest are given), or no picture within 60
    seconds and 20 MB (the shipped painting to use instead is named).
    """
    known = find_painting(name)
    picture = _kept(name)
    if picture is None:
        try:
            data = _fetch(f"{ADDRESS}{urllib.parse.quote(known.file)}?width={WIDTH}", name if progress else None)
            picture = _decoded(data)
        except (OSError, http.client.HTTPException, ValueError) as error:  # CourseError is a ValueError too.
            why = _reason(error)
            again = "connect and try again" if why.startswith("no connection") else "try again later"
            raise CourseError(
                f'{name} could not be fetched ({why}): use the shipped painting "{known.instead}", or {again}.'
            ) from None
        _keep(name, data)
    return picture if size is None else resize(picture, size)


def cache_folder() -> Path:
    """Where fetched paintings are kept, there or not. Raises RuntimeError where nobody knows the user's home."""
    if os.environ.get("COURSE_CACHE"):
        return Path(os.path.expanduser(os.environ["COURSE_CACHE"]))
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return folder / "deep-dream-and-style"


def _kept(name: str) -> np.ndarray | None:
    """The picture of an earlier time, unless there is none or its file has been damaged since."""
    try:
        file = cache_folder() / f"{name}.jpg"
        if os.path.isfile(file):
            return load_picture(file)
    except (CourseError, RuntimeError):
        pass
    return load_picture(_unkept[name]) if name in _unkept else None


def _keep(name: str, data: bytes) -> None:
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{name}.jpg", lambda file: file.write(data))
    except (CourseError, OSError, RuntimeError):  # A folder that takes nothing is no reason to go without.
        _unkept[name] = data


def _decoded(data: bytes) -> np.ndarray:
    try:
        return load_picture(data)
    except CourseError:
        raise CourseError("what came is no whole picture") from None


def _reason(error: Exception) -> str:
    """Why nothing came, in a few words. The order matters: most of these errors are OSErrors too."""
    if isinstance(error, CourseError):
        return str(error)
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"the server answered {error.code}"
    if isinstance(error, TimeoutError):
        return f"the server said nothing for {SILENCE:g} seconds"
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        return "the connection broke off"
    if isinstance(error, OSError):
        cause = getattr(error, "reason", error)  # An URLError is only the wrapping of another.
        return " ".join(f"no connection: {getattr(cause, 'strerror', None) or cause}".split())
    return "the server's answer makes no sense"


def _fetch(address: str, title: str | None) -> bytes:
    """All bytes behind an address, within the limits. title: of the progress bar; None: no bar.

    Raises CourseError, with the reason alone, and what urllib raises.
    """
    data = bytearray()
    with contextlib.closing(_parts(address)) as parts:
        length = next(parts)
        with bar(length, title, unit="B", unit_scale=True) as bytes_here:
            while max(length or 0, len(data)) <= MOST_BYTES and (part := next(parts, b"")):
                data += part
                bytes_here.update(len(part))
    if max(length or 0, len(data)) > MOST_BYTES:
        raise CourseError(f"it is larger than {MOST_BYTES / 1e6:g} MB")
    if length and len(data) < length:  # Python's own reader would take this for the end of the file.
        raise CourseError("the connection broke off")
    return bytes(data)


def _parts(address: str) -> Generator[Any, None, None]:
    """The length that the server tells, or None, and then the bytes as they come.

    A thread reads them, for neither the look-up of the server's name nor a header that comes byte by byte has a time
    limit of its own. Raises CourseError, with the reason alone, after PATIENCE seconds, and what the thread raises.
    """
    parts: queue.SimpleQueue[Any] = queue.SimpleQueue()
    given_up = threading.Event()

    def read() -> None:
        try:
            opener = urllib.request.build_opener(_Redirects)
            with opener.open(urllib.request.Request(address, headers=HEADERS), timeout=SILENCE) as answer:
                length = answer.headers.get("Content-Length") or ""
                parts.put(int(length) if length.isdecimal() else None)
                while (part := answer.read1(65536)) and not given_up.is_set():
                    parts.put(part)
            parts.put(b"")
        except Exception as error:
            parts.put(error)

    threading.Thread(target=read, daemon=True).start()
    ends = time.monotonic() + PATIENCE
    try:
        while (part := parts.get(timeout=max(0, ends - time.monotonic()))) != b"":
            if isinstance(part, Exception):
                raise part
            yield part
    except queue.Empty:
        raise CourseError(f"it took longer than {PATIENCE:g} seconds") from None
    finally:
        given_up.set()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows the server to other addresses, but never from a safe one to one that is not."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urllib.parse.urlsplit(newurl).scheme not in ("https", req.type):
            raise CourseError("it leads to an address without https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
