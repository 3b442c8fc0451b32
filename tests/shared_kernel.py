"""One kernel for many notebooks, each in a namespace of its own: starting one, and TensorFlow in it, takes seconds."""

from contextlib import contextmanager

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient


@contextmanager
def shared_kernel(folder):
    """A function that runs a notebook, after a first line in the same namespace. folder: where the kernel works."""
    manager = AsyncKernelManager()
    run_sync(manager.start_kernel)(cwd=str(folder))

    def run(notebook, first_line=""):
        notebook.cells.insert(0, nbformat.v4.new_code_cell(f"%reset -f\n{first_line}"))
        NotebookClient(notebook, km=manager, timeout=300).execute()

    try:
        yield run
    finally:
        run_sync(manager.shutdown_kernel)(now=True)
