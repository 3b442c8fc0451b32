"""The networks of the course behind one interface.

`Network` takes a picture tensor (1, h, w, 3), RGB, 0..255; the preprocessing that its weights expect is inside it.
Layers go by Keras' names (`block4_conv2` is the paper's conv4_2).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from course_utils import checks
from course_utils.backend import keras, tf
from course_utils.defaults import BLOCKS, CONVS, NETWORKS, RANDOM_WIDTHS, VGG19_WIDTHS
from course_utils.errors import CourseError
from course_utils.lookup import check_layer, mini_weights, small_classes
from course_utils.pictures.loading import load_picture
from course_utils.pictures.shipped import all_shipped

MEAN_BGR = np.array([103.939, 116.779, 123.68], "float32")  # ImageNet's mean colour, as VGG's authors subtract it.
KERAS_FILES = {  # (file in Keras' cache, its MD5, download in MB) without the classifier, and with it.
    "vgg19": (
        ("vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5", "253f8cb515780f3b799900260a226db6", 80),
        ("vgg19_weights_tf_dim_ordering_tf_kernels.h5", "cbe5617147190e668d6c5d5026f83318", 575),
    ),
    "inception_v3": (
        ("inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5", "bcbd6486424b2319ff4ef7d526e38f63", 88),
        ("inception_v3_weights_tf_dim_ordering_tf_kernels.h5", "9a0d58056eeedaa3f26cb7ebd46da564", 96),
    ),
}


def preprocess_image(picture: np.ndarray) -> np.ndarray:
    """What VGG does to a picture before its first layer: RGB to BGR, minus the mean. Returns a copy, (1, h, w, 3)."""
    picture = checks.picture("the picture", picture)
    return picture[None, ..., ::-1].astype("float32") - MEAN_BGR


def deprocess_image(batch: np.ndarray) -> np.ndarray:
    """The inverse of `preprocess_image`, clipped to 0..255. Returns a copy, (h, w, 3)."""
    batch = checks.array("the batch", batch)
    if batch.ndim != 4 or batch.shape[3] != 3:
        raise CourseError(f"the batch must be an array (1, h, w, 3), not {checks.shown(batch)}.")
    return np.clip((np.asarray(batch[0], "float32") + MEAN_BGR)[..., ::-1], 0, 255)


def framed(batch: tf.Tensor, margin: int, wrap: bool) -> tf.Tensor:
    """A batch (1, h, w, 3) with `margin` pixels more on every side: mirrored, or, with wrap, from the opposite side."""
    if wrap:
        batch = tf.concat([batch[:, -margin:], batch, batch[:, :margin]], 1)
        return tf.concat([batch[:, :, -margin:], batch, batch[:, :, :margin]], 2)
    return tf.pad(batch, [[0, 0], [margin, margin], [margin, margin], [0, 0]], "REFLECT")


class Network:
    """A convolutional network that shows its layers.

    name: as given to `load_network`. layers: names in order of depth. classes: names of the outputs of `logits`.
    smallest_side: the smallest picture side, in pixels, that it can take.
    """

    def __init__(self, name: str, model: keras.Model, classes: Sequence[str], smallest_side: int) -> None:
        self.name, self.model, self.classes, self.smallest_side = name, model, list(classes), smallest_side
        self.layers = [layer.name for layer in model.layers if len(layer.output.shape) == 4][1:]
        self._parts: dict[tuple[str, ...], keras.Model] = {}

    def __repr__(self) -> str:
        return f"Network({self.name!r}, {len(self.layers)} layers, {len(self.classes)} classes)"

    def features(
        self, picture: tf.Tensor, layers: Sequence[str] | str, margin: int = 0, wrap: bool = False
    ) -> dict[str, tf.Tensor]:
        """Outputs (1, h, w, channels) by layer name, of a picture (1, h, w, 3) or (h, w, 3), RGB, 0..255.

        margin: the picture is first mirrored so many pixels beyond its border (or, with wrap, goes on with its opposite
        side); without, the zeros with which the network pads its maps paint a frame around a picture that is optimised.
        No layer deeper than the deepest asked for is computed. Raises CourseError: unknown layer, picture too small.
        """
        wanted = checks.layers("layers", layers)
        if wanted not in self._parts:
            self._known(*wanted)
            outputs = {name: self.model.get_layer(name).output for name in wanted}
            self._parts[wanted] = keras.Model(self.model.inputs, outputs)
        batch, margin = self.batch(picture), checks.Number(0, whole=True)("margin", margin)
        sides = tuple(batch.shape[1:3])
        if any(side is not None and side <= margin for side in sides):  # A mirror shows no more than there is.
            raise CourseError(f"margin must be smaller than the picture's sides, {sides}, not {margin}.")
        return self._parts[wanted](framed(batch, margin, wrap) if margin else batch)

    def channels(self, layer: str) -> int:
        """How many channels a layer has. Raises CourseError: unknown layer."""
        self._known(layer)
        return self.model.get_layer(layer).output.shape[-1]

    def _known(self, *layers: str) -> None:
        for name in layers:
            check_layer(name, self.layers, self.name)

    def logits(self, picture: tf.Tensor) -> tf.Tensor:
        """Scores of all classes before softmax, shape (1, classes)."""
        return self.classifier(self.classifier_batch(picture))

    @property
    def classifier(self) -> keras.Model:
        """The model that gives the scores: `model` itself, or a larger one that is loaded when it is first needed."""
        return self.model

    def classifier_batch(self, picture: np.ndarray | tf.Tensor) -> tf.Tensor:
        """A picture as `batch` gives it, in the size that the classifier wants, if it wants one."""
        batch, size = self.batch(picture), self.classifier.input_shape[1:3]
        return batch if None in size else tf.image.resize(batch, size, antialias=True)

    def batch(self, picture: np.ndarray | tf.Tensor) -> tf.Tensor:
        """A picture (h, w, 3) or (1, h, w, 3) as a float32 tensor (1, h, w, 3). Raises CourseError: it is too small."""
        try:
            batch = tf.convert_to_tensor(picture, tf.float32)
            batch = batch if batch.shape.rank == 4 else batch[None]
        except (TypeError, ValueError):
            batch = None
        if batch is None or batch.shape.rank != 4 or batch.shape[3] not in (3, None):
            raise CourseError(f"a picture must be an array (h, w, 3) or (1, h, w, 3), not {checks.shown(picture)}.")
        # Inside a compiled function the sides are not known.
        sides = [side for side in batch.shape[1:3] if side is not None]
        if sides and min(sides) < self.smallest_side:
            raise CourseError(
                f"a picture of {batch.shape[2]} x {batch.shape[1]} pixels is too small for {self.name}: "
                f"its shorter side must have at least {self.smallest_side}."
            )
        return batch

    def receptive_field(self, layer: str) -> int:
        """Side of the square of input pixels that one output of a layer can see.

        By formula: a window of k cells that lie j pixels apart adds (k - 1) j; a stride of s makes the next j s times
        larger. Raises CourseError: unknown layer.
        """
        return self._field_and_stride(layer)[0]

    def stride(self, layer: str) -> int:
        """Pixels between what two neighbouring cells of a layer see. Raises CourseError: unknown layer."""
        return self._field_and_stride(layer)[1]

    def _field_and_stride(self, layer: str) -> tuple[int, int]:
        self._known(layer)
        seen = {id(self.model.inputs[0]): (1, 1)}
        for operation in self.model.operations:
            if isinstance(operation, keras.layers.InputLayer):
                continue
            inputs = operation.input if isinstance(operation.input, list) else [operation.input]
            field, jump = (max(values) for values in zip(*(seen[id(x)] for x in inputs), strict=True))
            config = operation.get_config() if isinstance(operation, keras.layers.Layer) else {}
            window = (config.get("kernel_size") or config.get("pool_size") or (1, 1))[0]
            stride = (config.get("strides") or (1, 1))[0]
            seen[id(operation.output)] = (field + (window - 1) * jump, jump * stride)
            if operation.name == layer:
                return seen[id(operation.output)]
        raise AssertionError(layer)  # Every known layer is the output of an operation.


class _ApplicationsNetwork(Network):
    """A network of `keras.applications`: its classifier, a larger download, is loaded when `logits` needs it."""

    @property
    def classifier(self) -> keras.Model:
        return _application(self.name, top=True)


def load_network(name: str = "mini", pooling: str = "max", normalized: bool = False) -> Network:
    """Load a network; a second call with the same arguments returns the same object.

    name: "mini" (ours, inside the package), "vgg19" (the paper's; downloaded once), "inception_v3" (of Keras' Deep
    Dream since 2017; downloaded once), "random" (mini's layout with random weights: shows what training brings).
    pooling: "max", or "average" as the paper prefers for styles. normalized: scale the weights so that the mean
    activation of every filter, over the course's photographs and paintings, is 1 (as the paper's network).
    Raises CourseError: unknown name or pooling, no connection, a damaged file of weights; normalized where one of the
    photographs and paintings is not there.
    """
    if not isinstance(name, str) or name not in NETWORKS:
        raise CourseError(f"there is no network {checks.shown(name)}: use one of {', '.join(NETWORKS)}.")
    checks.one_of("max", "average")("pooling", pooling)
    if name == "inception_v3" and (pooling != "max" or normalized):
        raise CourseError("inception_v3 comes as it is: pooling and normalized are for networks of VGG-19's layout.")
    return _load(name, pooling, bool(normalized))


def network_of(network: str | Network, pooling: str = "max") -> Network:
    """A network by its name, or one itself. Raises CourseError for what is neither."""
    return load_network(network, pooling) if isinstance(network, str) else checks.network("network", network)


@cache  # Not on `load_network`: a cache tells load("mini") from load(name="mini") and would keep two networks.
def _load(name: str, pooling: str, normalized: bool) -> Network:
    if name == "inception_v3":
        return _ApplicationsNetwork(name, _application(name), imagenet_classes(), NETWORKS[name])
    if name == "vgg19":
        model = build_vgg(VGG19_WIDTHS, pooling)
        for layer in _application(name).layers:
            if layer.weights:
                model.get_layer(layer.name).set_weights(layer.get_weights())
        network: Network = _ApplicationsNetwork(name, model, imagenet_classes(), NETWORKS[name])
    else:
        classes = small_classes()
        network = Network(name, _small_model(name, pooling, len(classes)), classes, NETWORKS[name])
    if normalized:
        _normalize(network)
    return network


def build_vgg(widths: dict[str, int], pooling: str = "max", classes: int | None = None) -> keras.Model:
    """VGG-19's layout with the given channels a layer, from a picture (1, h, w, 3), RGB, 0..255.

    classes: adds a `predictions` layer of that many scores on the mean of block5_conv4's map, in place of VGG's three
    dense layers, so that pictures of any size have scores.
    """
    pool = keras.layers.MaxPooling2D if pooling == "max" else keras.layers.AveragePooling2D
    picture = keras.Input((None, None, 3), name="picture")
    x = keras.ops.flip(picture, -1) - MEAN_BGR
    for name in CONVS:
        x = keras.layers.Conv2D(widths[name], 3, padding="same", activation="relu", name=name)(x)
        if int(name[-1]) == BLOCKS[int(name[5])] and (classes is None or name != CONVS[-1]):
            x = pool(2, name=f"block{name[5]}_pool")(x)
    if classes is not None:
        x = keras.layers.Dense(classes, name="predictions")(keras.layers.GlobalAveragePooling2D(name="mean")(x))
    return keras.Model(picture, x)


def he_kernel(shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """A random kernel of He's scale, which keeps the size of activations through the ReLUs."""
    return rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)


