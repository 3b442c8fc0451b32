"""What this machine has, and what a painting will take on it: the facts behind `python -m course_utils info`."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Iterator, Sequence

import numpy as np

from course_utils import __version__
from course_utils.backend import tf
from course_utils.defaults import WEIGHTS
from course_utils.network import KERAS_FILES, cached_file, load_network
from course_utils.optimize.evaluation import compiled
from course_utils.optimize.loop import minimize
from course_utils.pictures import commons
from course_utils.pictures.shipped import names
from course_utils.style.objective import StyleObjective
from course_utils.style.settings import StyleSettings

PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "pillow", "jupyterlab")
SIZES = (320, 512, 768, 1024)
# Peak resident memory of `style` with the network "mini", in MiB: a base, and what a million pixels add. Measured as
# ru_maxrss on two cores with TensorFlow 2.21: 1435 at 1024 x 683 pixels, 1791 at 1024 x 1024, 2804 at 1754 x 1170 and
# 4640 at 2480 x 1655.
BASE_MEMORY, MEMORY_PER_MEGAPIXEL = 730, 1010


def report(started: float) -> Iterator[str]:
    """The lines of `info`. started: time.monotonic() before this module, and TensorFlow with it, was loaded."""
    yield f"course_utils {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield _row("packages", ", ".join(f"{name} {_version(name)}" for name in PACKAGES))
    yield _row("machine", f"{_cores()} cores, {_memory()}, {_gpus()}")
    rows = [f"{name}: here" for name in ("mini", "random")] if (WEIGHTS / "mini.npz").is_file() else ["random: here"]
    for name, ((_, _, megabytes), _) in KERAS_FILES.items():
        rows.append(f"{name}: {'here' if cached_file(name).is_file() else f'would be downloaded once, {megabytes} MB'}")
    yield _row("networks", "; ".join(rows))
    for group, members in names().items():
        yield _row(group, ", ".join(members) or "none (they come with a checkout of the course)")
    yield _row("to fetch", f"as {commons.PREFIX}NAME: {', '.join(commons.PAINTINGS)}")
    overhead, each = _seconds(started)
    yield ""
    yield "A painting by mini with the usual settings, of a photograph 3 wide and 2 high, here and now:"
    yield "--size         time    memory"
    for size in SIZES:
        megapixels = size * size * 2 / 3 / 1e6
        seconds = overhead + each * megapixels * _steps_at_full_size(StyleSettings(size=size))
        yield f"{size:>6}  {seconds:>9.0f} s  {_gibibytes(megapixels):>4.1f} GiB"


def expected(shape: Sequence[int], how: StyleSettings) -> str:
    """What a painting of a shape will take here, for the person who waits for it."""
    megapixels = shape[0] * shape[1] / 1e6
    _, each = _seconds(time.monotonic())
    minutes = each * megapixels * _steps_at_full_size(how) / 60
    return f"about {max(1, round(minutes))} min and {_gibibytes(megapixels):.1f} GiB of memory"


def _gibibytes(megapixels: float) -> float:
    return (BASE_MEMORY + MEMORY_PER_MEGAPIXEL * megapixels) / 1024


def _steps_at_full_size(how: StyleSettings) -> float:
    """What the evaluations at all stages take together, in evaluations at full size."""
    count, growth = how.growth
    return sum(steps / growth ** (2 * (count - 1 - k)) for k, steps in enumerate(how.steps_by_stage()))


def _row(title: str, text: str) -> str:
    return f"{title + ':':13}{text}"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _cores() -> int:
    """The cores that this process may use, which can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB of memory"
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf.
        return "memory unknown"


def _gpus() -> str:
    devices = tf.config.list_physical_devices("GPU")
    found = [tf.config.experimental.get_device_details(device).get("device_name", device.name) for device in devices]
    return f"GPU: {', '.join(found)}" if found else "no GPU"


def _seconds(started: float, side: int = 256, steps: int = 6) -> tuple[float, float]:
    """Seconds from `started` to the first evaluation, and those of one evaluation for a million pixels, by a trial."""
    network = "mini" if (WEIGHTS / "mini.npz").is_file() else "random"
    picture = np.random.default_rng(0).uniform(0, 255, (side, side, 3)).astype("float32")
    objective = compiled(StyleObjective(load_network(network, "average"), picture, [picture[::-1]]))
    minimize(objective, picture, 1, progress=False)  # Compiles.
    overhead, before = time.monotonic() - started, time.monotonic()
    result = minimize(objective, picture, steps, progress=False)
    return overhead, (time.monotonic() - before) / result.evaluations / (side * side / 1e6)
