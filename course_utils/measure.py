"""What this machine has, and what it will take: the facts behind `python -m course_utils info`."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from course_utils import images
from course_utils.backend import tf
from course_utils.network import KERAS_FILES, load_network
from course_utils.optimize import compiled
from course_utils.style import StyleObjective

# Peak resident memory of the `style` command in MiB: a base, and what is added per million pixels. Measured at 256, 512
# and 768 px by `make bench` (tools/benchmark.txt), for the network "mini".
BASE_MEMORY, MEMORY_PER_MEGAPIXEL = 620, 2600
SIZES, EVALUATIONS = (320, 512, 768, 1024), 75


def report() -> list[tuple[str, str]]:
    """Pairs of a title and a line. Takes some seconds: one evaluation of the style loss is timed."""
    gpus = tf.config.list_physical_devices("GPU")
    lines = [("machine", f"{os.cpu_count()} cores{_memory()}, {len(gpus) or 'no'} GPU")]
    lines.append(("networks", "mini, random: here"))
    models = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
    for name, ((file, _, megabytes), _) in KERAS_FILES.items():
        state = "here" if (models / file).exists() else f"would be downloaded once, {megabytes} MB"
        lines.append(("", f"{name}: {state}"))
    lines += [(group, ", ".join(members)) for group, members in images.names().items()]
    each = _seconds_per_evaluation()
    lines.append(("a painting", f"by mini, {EVALUATIONS} evaluations, of a picture of 4 to 3:"))
    for size in SIZES:
        megapixels = size * size * 3 / 4 / 1e6
        seconds = 6 + each * megapixels * EVALUATIONS  # Six seconds to load TensorFlow and to compile.
        memory = (BASE_MEMORY + MEMORY_PER_MEGAPIXEL * megapixels) / 1024
        lines.append(("", f"{size:>5} px: about {seconds:4.0f} s and {memory:.1f} GiB of memory"))
    return lines


def _memory() -> str:
    try:
        return f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB of memory"
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf.
        return ""


def _seconds_per_evaluation() -> float:
    """Seconds that one evaluation takes for a million pixels, from a picture of 192 x 192."""
    picture = np.random.default_rng(0).uniform(0, 255, (192, 192, 3)).astype("float32")
    evaluate = compiled(StyleObjective(load_network("mini", "average"), picture, [picture[::-1]]))
    evaluate(picture)  # Compiles.
    times = []
    for _ in range(5):
        started = time.perf_counter()
        evaluate(picture)
        times.append(time.perf_counter() - started)
    return float(np.median(times)) / (192 * 192 / 1e6)