def randomize(model: keras.Model) -> keras.Model:
    """Give a model of VGG's layout random weights, the same every time; its first layer takes colours to about 1."""
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if layer.weights:
            kernel = he_kernel(layer.kernel.shape, rng) / (64 if layer.name == CONVS[0] else 1)
            layer.set_weights([kernel, np.zeros(kernel.shape[-1])])
    return model


def _small_model(name: str, pooling: str, classes: int) -> keras.Model:
    if name == "random":
        return randomize(build_vgg(RANDOM_WIDTHS, pooling, classes))
    stored = mini_weights(*(f"{name}/{part}" for name in (*CONVS, "predictions") for part in ("kernel", "bias")))
    model = build_vgg({conv: stored[f"{conv}/bias"].size for conv in CONVS}, pooling, classes)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([stored[f"{layer.name}/kernel"], stored[f"{layer.name}/bias"]])
    return model


def _normalize(network: Network) -> None:
    """Divide each filter by its mean activation and undo that at the next layer: ReLU lets positive factors pass."""
    pictures = [load_picture(name, 224) for name in all_shipped()]
    means = dict.fromkeys(CONVS, 0.0)
    for picture in pictures:
        for name, output in network.features(picture, CONVS).items():
            means[name] += output.numpy().mean((0, 1, 2)) / len(pictures)
    before = np.ones(3, "float32")
    for layer in network.model.layers:
        if layer.name not in means and layer.name != "predictions":
            continue
        kernel, bias = layer.get_weights()
        mean = means.get(layer.name, np.ones(len(bias), "float32"))
        mean = np.where(mean > 0, mean, 1)  # A filter that never fires has no mean to divide by.
        inputs = before.reshape((-1, 1) if kernel.ndim == 2 else (1, 1, -1, 1))
        layer.set_weights([kernel * inputs / mean, bias / mean])
        before = mean


