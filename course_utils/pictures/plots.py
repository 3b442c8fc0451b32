"""The figures of the course, all of one look, each shown once and with a text for those who cannot see it.

A curve, a bar or a spectrum is shown here as PNG; what is itself a picture goes through `explore.maps` and `show`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import LogLocator, NullFormatter, PercentFormatter

from course_utils.errors import CourseError
from course_utils.pictures.colours import LUMA
from course_utils.pictures.display import BELOW, put

# Okabe and Ito's colours, which people who confuse red and green can tell apart; yellow, too pale for lines, is out.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1)), (0, (8, 3)), (0, (2, 2)))  # One a colour: neither is needed alone.
LOOK: dict[Any, Any] = {  # Only the newest versions of matplotlib have a type for the names.
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=COLOURS, linestyle=DASHES),
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "lines.linewidth": 2,
    "legend.frameon": False,
}
DPI = 100


def figure(rows: int = 1, columns: int = 1, size: tuple[float, float] | None = None, **options: Any) -> tuple:
    """A figure in the course's look, and its axes: one, or an array of rows x columns of them, as pyplot gives them.

    size: width and height in inches, of 100 pixels each. options: see matplotlib's `Figure.subplots`. The figure is
    unknown to pyplot, which would show it a second time: `finish` shows it.
    """
    matplotlib.rcParams.update(LOOK)
    made = Figure(size or (min(7.6, 1.6 + 4 * columns), 0.5 + 2.7 * rows), dpi=DPI)
    return made, made.subplots(rows, columns, **options)


def finish(made: Figure, alt: str) -> None:
    """Show a figure in a notebook as a PNG. alt: what there is to see, in words: its caption."""
    from IPython.display import Image

    file = io.BytesIO()
    made.savefig(file, format="png", dpi=DPI)
    put(Image(file.getvalue(), format="png", alt=BELOW), alt)


def losses(history: Mapping[str, Sequence[float]], title: str = "", alt: str | None = None) -> None:
    """Show every term of a run, and their sum, over its evaluations.

    The scale is logarithmic where the values are positive and span at least a factor of 10. history: of an
    `optimize.Result`; "loss" is the total. alt: None describes the ends of the curves in numbers.
    """
    made, axes = figure(size=(7.6, 3.6))
    terms = {name: np.asarray(values) for name, values in history.items() if name != "loss"}
    if len(terms) > 1:
        for name, values in terms.items():
            axes.plot(np.arange(1, len(values) + 1), values, label=name, linewidth=1.5)
    total = np.asarray(history["loss"])
    axes.plot(np.arange(1, len(total) + 1), total, color="black", label="total")
    lowest = min(values.min() for values in (total, *terms.values()))
    if lowest > 0 and total.max() >= 10 * lowest:
        axes.set_yscale("log")
        _plain_numbers(axes.yaxis, total.max() / lowest)
    axes.set(title=title, xlabel="evaluations", ylabel="loss (no unit)")
    _legend(axes, len(terms))
    curves = _listed([*terms, "the total"]) if len(terms) > 1 else "the loss"
    ends = f"the total goes from {total[0]:.3g} to {total[-1]:.3g}"
    finish(made, alt or f"Curves of {curves} over {len(total)} evaluations: {ends}.")


def loss_shares(history: Mapping[str, Sequence[float]], title: str = "", alt: str | None = None) -> None:
    """Show the share of each term in the total over a run's evaluations, as bands that fill 100 %.

    history, alt: see `losses`. Raises CourseError: a term is below 0, so that it has no share.
    """
    terms = {name: np.asarray(values, float) for name, values in history.items() if name != "loss"}
    for name, values in terms.items():
        if (values < 0).any():
            raise CourseError(f"the term {name!r} goes below 0 and has no share of the total: use losses instead.")
    shares = np.array(list(terms.values()))
    shares = 100 * shares / np.maximum(shares.sum(0), 1e-30)
    made, axes = figure(size=(7.6, 3.2))
    evaluations = np.arange(1, shares.shape[1] + 1)
    axes.stackplot(evaluations, shares, labels=list(terms), edgecolor="white", linewidth=0.5)
    axes.set(title=title, xlabel="evaluations", ylabel="share of the loss", ylim=(0, 100))
    axes.set_xlim(1, max(2, len(evaluations)))
    axes.yaxis.set_major_formatter(PercentFormatter(decimals=0))
    _legend(axes, len(terms))
    ends = _listed([f"{name} from {share[0]:.0f} to {share[-1]:.0f} %" for name, share in zip(terms, shares)])
    finish(made, alt or f"Shares of the loss over {len(evaluations)} evaluations: {ends}.")


def shares_svg(history: Sequence[Mapping[str, float]], width: int = 560, height: int = 90) -> str:
    """The shares of `loss_shares`, drawn in a moment for a page that shows them while a run goes on: SVG with a legend.

    history: the terms of each step. The legend names the shares of the last one in numbers.
    """
    names = list(history[-1])
    values = np.array([[max(terms.get(name, 0.0), 0.0) for name in names] for terms in history])
    shares = values / np.maximum(values.sum(1, keepdims=True), 1e-30)
    edges = np.concatenate([np.zeros((len(shares), 1)), np.cumsum(shares, 1)], 1) * height
    across = np.linspace(0, width, max(2, len(edges)))
    edges = np.repeat(edges, 2, 0) if len(edges) == 1 else edges
    bands, legend = [], []
    for k, name in enumerate(names):
        colour = COLOURS[k % len(COLOURS)]
        outline = [*zip(across, height - edges[:, k]), *zip(across[::-1], height - edges[::-1, k + 1])]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in outline)
        bands.append(f'<polygon points="{points}" fill="{colour}" stroke="white" stroke-width="0.5"/>')
        square = f'<b style="color:{colour}">■</b>'
        legend.append(f'<span style="white-space:nowrap">{square} {name} {shares[-1, k]:.0%}</span>')
    drawing = f'<svg viewBox="0 0 {width} {height}" width="100%" height="{height}" preserveAspectRatio="none"'
    words = "Shares of the loss, step by step; the legend has them in numbers."
    return f'{drawing} role="img" aria-label="{words}">{"".join(bands)}</svg><div>Loss: {" ".join(legend)}</div>'


def bars(*groups: Mapping[str, float], titles: Sequence[str] = (), unit: str = "share", alt: str | None = None) -> None:
    """Show numbers by name as horizontal bars, each group beside the others on one scale.

    groups: such as `explore.class_shares` gives them. titles: one above each. unit: of the numbers; a "share", of
    1, is shown in per cent. alt: None reads the numbers out.
    """
    percent = unit == "share"
    longest = max(len(group) for group in groups)
    made, all_axes = figure(1, len(groups), (7.6, 0.9 + 0.32 * longest), squeeze=False, sharex=True)
    spoken = []
    for axes, group, title in zip(all_axes[0], groups, [*titles, *[""] * len(groups)]):
        values = [100 * value if percent else value for value in group.values()]
        drawn = axes.barh(list(group), values, color=COLOURS[0], height=0.7)
        texts = [f"{value:.{int(value < 9.95)}f} %" if percent else f"{value:.3g}" for value in values]
        axes.bar_label(drawn, texts, padding=3, fontsize=10)
        axes.invert_yaxis()
        axes.margins(x=0.25)
        axes.grid(False, axis="y")
        axes.set(title=title, xlabel="share, %" if percent else unit)
        spoken.append(f"{title + ': ' if title else ''}{_listed([f'{n} {t}' for n, t in zip(group, texts)])}")
    finish(made, alt or f"Bars. {'; '.join(spoken)}.")


def radial_power(picture: np.ndarray, bins: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """The power spectrum of the light in a picture (h, w, 3), averaged over directions: (frequencies, powers).

    Both have up to `bins` entries: rings that hold no wave are left out. Frequencies are in periods a pixel, up to 0.5,
    the finest there is. A power is the mean of |F|^2 over a ring, in 0..255 squared, divided so that white noise of
    variance v has the power v everywhere. The border is faded out: its jump to the opposite side would pass for grain.
    """
    light = picture @ LUMA
    window = np.outer(*(np.hanning(side + 2)[1:-1] for side in light.shape))
    faded = (light - np.average(light, weights=window)) * window
    power = np.abs(np.fft.fft2(faded)) ** 2 / np.sum(window**2)
    radius = np.hypot(*np.meshgrid(*(np.fft.fftfreq(side) for side in light.shape), indexing="ij"))
    ring = np.floor(radius * 2 * bins).astype(int)
    ring[(ring >= bins) | (radius == 0)] = bins  # The corners of the square, and the mean.
    counts = np.bincount(ring.ravel(), minlength=bins + 1)[:bins]
    sums = [np.bincount(ring.ravel(), values.ravel(), bins + 1)[:bins] for values in (radius, power)]
    frequencies, powers = (total[counts > 0] / counts[counts > 0] for total in sums)
    return frequencies, powers


def spectrum(pictures: Sequence[np.ndarray], labels: Sequence[str], title: str = "", alt: str | None = None) -> None:
    """Show the radial power spectra of pictures (h, w, 3), see `radial_power`, on logarithmic scales.

    alt: None says how much of each picture's power lies above a quarter of a period a pixel.
    """
    made, axes = figure(size=(7.6, 3.6))
    spoken = []
    for picture, label in zip(pictures, labels, strict=True):
        frequencies, power = radial_power(picture)
        axes.loglog(frequencies, power, label=label)
        # A ring holds as many waves as it is long.
        fine = np.sum((frequencies * power)[frequencies > 0.25]) / max(np.sum(frequencies * power), 1e-30)
        spoken.append(f"{label} {fine:.1%}")
    _plain_numbers(axes.xaxis, 1)
    axes.set(title=title, xlabel="frequency, periods a pixel", ylabel="power, (0..255)²")
    _legend(axes, len(labels))
    finish(made, alt or f"Power spectra. Share of the power above 0.25 periods a pixel: {_listed(spoken)}.")


def _plain_numbers(axis: Axis, ratio: float) -> None:
    """Write 20 and not 2 x 10^1 on a logarithmic axis, whose ends have a ratio, where there is room for it."""
    if ratio < 300:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())


def _legend(axes: Axes, count: int) -> None:
    """The names of the curves, beside them, where they hide nothing."""
    if count > 1:
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
