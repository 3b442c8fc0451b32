"""What the tests of the package share. TensorFlow is loaded where it is first used, since some tests do without."""

import os
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

ROOT = Path(__file__).parent.parent
NEEDED_GB = 3  # For a worker: itself 1, a lesson's kernel or a JupyterLab with Chromium 1.5.
# Files whose tests take minutes, in the order in which they are begun, so that none of them is what all wait for.
LONG = (
    "test_lessons_vgg19",
    "test_makers",
    "test_widgets_makers",
    "test_widgets_gram_lens",
    "08_neural_style",
    "09_painters_controls",
)
WORKER = "PYTEST_XDIST_WORKER" in os.environ

if WORKER:  # Two programs of one thread each get more done than two that fight for the cores.
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_xdist_auto_num_workers():
    """What `-n auto` means: as many workers as cores, and as memory allows."""
    return max(1, min(psutil.cpu_count() or 1, int(psutil.virtual_memory().available / 1e9 / NEEDED_GB)))


def pytest_configure(config):
    """With several workers, a file belongs to one of them, and the order is that of `pytest_collection_modifyitems`."""
    if getattr(config.option, "dist", "no") == "load":
        config.option.dist, config.option.loadscopereorder = "loadfile", False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what takes long, then the notebooks and the browser, then the rest."""

    def place(item):
        if item.path.stem in LONG:
            return LONG.index(item.path.stem)
        return len(LONG) + (item.path.suffix != ".ipynb" and "browser" not in item.path.parts)

    items.sort(key=place)


@pytest.fixture(autouse=True, scope="module")
def nothing_left_behind():
    """Tests write into folders of their own, never into the one where they were begun."""

    def seen():
        return {name for name in os.listdir(ROOT) if not name.startswith(".")}

    before = seen()
    yield
    assert seen() <= before


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def make_picture():
    """A function that makes a picture (height, width, 3), 0..255: soft patches of colour with a fine grain."""
    from course_utils.pictures.sizes import resize

    def make(height, width, seed=0):
        rng = np.random.default_rng(seed)
        patches = resize(rng.uniform(20, 235, (4, 5, 3)).astype("float32"), (height, width))
        return np.clip(patches + rng.normal(0, 8, patches.shape), 0, 255).astype("float32")

    return make


@pytest.fixture(scope="session")
def network():
    """The network that needs no weights. Averages, unlike maxima, let every input matter."""
    from course_utils.network import load_network

    return load_network("random", "average")


@pytest.fixture(scope="session")
def refused():
    """`with refused("word", ...)`: a CourseError of one line, in which all of the words occur."""
    from course_utils.errors import CourseError

    @contextmanager
    def check(*words):
        with pytest.raises(CourseError) as caught:
            yield
        message = str(caught.value)
        assert message and "\n" not in message
        for word in words:
            assert word in message

    return check


@pytest.fixture(scope="session")
def originals(tmp_path_factory):
    """A folder of good and bad files; `old.png` is an older picture where the output goes."""
    from course_utils.pictures.saving import save_picture
    from course_utils.pictures.sizes import resize

    folder = tmp_path_factory.mktemp("originals")
    patches = np.random.default_rng(0).uniform(20, 235, (6, 8, 3)).astype("float32")
    picture = resize(patches, (60, 80))
    for name, pixels in (("photo", picture), ("strip", picture[:2]), ("old", picture[::-1]), ("black", 0 * picture)):
        save_picture(pixels, folder / f"{name}.png")
    whole = (folder / "photo.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "text.jpg").write_text("not a picture")
    (folder / "empty.png").touch()
    (folder / "link.png").symlink_to("photo.png")
    return folder


@pytest.fixture
def files(originals, tmp_path, monkeypatch):
    """A copy of them, which is also the working folder."""
    shutil.copytree(originals, tmp_path, symlinks=True, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hears_ctrl_c():
    """Python's own answer to Ctrl-C: a shell's background jobs are made deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def quadratic():
    """A function (loss, gradient) for LBFGS, whose curvatures run from 1 to 1e4 and whose lowest value is 0 at ones."""

    def make(dtype="float64", size=50):
        curvatures = np.logspace(0, 4, size).astype(dtype)

        def function(x):
            return float(0.5 * np.sum(curvatures * (x - 1) ** 2)), curvatures * (x - 1)

        return function, np.zeros(size, dtype)

    return make