def cached_file(name: str, top: bool = False) -> Path:
    """Where Keras keeps the weights of "vgg19" or "inception_v3" (top: with the classifier), there or not."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / KERAS_FILES[name][top][0]


@cache
def _application(name: str, top: bool = False) -> keras.Model:
    """A model of `keras.applications` with its weights, each failure in one line that names file and remedy."""
    _, md5, megabytes = KERAS_FILES[name][top]
    cached = cached_file(name, top)
    if cached.exists() and hashlib.md5(cached.read_bytes()).hexdigest() != md5:
        raise CourseError(f"{cached} is damaged (its MD5 is not {md5}): delete it, and it will be downloaded again.")
    side = None if not top else 224 if name == "vgg19" else 299
    picture = keras.Input((side, side, 3), name="picture")
    prepared = picture / 127.5 - 1.0 if name == "inception_v3" else keras.ops.flip(picture, -1) - MEAN_BGR
    build = {"vgg19": keras.applications.VGG19, "inception_v3": keras.applications.InceptionV3}[name]
    try:
        return build(include_top=top, weights="imagenet", input_tensor=prepared, classifier_activation=None)
    except Exception as error:  # Keras raises a bare Exception when a download fails; other failures pass through.
        words = ("fetch failure", "incomplete or corrupted")
        if not any(word in str(error).lower() for word in words) and not isinstance(error, OSError):
            raise
        raise CourseError(
            f"the weights of {name} ({megabytes} MB) are not here and could not be downloaded: connect once, and Keras "
            f'keeps them as {cached}; "mini" works now.'
        ) from None


def imagenet_classes() -> list[str]:
    """The 1,000 class names of ImageNet, from Keras' cache or the network; numbers where neither has them."""
    try:
        path = keras.utils.get_file(
            "imagenet_class_index.json",
            "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
            cache_subdir="models",
            file_hash="c2c37ea517e94d9795004a39431a14cb",
        )
        index = json.loads(Path(path).read_text(encoding="utf-8"))
        return [index[str(k)][1].replace("_", " ") for k in range(1000)]
    except Exception:  # Without names the network is still of use: its layers do not need them.
        return [f"class {k}" for k in range(1000)]
