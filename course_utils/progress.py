"""Progress bars: one line of a terminal, or one output of a notebook, of which nothing is left in the end."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

# A notebook cannot take back an output, but the output can be made to show nothing. A bar that is a widget would stay
# in the stored notebook, as "0%" or as a widget that is not found.
NOTHING = {"text/html": "", "text/plain": ""}
NOTEBOOK_COLUMNS = 90


def bar(total: int | None, title: str | bool | None = True, **options: Any) -> tqdm:
    """A bar of tqdm's that leaves nothing behind, and that no broken connection or closed stderr can disturb.

    title: its name; True: without one; False or None: no bar. options: more of tqdm's.
    """
    notebook = _in_notebook()
    file: Any = _Output() if notebook else _Stderr(sys.stderr)
    width: dict[str, Any] = {"ncols": NOTEBOOK_COLUMNS} if notebook else {"dynamic_ncols": True}
    shown = bool(title) and (notebook or sys.stderr is not None)
    name = title if isinstance(title, str) else None
    return tqdm(total=total, desc=name, disable=not shown, leave=False, file=file, **width, **options)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None


class _Stderr:
    """A stream whose reader may go away: a bar is no reason to end the run whose progress it shows."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except (OSError, ValueError):  # Broken, full or closed.
            pass

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)  # Whether it is a terminal, how wide, and what characters it has.


class _Output:
    """One output of a notebook as the file that tqdm writes its line to, each time after a carriage return."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._handle: Any = None
        self._line = ""

    def write(self, text: str) -> None:
        _, returned, line = text.rpartition("\r")
        line = line.rstrip()
        if not returned or line == self._line:  # The rest of what tqdm writes moves a cursor.
            return
        from IPython.display import display

        self._line = line
        if self._handle is None:
            self._handle = display({"text/plain": line}, raw=True, display_id=True)
        else:
            self._handle.update({"text/plain": line} if line else NOTHING, raw=True)

    def flush(self) -> None:
        pass
