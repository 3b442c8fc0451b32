"""The cost of neural style: one content term and one style term a layer, weighed as you, or other programs, choose.

Source: P = Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", arXiv 1508.06576.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils import checks
from course_utils.backend import tf
from course_utils.errors import CourseError
from course_utils.losses import content_loss, guided_gram_matrix, mean_gram_matrix, style_loss, total_variation_loss
from course_utils.network import Network, framed
from course_utils.pictures.loading import Source, load_mask
from course_utils.settings import takes
from course_utils.style.settings import WEIGHTINGS, ObjectiveSettings


class StyleObjective:
    """The total loss of P, equation 7, as an objective: a content term and one style term a layer.

    content: picture (h, w, 3). styles: pictures of any size, with `blend` weights that are scaled to sum 1; since the
    loss is a square, mixing the Gram matrices has the same gradient as mixing the losses.
    masks: one for each style instead of a blend, anything that `load_picture` takes, stretched over the content: the
    style counts where its mask is light, and each part as much as its area; where all are black there is only content.
    weighting: "share" divides each style term by its value at the content picture, and the content term by the variance
    of the content's features, so that weights mean the same at every layer, picture and network; or a name in
    `style.settings.WEIGHTINGS`.
    content_weight, style_weight: factors on top; style_weight is shared evenly among the layers.
    variation_weight: of the squared total variation, a pixel, in units of 127.5^2.
    margin: every picture is mirrored so many pixels beyond its border before the network sees it; without, the zeros
    with which the network pads its maps paint a frame.

    Targets and weights are TensorFlow variables: `retarget` and assigning to `weights` never compile again.
    Raises CourseError: unknown layer or weighting, a picture too small, weights that do not fit, no such option.
    """

    @takes(ObjectiveSettings)
    def __init__(self, network: Network, content: np.ndarray, styles: Sequence[np.ndarray], **options: Any) -> None:
        how = ObjectiveSettings.of(options)
        network = checks.network("network", network)
        if not 0 <= how.margin < network.smallest_side:  # A mirror shows no more than there is.
            raise CourseError(f"margin must lie between 0 and {network.smallest_side - 1}, not {how.margin}.")
        self.network, self.content_layer, self.style_layers = network, how.content_layer, tuple(how.style_layers)
        self.layers = tuple(dict.fromkeys((*self.style_layers, how.content_layer)))
        self.weighting, self.margin = how.weighting, how.margin
        self._user_weights = (how.content_weight, how.style_weight, how.variation_weight)
        self.content_target: tf.Variable | None = None
        self.retarget(content, styles, how.blend, how.masks)

    def retarget(
        self,
        content: np.ndarray,
        styles: Sequence[np.ndarray],
        blend: Sequence[float] | None = None,
        masks: Sequence[Source] | None = None,
    ) -> None:
        """Aim at other pictures, of any size; what has been compiled stays, if as many masks are given as before."""
        content, styles = checks.picture("content", content), checks.each(checks.picture)("style", styles)
        shares = _blend_shares(blend, len(styles))
        if masks is not None and (blend is not None or len(masks) != len(styles)):
            raise CourseError(f"masks take the place of blend, one for each of the {len(styles)} style pictures.")
        features = self.network.features(content, self.layers, self.margin)
        regions, self.areas = self._regions(masks or [], content.shape, features)
        outputs = (self.network.features(style, self.style_layers, self.margin) for style in styles)
        targets = [[mean_gram_matrix(one[name]) for name in self.style_layers] for one in outputs]
        if not regions:  # One target, mixed of all styles, holds everywhere.
            targets = [[tf.tensordot(shares, tf.stack(grams), 1) for grams in zip(*targets, strict=True)]]
        grams = [gram for region in targets for gram in region]
        target = features[self.content_layer]
        if self.content_target is None:
            self.content_target = tf.Variable(target, shape=(1, None, None, target.shape[-1]), trainable=False)
            self.regions = [tf.Variable(one, shape=(1, None, None, 1), trainable=False) for one in regions]
            self.gram_targets = [tf.Variable(gram, trainable=False) for gram in grams]
            self.weights = tf.Variable(self._factors(content, features), trainable=False)
        else:
            self.content_target.assign(target)
            for old, new in zip((*self.regions, *self.gram_targets), (*regions, *grams), strict=True):
                old.assign(new)
            self.weights.assign(self._factors(content, features))

    @property
    def structure(self) -> tuple:
        """All that its compilation depends on. Objectives of one structure differ in targets and weights alone."""
        parts = (self.network, self.content_layer, self.style_layers, self.margin)
        return (*parts, len(self.regions), bool(self._user_weights[2]))

    def take_over(self, other: StyleObjective) -> None:
        """Aim at what another objective of the same structure aims at, with its weights; what is compiled stays."""
        assert self.structure == other.structure
        self.weighting, self._user_weights, self.areas = other.weighting, other._user_weights, other.areas
        ours = (self.content_target, self.weights, *self.regions, *self.gram_targets)
        for old, new in zip(ours, (other.content_target, other.weights, *other.regions, *other.gram_targets)):
            old.assign(new)

    def _regions(
        self, masks: Sequence[Source], shape: Sequence[int], features: dict[str, tf.Tensor]
    ) -> tuple[list[tf.Tensor], np.ndarray]:
        """How much each cell of the style layers counts (1, h, w, 1), mask by mask and layer by layer; and the masks'
        shares of the area.
        """
        loaded = [load_mask(mask, shape, f"mask {k}") for k, mask in enumerate(masks, 1)]
        areas = np.array([mask.mean() for mask in loaded] or [1.0], "float32")
        seen = [framed(mask[None, ..., None], self.margin, wrap=False) for mask in loaded]
        cells = [features[name].shape[1:3] for name in self.style_layers]
        return [tf.image.resize(mask, one, "area") for mask in seen for one in cells], areas / areas.sum()

    def _grams(self, features: dict[str, tf.Tensor]) -> list[tf.Tensor]:
        """Gram matrices per position of the style layers; region by region, where there are masks."""
        layers = [features[name] for name in self.style_layers]
        if not self.regions:
            return [mean_gram_matrix(one) for one in layers]
        return [guided_gram_matrix(layers[k % len(layers)], weights) for k, weights in enumerate(self.regions)]

    def _factors(self, content: np.ndarray, features: dict[str, tf.Tensor]) -> np.ndarray:
        """What each term is multiplied by: content, the style terms in the order of `_grams`, total variation."""
        content_weight, style_weight, variation_weight = self._user_weights
        target = features[self.content_layer]
        pixels = (content.shape[0] + 2 * self.margin) * (content.shape[1] + 2 * self.margin)
        if self.weighting == "share":
            spread = tf.reduce_sum(tf.square(target - tf.reduce_mean(target, (0, 1, 2))))
            alpha, betas = 2 / max(float(spread), 1e-12), []
            for found, gram in zip(self._grams(features), self.gram_targets, strict=True):
                at_content = float(style_loss(found, gram))
                # A picture in its own style has no distance, by which nothing can be divided.
                floor = 1e-6 * float(style_loss(gram, tf.zeros_like(gram)))
                betas.append(1 / max(at_content, floor, 1e-30) / len(self.style_layers))
        else:
            beta_of, alpha_of = WEIGHTINGS[self.weighting]
            sizes = {name: (f.shape[-1], f.shape[1] * f.shape[2]) for name, f in features.items()}
            alpha = alpha_of(*sizes[self.content_layer])
            betas = [beta_of(*sizes[name], pixels, len(self.style_layers)) for name in self.style_layers]
            betas *= len(self.areas)
        areas = np.repeat(self.areas, len(self.style_layers))
        factors = [
            content_weight * alpha,
            *(style_weight * area * beta for area, beta in zip(areas, betas, strict=True)),
            variation_weight / (content.shape[0] * content.shape[1]) / 127.5**2,
        ]
        with np.errstate(over="ignore"):  # What is too large becomes infinite, and the first evaluation says so.
            return np.array(factors, "float32")

    def __call__(self, picture: tf.Tensor) -> dict[str, tf.Tensor]:
        """Weighted terms of a picture tensor (1, h, w, 3) by name: "content", "style block1_conv1" ..., "variation"."""
        features, weights = self.network.features(picture, self.layers, self.margin), tf.unstack(self.weights)
        terms = {"content": weights[0] * content_loss(features[self.content_layer], self.content_target)}
        for k, (weight, gram, target) in enumerate(
            zip(weights[1:-1], self._grams(features), self.gram_targets, strict=True)
        ):
            name = f"style {self.style_layers[k % len(self.style_layers)]}"
            terms[name] = terms.get(name, 0.0) + weight * style_loss(gram, target)
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
