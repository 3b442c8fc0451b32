"""Neural style: the content of one picture in the style of another.

Source: P = Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", arXiv 1508.06576.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils import defaults
from course_utils.backend import tf
from course_utils.colours import keep_chroma, match_colours
from course_utils.defaults import CONTENT_LAYER, STYLE_LAYERS
from course_utils.errors import CourseError
from course_utils.images import Source, load_picture, resize
from course_utils.losses import content_loss, mean_gram_matrix, style_loss, total_variation_loss
from course_utils.network import Network, load_network
from course_utils.optimize import Result, State, minimize

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


class StyleObjective:
    """The total loss of P, equation 7, as an objective: a content term and one style term a layer.

    content: picture (h, w, 3). styles: pictures of any size, with `blend` weights that are scaled to sum 1; since the
    loss is a square, mixing the Gram matrices has the same gradient as mixing the losses.
    weighting: "share" divides each style term by its value at the content picture, and the content term by the variance
    of the content's features, so that weights mean the same at every layer, picture and network; or a name in
    WEIGHTINGS.
    content_weight, style_weight: factors on top; style_weight is shared evenly among the layers.
    variation_weight: of the squared total variation, a pixel, in units of 127.5^2.
    margin: every picture is mirrored so many pixels beyond its border before the network sees it; without, the zeros
    with which the network pads its maps paint a frame.

    Targets and weights are TensorFlow variables: `retarget` and assigning to `weights` never compile again.
    Raises CourseError: unknown layer or weighting, a picture too small, weights that do not fit.
    """

    def __init__(
        self,
        network: Network,
        content: np.ndarray,
        styles: Sequence[np.ndarray],
        *,
        blend: Sequence[float] | None = None,
        content_layer: str = CONTENT_LAYER,
        style_layers: Sequence[str] = STYLE_LAYERS,
        weighting: str = "share",
        content_weight: float = defaults.CONTENT_WEIGHT,
        style_weight: float = defaults.STYLE_WEIGHT,
        variation_weight: float = 0.0,
        margin: int = 8,
    ) -> None:
        if weighting != "share" and weighting not in WEIGHTINGS:
            raise CourseError(f"weighting is one of share, {', '.join(WEIGHTINGS)}, not {weighting!r}.")
        for name, value in (("content", content_weight), ("style", style_weight), ("variation", variation_weight)):
            if not (np.isfinite(value) and value >= 0):
                raise CourseError(f"the {name} weight must be a number of at least 0, not {value}.")
        if not 0 <= margin < network.smallest_side:  # A mirror shows no more than there is.
            raise CourseError(f"margin must lie between 0 and {network.smallest_side - 1}, not {margin}.")
        self.network, self.content_layer, self.style_layers = network, content_layer, tuple(style_layers)
        self.layers = tuple(dict.fromkeys((*self.style_layers, content_layer)))
        self.weighting, self._user_weights = weighting, (content_weight, style_weight, variation_weight)
        self.margin = margin
        self.content_target: tf.Variable | None = None
        self.retarget(content, styles, blend)

    def retarget(self, content: np.ndarray, styles: Sequence[np.ndarray], blend: Sequence[float] | None = None) -> None:
        """Aim at other pictures, of any size; what has been compiled stays."""
        shares = _blend_shares(blend, len(styles))
        features = self.network.features(content, self.layers, self.margin)
        target = features[self.content_layer]
        grams = [tf.zeros((features[name].shape[-1],) * 2) for name in self.style_layers]
        for share, style in zip(shares, styles, strict=True):
            outputs = self.network.features(style, self.style_layers, self.margin)
            grams = [g + share * mean_gram_matrix(outputs[n]) for g, n in zip(grams, self.style_layers, strict=True)]
        if self.content_target is None:
            self.content_target = tf.Variable(target, shape=(1, None, None, target.shape[-1]), trainable=False)
            self.gram_targets = [tf.Variable(gram, trainable=False) for gram in grams]
            self.weights = tf.Variable(self._factors(content, features), trainable=False)
        else:
            self.content_target.assign(target)
            for variable, gram in zip(self.gram_targets, grams, strict=True):
                variable.assign(gram)
            self.weights.assign(self._factors(content, features))

    def _factors(self, content: np.ndarray, features: dict[str, tf.Tensor]) -> np.ndarray:
        """What each term is multiplied by: content, the style layers in their order, total variation; float32."""
        content_weight, style_weight, variation_weight = self._user_weights
        target = features[self.content_layer]
        pixels = (content.shape[0] + 2 * self.margin) * (content.shape[1] + 2 * self.margin)
        if self.weighting == "share":
            spread = tf.reduce_sum(tf.square(target - tf.reduce_mean(target, (0, 1, 2))))
            alpha, betas = 2 / max(float(spread), 1e-12), []
            for name, gram in zip(self.style_layers, self.gram_targets, strict=True):
                at_content = float(style_loss(mean_gram_matrix(features[name]), gram))
                # A picture in its own style has no distance, by which nothing can be divided.
                floor = 1e-6 * float(style_loss(gram, tf.zeros_like(gram)))
                betas.append(1 / max(at_content, floor, 1e-30) / len(self.style_layers))
        else:
            beta_of, alpha_of = WEIGHTINGS[self.weighting]
            sizes = {name: (f.shape[-1], f.shape[1] * f.shape[2]) for name, f in features.items()}
            alpha = alpha_of(*sizes[self.content_layer])
            betas = [beta_of(*sizes[name], pixels, len(self.style_layers)) for name in self.style_layers]
        factors = [
            content_weight * alpha,
            *(style_weight * beta for beta in betas),
            variation_weight / (content.shape[0] * content.shape[1]) / 127.5**2,
        ]
        return np.array(factors, "float32")

    def __call__(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """Weighted terms of a picture tensor (1, h, w, 3) by name: "content", "style block1_conv1" ..., "variation"."""
        features, weights = self.network.features(picture, self.layers, self.margin), tf.unstack(self.weights)
        terms = {"content": weights[0] * content_loss(features[self.content_layer], self.content_target)}
        for weight, name, target in zip(weights[1:-1], self.style_layers, self.gram_targets, strict=True):
            terms[f"style {name}"] = weight * style_loss(mean_gram_matrix(features[name]), target)
        if self._user_weights[2]:
            terms["variation"] = weights[-1] * total_variation_loss(picture)
        return terms


def _blend_shares(blend: Sequence[float] | None, styles: int) -> np.ndarray:
    if styles == 0:
        raise CourseError("at least one style picture is needed.")
    shares = np.ones(styles) if blend is None else np.asarray(blend, "float64")
    if len(shares) != styles:
        raise CourseError(f"{len(shares)} blend weights were given for {styles} style pictures: give one for each.")
    if not np.isfinite(shares).all() or (shares < 0).any() or shares.sum() <= 0:
        raise CourseError("blend weights must be numbers of at least 0, and not all 0.")
    return (shares / shares.sum()).astype("float32")


def style_transfer(
    content: Source,
    style: Source | Sequence[Source],
    *,
    size: int = defaults.SIZE,
    steps: int = defaults.STEPS,
    network: str | Network = defaults.NETWORK,
    pooling: str = "average",
    start: str | Source = defaults.START,
    grain: float = 12.0,
    style_scale: float = defaults.STYLE_SCALE,
    colours: str | None = None,
    seed: int = defaults.SEED,
    method: str = "lbfgs",
    basis: str = "spectral",
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
    **options: Any,
) -> Result:
    """Paint a photograph in the style of a painting; the result's `picture` has the photograph's aspect.

    content, style: anything that `load_picture` takes; several styles are blended (`blend=[2, 1]`).
    size: longest side in pixels; style_scale: the painting's longest side as a multiple of it (larger: larger strokes).
    start: "content", "noise", or a picture. grain: standard deviation, in units of 0..255, of noise that is added to
    the start (of "content" or a picture): a sky without any grain gives the painting's strokes nothing to grow from.
    seed: of either noise. colours: None, "luminance" (the photograph's colours, the style's light and dark) or "match"
    (the painting's colours are first moved to the photograph's mean and covariance).
    options: see StyleObjective. The rest: see `minimize`.
    Raises CourseError for anything that does not fit, in one line.
    """
    if colours not in (None, "luminance", "match"):
        raise CourseError(f'colours is None, "luminance" or "match", not {colours!r}.')
    if not (np.isfinite(style_scale) and 0 < style_scale <= defaults.LARGEST_STYLE_SCALE):
        raise CourseError(f"style_scale must lie between 0 and {defaults.LARGEST_STYLE_SCALE}, not {style_scale}.")
    if isinstance(network, str):
        network = load_network(network, pooling) if network != "inception_v3" else load_network(network)
    content = load_picture(content, size)
    styles = [
        load_picture(one, round(size * style_scale)) for one in (style if isinstance(style, list | tuple) else [style])
    ]
    if colours == "match":
        styles = [match_colours(one, content) for one in styles]
    objective = StyleObjective(network, content, styles, **options)
    first = start_picture(start, content, seed, grain)
    result = minimize(
        objective, first, steps, method=method, basis=basis, callback=callback, stop=stop, progress=progress
    )
    return replace(result, picture=keep_chroma(result.picture, content)) if colours == "luminance" else result


def start_picture(start: str | Source, content: np.ndarray, seed: int = 0, grain: float = 0.0) -> np.ndarray:
    """The picture to begin with, of the content's shape: "content", "noise", or a picture that is resized to it.

    grain: standard deviation of the noise that is added to the first and the last. Values are clipped to 0..255.
    """
    rng = np.random.default_rng(seed)
    if isinstance(start, str) and start == "noise":
        return rng.uniform(0, 255, content.shape).astype("float32")
    from_content = isinstance(start, str) and start == "content"
    picture = content if from_content else resize(load_picture(start), content.shape[:2])
    return np.clip(picture + grain * rng.standard_normal(content.shape, "float32"), 0, 255)
