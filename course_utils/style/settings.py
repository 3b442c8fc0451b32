"""The settings of styles and textures, known without TensorFlow, and how other programs weigh the terms of a style.

Source: P = Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", arXiv 1508.06576.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils import checks
from course_utils.checks import Number, each, layers, one_of, optional, shown, text
from course_utils.defaults import (
    CONTENT_LAYER,
    LARGEST_SIZE,
    MOST_STEPS,
    NETWORK,
    POOLING,
    SEED,
    STATISTICS,
    STYLE_LAYERS,
)
from course_utils.errors import CourseError
from course_utils.settings import Settings, option

if TYPE_CHECKING:
    from course_utils.network import Network
    from course_utils.pictures.loading import Source

COLOURS = ("luminance", "match", "histogram")
LARGEST_STYLE_SCALE = 8
GRAIN = 12.0  # That the photograph is given as a start, see `style_transfer`.
MOST_STAGES = 8
LATER_GRAIN = 2 / 3  # Of that, at each later size, where fine strokes have to grow.
# A picture begins with its longest side at FIRST_SIDE pixels, where the painting's strokes are large against what the
# photograph shows, and grows about GROWTH times from stage to stage. What was painted small stays and becomes finer,
# for which FEWER of the evaluations before are enough. Chosen by eye, at 320 to 1,024 pixels.
FIRST_SIDE, GROWTH, FEWER = 192, 1.8, 0.65
SPREAD = 0.2  # Of the example's colours, that the noise has from which a texture starts.
FIRST_EXAMPLE = 128  # Longest side of a texture's example at first.
LARGEST_STROKE = 4

# In front of the paper's E_l (equation 4), for a layer of N channels in a network for a picture of `pixels` pixels that
# has M positions at the layer, of `layers` layers in all; and alpha in front of the content loss (equation 1).
# The exact layers of each program are its own; what is compared here is how the layers are weighed.
WEIGHTINGS: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "paper": (lambda N, M, pixels, layers: 1 / layers, lambda N, M: 1e-3),
    "keras": (lambda N, M, pixels, layers: (N * M / (3 * pixels)) ** 2 / layers, lambda N, M: 0.05),
    "keras-io": (lambda N, M, pixels, layers: 1e-6 * (N * M / (3 * pixels)) ** 2 / layers, lambda N, M: 5e-8),
    "jcjohnson": (lambda N, M, pixels, layers: 400 / N**2, lambda N, M: 10 / (N * M)),
    "gatys-pytorch": (lambda N, M, pixels, layers: 4e3 / N**2, lambda N, M: 2 / (N * M)),
    "d2l": (lambda N, M, pixels, layers: 4e4 / N**2, lambda N, M: 2 / (N * M)),
    "pytorch": (lambda N, M, pixels, layers: 4e6 / N**2, lambda N, M: 2 / (N * M)),
    "tensorflow": (lambda N, M, pixels, layers: 0.008, lambda N, M: 2e4 / (N * M)),
}


def _shares(name: str, value: Any) -> list[float] | None:
    """The weights of a blend, or None."""
    if value is None:
        return None
    try:
        shares = [Number(0)(name, one) for one in each(lambda _, one: one)(name, value)]
    except CourseError:
        raise CourseError(f"blend weights must be a list of numbers of at least 0, not {shown(value)}.") from None
    if not sum(shares):
        raise CourseError("blend weights must not all be 0.")
    return shares


def _masks(name: str, value: Any) -> list[Source] | None:
    """Masks, or None; one by itself is a list of one."""
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    shape = getattr(value, "shape", ())
    return list(value) if len(shape) > 2 and shape[2:] not in ((3,), (4,)) else [value]


def _steps(name: str, value: Any) -> int | list[int]:
    """Evaluations: of the first stage, or of each."""
    if not hasattr(value, "__iter__") or isinstance(value, str):
        return Number(1, MOST_STEPS, whole=True)(name, value)
    found = each(Number(0, MOST_STEPS, whole=True))(name, value)
    if not 1 <= len(found) <= MOST_STAGES or not any(found):
        raise CourseError(f"{name} must be a number, or one for each of 1 to {MOST_STAGES} stages, not {shown(value)}.")
    return found


def _growth(steps: int | Sequence[int], whole: float, one: bool = False) -> tuple[int, float]:
    """Stages, and the growth from one to the next, up to a size that is `whole` times the first. one: a single one."""
    count = max(1, 1 + round(math.log(whole, GROWTH)))
    if not isinstance(steps, int):
        count = len(steps)
    elif one:
        count = 1
    count = min(count, MOST_STAGES)
    return count, max(whole ** (1 / max(1, count - 1)), 1.25)


class Staged:
    """Of a picture that is made small first and then larger: how many evaluations there are at each size."""

    steps: int | Sequence[int]
    fewer = FEWER

    @property
    def growth(self) -> tuple[int, float]:
        """How many stages there are, and how many times as large each is as the one before."""
        raise NotImplementedError

    def steps_by_stage(self, stages: int | None = None) -> list[int]:
        """Evaluations of each stage, or of so many at the end."""
        stages = stages or self.growth[0]
        if not isinstance(self.steps, int):
            return list(self.steps)[-stages:]
        return [max(1, round(self.steps * self.fewer**k)) for k in range(stages)]

    def steps_done(self, reached: Mapping[int, int]) -> int | Sequence[int]:
        """The option `steps` of a run that came to so many evaluations at the end of each stage."""
        count, before, done = self.growth[0], 0, []
        for k in range(count):
            end = reached.get(k, before)
            done.append(end - before)
            before = end
        if done == self.steps_by_stage():
            return self.steps
        return done if count > 1 else done[0]


@dataclass(frozen=True, kw_only=True)
class ObjectiveSettings(Settings):
    """The options of `StyleObjective`, whose docstring explains them. Raises CourseError for one out of its range."""

    blend: Sequence[float] | None = option(None, _shares)
    masks: Sequence[Source] | None = option(None, _masks)
    content_layer: str = option(CONTENT_LAYER, text)
    style_layers: Sequence[str] = option(STYLE_LAYERS, layers)
    weighting: str = option("share", one_of("share", *WEIGHTINGS))
    content_weight: float = option(0.005, Number(0))
    style_weight: float = option(1.0, Number(0))
    variation_weight: float = option(0.0, Number(0))
    margin: int = option(8, Number(0, whole=True))

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.content_weight or self.style_weight or self.variation_weight):
            raise CourseError("all weights are 0, and nothing is left to aim at: give content or style one above 0.")


@dataclass(frozen=True, kw_only=True)
class StyleSettings(ObjectiveSettings, Staged):
    """The options of `style_transfer`, whose docstring explains them. Raises CourseError for one out of its range."""

    size: int = option(320, Number(1, LARGEST_SIZE, whole=True))
    steps: int | Sequence[int] = option(75, _steps)
    network: str | Network = NETWORK
    pooling: str = POOLING
    start: str | Source = "content"
    grain: float | None = option(None, optional(Number(0, 255)))
    style_scale: float = option(1.0, Number(0, LARGEST_STYLE_SCALE, above=True))
    colours: str | None = option(None, one_of(None, *COLOURS))
    stroke: float = option(1.0, Number(0, LARGEST_STROKE, above=True))
    stages: int | None = option(None, optional(Number(1, MOST_STAGES, whole=True)))
    seed: int = option(SEED, checks.SEED)
    method: str = option("lbfgs", one_of("lbfgs", "scipy"))
    basis: str | Callable = "spectral"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.stages is not None and self.stroke != 1:
            raise CourseError("stroke chooses the sizes of the stages by itself: give it, or stages, but not both.")
        if self.stages is not None and not isinstance(self.steps, int) and len(self.steps) != self.stages:
            raise CourseError(f"{len(self.steps)} numbers of steps were given for {self.stages} stages.")

    @property
    def growth(self) -> tuple[int, float]:
        if self.stages is not None:
            return self.stages, 2.0
        return _growth(self.steps, self.size * self.stroke / FIRST_SIDE, one=self.from_picture)

    @property
    def from_picture(self) -> bool:
        """Whether the start is neither the photograph nor noise, but a picture, such as one that a run has left."""
        return not (isinstance(self.start, str) and self.start in ("content", "noise"))

    @property
    def grain_of_start(self) -> float:
        """The grain that is asked for, or else GRAIN; none for a picture, which would begin with a higher loss."""
        return (0.0 if self.from_picture else GRAIN) if self.grain is None else self.grain


@dataclass(frozen=True, kw_only=True)
class TextureSettings(Settings, Staged):
    """The options of `texture`, whose docstring explains them. Raises CourseError for one out of its range."""

    fewer = 0.5
    example_size: int | None = option(256, optional(Number(1, LARGEST_SIZE, whole=True)))
    layers: Sequence[str] = option(STYLE_LAYERS, layers)
    statistic: str = option("gram", one_of(*STATISTICS))
    steps: int | Sequence[int] = option(150, _steps)
    network: str | Network = NETWORK
    pooling: str = POOLING
    seed: int = option(SEED, checks.SEED)
    method: str = option("lbfgs", one_of("lbfgs", "scipy"))
    basis: str | Callable = "even"

    @property
    def growth(self) -> tuple[int, float]:
        return _growth(self.steps, (self.example_size or 2 * FIRST_EXAMPLE) / FIRST_EXAMPLE)
