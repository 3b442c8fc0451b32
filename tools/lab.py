"""Open the course in JupyterLab, with the environment that tools/setup_venv.py made.

python3 tools/lab.py [any option of JupyterLab, such as --no-browser --port 8899]
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from setup_venv import ROOT, venv_python

# Unless told not to, JupyterLab asks its makers for news and newer versions, and its extension manager asks a package
# index. A lesson makes no request: it must work, and without a question about news, where there is no network.
NO_REQUESTS = [
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
]


def command(arguments: list[str], is_root: bool) -> list[str]:
    """The command that opens JupyterLab on the first lesson, with the whole course in its file list."""
    options = [f"--ServerApp.root_dir={ROOT}", "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"]
    if is_root:  # JupyterLab refuses to run as root, which in a container is who one is.
        options.append("--allow-root")
    return [venv_python(ROOT), "-m", "jupyterlab", *options, *NO_REQUESTS, *arguments]


def environment() -> dict[str, str]:
    """The environment's variables, with tools/labconfig/ added to the places of JupyterLab's default settings."""
    folders = [str(ROOT / "tools"), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(folders)}


def main() -> int:
    """Run JupyterLab until it ends, and return its exit status."""
    if not Path(venv_python(ROOT)).exists():
        print("There is no environment yet: first run tools/setup_venv.py.", file=sys.stderr)
        return 1
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    lab = subprocess.Popen(command(sys.argv[1:], is_root), env=environment())
    signal.signal(signal.SIGTERM, lambda *_: lab.terminate())
    while True:
        try:
            return lab.wait()
        except KeyboardInterrupt:
            pass  # JupyterLab got the same Ctrl-C, asks whether it is meant, and ends by itself.


if __name__ == "__main__":
    sys.exit(main())
