"""The settings of styles and textures, known without TensorFlow, and how other programs weigh the terms of a style.

Source: P = Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", arXiv 1508.06576.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.defaults import CONTENT_LAYER, NETWORK, POOLING, SEED, STATISTICS, STYLE_LAYERS
from course_utils.errors import CourseError
from course_utils.settings import Settings

if TYPE_CHECKING:
    from course_utils.network import Network
    from course_utils.pictures.loading import Source

COLOURS = ("luminance", "match", "histogram")
LARGEST_STYLE_SCALE = 8
GRAIN = 12.0  # That the photograph is given as a start, see `style_transfer`.

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


@dataclass(frozen=True, kw_only=True)
class ObjectiveSettings(Settings):
    """The options of `StyleObjective`, whose docstring explains them. Raises CourseError for one out of its range."""

    blend: Sequence[float] | None = None
    masks: Sequence[Source] | None = None
    content_layer: str = CONTENT_LAYER
    style_layers: Sequence[str] = STYLE_LAYERS
    weighting: str = "share"
    content_weight: float = 0.005
    style_weight: float = 1.0
    variation_weight: float = 0.0
    margin: int = 8

    def __post_init__(self) -> None:
        if self.weighting != "share" and self.weighting not in WEIGHTINGS:
            raise CourseError(f"weighting is one of share, {', '.join(WEIGHTINGS)}, not {self.weighting!r}.")
        for name in ("content", "style", "variation"):
            value = getattr(self, f"{name}_weight")
            if not (math.isfinite(value) and value >= 0):
                raise CourseError(f"the {name} weight must be a number of at least 0, not {value}.")


@dataclass(frozen=True, kw_only=True)
class StyleSettings(ObjectiveSettings):
    """The options of `style_transfer`, whose docstring explains them. Raises CourseError for one out of its range."""

    size: int = 320
    steps: int = 75
    network: str | Network = NETWORK
    pooling: str = POOLING
    start: str | Source = "content"
    grain: float | None = None
    style_scale: float = 1.0
    colours: str | None = None
    stages: int = 1
    seed: int = SEED
    method: str = "lbfgs"
    basis: str | Callable = "spectral"

    def __post_init__(self) -> None:
        if not isinstance(self.stages, numbers.Integral) or self.stages < 1:
            raise CourseError(f"stages must be a whole number of at least 1, not {self.stages!r}.")
        if self.colours not in (None, *COLOURS):
            raise CourseError(f"colours is None or one of {', '.join(COLOURS)}, not {self.colours!r}.")
        if not (math.isfinite(self.style_scale) and 0 < self.style_scale <= LARGEST_STYLE_SCALE):
            raise CourseError(f"style_scale must lie between 0 and {LARGEST_STYLE_SCALE}, not {self.style_scale}.")
        super().__post_init__()

    @property
    def from_picture(self) -> bool:
        """Whether the start is neither the photograph nor noise, but a picture, such as one that a run has left."""
        return not (isinstance(self.start, str) and self.start in ("content", "noise"))

    @property
    def grain_of_start(self) -> float:
        """The grain that is asked for, or else GRAIN; none for a picture, which would begin with a higher loss."""
        return (0.0 if self.from_picture else GRAIN) if self.grain is None else self.grain


@dataclass(frozen=True, kw_only=True)
class TextureSettings(Settings):
    """The options of `texture`, whose docstring explains them. Raises CourseError for one out of its range."""

    example_size: int | None = 256
    layers: Sequence[str] = STYLE_LAYERS
    statistic: str = "gram"
    steps: int = 150
    network: str | Network = NETWORK
    pooling: str = POOLING
    seed: int = SEED
    method: str = "lbfgs"
    basis: str | Callable = "even"

    def __post_init__(self) -> None:
        if not self.layers:
            raise CourseError("a texture needs at least one layer.")
        if self.statistic not in STATISTICS:
            raise CourseError(f"statistic is one of {', '.join(STATISTICS)}, not {self.statistic!r}.")
