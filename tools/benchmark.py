"""Measure what the course's methods take on this machine: `make bench`, some minutes.

The last output is kept in benchmark.txt. Ratios are taken within one run: seconds differ from machine to machine, and
from one hour to the next.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tqdm import tqdm

from course_utils.backend import tf
from course_utils.network import VGG19_WIDTHS, Network, build_vgg, load_network
from course_utils.optimize.evaluation import CompiledObjective, compiled
from course_utils.optimize.loop import minimize
from course_utils.pictures.loading import load_picture
from course_utils.pictures.shipped import names
from course_utils.style.objective import StyleObjective

REPEATS = 15


def median_seconds(function: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of several calls, after two to warm up."""
    times = []
    for _ in range(repeats + 2):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return float(np.median(times[2:]))


def style_problem(network: Network, size: int) -> tuple[CompiledObjective, np.ndarray]:
    """The five style layers and block4_conv2, on a square photograph; the compiled objective and its start."""
    photo, painting = load_picture("cat"), load_picture(names()["paintings"][0], size)
    side = min(photo.shape[:2])
    photo = load_picture(photo[:side, :side], size)
    return compiled(StyleObjective(network, photo, [painting])), photo


def networks_by_size() -> None:
    print("\nOne loss and gradient of the five style layers and block4_conv2, milliseconds")
    print(f"{'pixels':>9} {'mini':>8} {'vgg19':>8}  vgg19 / mini   (vgg19: its layout, random weights)")
    mini, vgg = load_network("mini", "average"), Network("vgg19's layout", build_vgg(VGG19_WIDTHS, "average"), [], 32)
    for size in (128, 256, 384, 512):
        problems = [style_problem(network, size) for network in (mini, vgg)]
        ours, full = (median_seconds(lambda e=e, p=p: e(p), 15 if size < 384 else 5) for e, p in problems)
        print(f"{size:>4}^2    {1000 * ours:8.1f} {1000 * full:8.1f}  {full / ours:8.1f}")


def loop_overhead() -> None:
    """How much of a run is spent outside the compiled loss and gradient, at 256 x 256 on mini."""
    print("\nTime of a run of 60 evaluations outside the compiled loss and gradient, 256 x 256, mini")
    evaluate, photo = style_problem(load_network("mini", "average"), 256)
    inside = 0.0

    def timed(self: CompiledObjective, picture: np.ndarray) -> tuple:
        nonlocal inside
        started = time.perf_counter()
        answer = plain(self, picture)
        inside += time.perf_counter() - started
        return answer

    plain = CompiledObjective.__call__
    CompiledObjective.__call__ = timed
    try:
        for method in ("lbfgs", "scipy"):
            for basis in ("spectral", "pixels"):
                shares, each = [], []
                for _ in range(3):
                    inside, started = 0.0, time.perf_counter()
                    result = minimize(evaluate, photo, 60, method=method, basis=basis, progress=False)
                    whole = time.perf_counter() - started
                    shares.append(whole / inside - 1)
                    each.append(1000 * (whole - inside) / result.evaluations)
                print(f"  {method:6} {basis:9} {np.median(shares):6.1%}  {np.median(each):5.1f} ms an evaluation")
    finally:
        CompiledObjective.__call__ = plain


def command_to_file() -> None:
    print("\nThe command line, from start to file, and its peak memory (the usual settings)")
    # Until it becomes another program, a process counts the memory of the one that started it: so a small one does.
    launcher = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True)\n"
    launcher += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    with tempfile.TemporaryDirectory() as folder:
        for size in (256, 320, 512, 768, 1024):
            style = ["-m", "course_utils", "style", "cat", names()["paintings"][0], "-o", f"{folder}/{size}.png"]
            command = [sys.executable, "-c", launcher, sys.executable, *style, "--size", str(size)]
            started = time.perf_counter()
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            peak = int(answer.stdout) / (2**20 if sys.platform == "darwin" else 2**10)
            print(f"  {size} px: {time.perf_counter() - started:5.1f} s, {peak:,.0f} MiB")


# Run in the place of the command: it prints the seconds that all evaluations take, each counted as the median one.
COUNTED = """
import statistics, sys, time
from course_utils.optimize.evaluation import CompiledObjective
plain, starts = CompiledObjective.__call__, []
def counted(self, picture):
    starts.append(time.perf_counter())
    return plain(self, picture)
CompiledObjective.__call__ = counted
from course_utils.__main__ import main
code = main()
print("evaluations:", len(starts) * statistics.median(b - a for a, b in zip(starts, starts[1:])))
sys.exit(code)
"""


def command_beside_its_evaluations(repeats: int = 3) -> None:
    """What a run of the command takes from start to file beside its 75 evaluations: imports, tracing, files."""
    print("\nThe command line at 320 px: seconds that are not evaluations")
    ways = {
        "as it is": "",
        "with scikit-learn and Matplotlib, which Keras imports if it can": "import sklearn, matplotlib.pyplot",
    }
    found: dict[str, list[float]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        style = ["style", "cat", names()["paintings"][0], "-o", f"{folder}/cat.png", "--size", "320"]
        for _ in range(repeats):
            for way, first in ways.items():
                started = time.perf_counter()
                command = [sys.executable, "-c", first + COUNTED, *style]
                answer = subprocess.run(command, check=True, capture_output=True, text=True)
                whole = time.perf_counter() - started
                found[way].append(whole - float(answer.stdout.rpartition("evaluations:")[2]))
    for way, seconds in found.items():
        print(f"  {np.median(seconds):5.1f} s {way} ({', '.join(f'{one:.1f}' for one in seconds)})")


def main() -> None:
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), cpu)
    gpus = tf.config.list_physical_devices("GPU")
    print(f"{cpu}, {os.cpu_count()} cores, {'GPU' if gpus else 'no GPU'}; Python {platform.python_version()}, "
          f"TensorFlow {tf.__version__}, NumPy {np.__version__}; {time.strftime('%Y-%m-%d')}")  # fmt: skip
    for measure in tqdm(
        (networks_by_size, loop_overhead, command_to_file, command_beside_its_evaluations), leave=False
    ):
        measure()


if __name__ == "__main__":
    main()
