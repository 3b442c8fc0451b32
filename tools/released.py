"""Run the course's command, or a program, with weights that lie in a folder, in the place of those of Keras.

    python tools/released.py FOLDER dream coffee --network inception_v3 -o dream.png
    python tools/released.py FOLDER program.py

For machines that cannot download Keras' files, and for the plates. FOLDER holds one or both of:

- inception_v3_to_mixed7.npz: InceptionV3 as TensorFlow released it in December 2015 (Szegedy et al., arXiv 1512.00567;
  Apache 2.0), as far as mixed7. Keras' own file holds the same layout with other weights. Batch normalisation is folded
  into NAME/weights, flat (out, height, width, in), and NAME/bias.
- vgg19_conv1_1-conv3_4.npz: the first eight convolutions of VGG-19 (Simonyan and Zisserman, arXiv 1409.1556;
  CC BY 4.0), convB_K_w (out, in, 3, 3) and convB_K_b.

What lies deeper than the file reaches is not there: a layer that has no weights is left out of the network.
"""

from __future__ import annotations

import argparse
import re
import runpy
import sys
from functools import cache
from pathlib import Path

import numpy as np

import course_utils.network as networks
from course_utils.__main__ import main as command
from course_utils.backend import keras
from course_utils.defaults import CONVS

FILES = {"inception_v3": "inception_v3_to_mixed7.npz", "vgg19": "vgg19_conv1_1-conv3_4.npz"}
# A convolution's place among all: its block, its branch (the towers come after the plain one) and its place in there.
PLACE = re.compile(r"(?:(mixed)_?(\d+)?_)?(?:(tower)_?(\d+)?_)?conv_?(\d+)?/weights")
LAST = {"inception_v3": "mixed7", "vgg19": "block3_conv4"}


def inception_v3(path: Path, _: str) -> keras.Model:
    """Keras' InceptionV3 as far as mixed7, with the released weights; input RGB, 0..255."""
    picture = keras.Input((None, None, 3), name="picture")
    model = keras.applications.InceptionV3(include_top=False, weights=None, input_tensor=picture / 127.5 - 1.0)
    model = keras.Model(picture, model.get_layer(LAST["inception_v3"]).output)
    convs, norms = (
        sorted((one for one in model.layers if isinstance(one, kind)), key=_number)
        for kind in (keras.layers.Conv2D, keras.layers.BatchNormalization)
    )
    with np.load(path) as stored:
        for key, conv, norm in zip(sorted(filter(PLACE.fullmatch, stored), key=_place), convs, norms, strict=True):
            height, width, inputs, outputs = conv.kernel.shape
            kernel = stored[key].astype("float32").reshape(outputs, height, width, inputs)
            conv.set_weights([kernel.transpose(1, 2, 3, 0)])
            bias = stored[key.replace("weights", "bias")].astype("float32")
            # A normalisation whose mean is 0 and whose deviation 1 adds its offset and does nothing else.
            norm.set_weights([bias, np.zeros_like(bias), np.full_like(bias, 1 - norm.epsilon)])
    return model


def _place(key: str) -> tuple[int, ...]:
    """Order in which Keras builds the convolutions: those before mixed0, the blocks, in each branch by branch."""
    mixed, block, tower, branch, number = PLACE.fullmatch(key).groups()  # type: ignore[union-attr]
    return (mixed is not None, int(block or 0), tower is not None, int(branch or 0), int(number or 0))


def _number(layer: keras.layers.Layer) -> int:
    """The place in which a layer was made: Keras counts them in their names, the first without a number."""
    last = layer.name.rpartition("_")[2]
    return int(last) if last.isdigit() else 0


def vgg19(path: Path, pooling: str) -> keras.Model:
    """VGG-19 as far as block3_conv4, with the first authors' weights; input RGB, 0..255."""
    model = networks.build_vgg(networks.VGG19_WIDTHS, pooling)
    model = keras.Model(model.inputs, model.get_layer(LAST["vgg19"]).output)
    with np.load(path) as stored:
        for name in CONVS[: CONVS.index(LAST["vgg19"]) + 1]:
            key = f"conv{name[5]}_{name[-1]}"
            model.get_layer(name).set_weights([stored[f"{key}_w"].transpose(2, 3, 1, 0), stored[f"{key}_b"]])
    return model


@cache
def released(name: str, folder: Path, pooling: str = "max") -> networks.Network:
    """The network of a name with the weights in a folder; it has no classes, since their layers are not there."""
    build = {"inception_v3": inception_v3, "vgg19": vgg19}[name]
    return networks.Network(name, build(folder / FILES[name], pooling), [], networks.NETWORKS[name])


def install(folder: Path) -> None:
    """From now on `load_network` takes the weights that lie in the folder."""
    plain = networks._load

    def load(name: str, pooling: str, normalized: bool) -> networks.Network:
        known = name in FILES and (folder / FILES[name]).exists()
        return released(name, folder, pooling) if known else plain(name, pooling, normalized)

    networks._load = load  # type: ignore[assignment]  # A cache's function has attributes that nobody asks for.


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the files lie")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="of the course's command; or a Python program")
    options = parser.parse_args()
    install(options.folder)
    if options.words and options.words[0].endswith(".py"):
        runpy.run_path(options.words[0], run_name="__main__")
    else:
        sys.exit(command(options.words))


if __name__ == "__main__":
    main()
