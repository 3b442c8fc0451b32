"""Where a learner's own work lies."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "my_pictures"
VARIABLE = "COURSE_MY_PICTURES"  # Another folder, for tests and for a class on a server.


def own_folder() -> Path:
    """The folder, which may not be there yet: in the course's own folder, else where Python was started."""
    course = Path(__file__).resolve().parents[2]
    home = course if (course / "notebooks").is_dir() else Path.cwd()
    return Path(os.environ.get(VARIABLE) or home / NAME)
