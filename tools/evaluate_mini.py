"""Judge the small network that the package ships, and print the table of its model card.

    python tools/evaluate_mini.py --data FOLDER [--json]

FOLDER is the one that `train_mini.py` describes. The network is the course's own Keras model with the weights that
`load_network("mini")` loads. What is measured:

top1, top5   shares of Tiny ImageNet's 10,000 validation pictures (64 x 64) whose class is the first, or among the first
             five, of the 200.
explained    1 - sum (a - b)^2 / sum (b - mean of b's channel)^2 for every layer that the teacher has: b the teacher's
             features, a ours, channel by channel, times one number fitted for the layer; on the centre, 160 x 160, of
             the last 96 large pictures, on which the network was not trained. One cell of the border is left out at
             blocks 4 and 5, two before, because the teacher pads by reflection and ours with zeros.
bytes        the size of the file of weights.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.backend import tf
from course_utils.defaults import BLOCKS, CONVS, WEIGHTS
from course_utils.network import Network, load_network

JUDGES, CROP = 96, 160


def decoded(path: Path, last: int | None = None) -> Iterator[np.ndarray]:
    """The pictures of a data file (the last ones only, if asked), float32 (h, w, 3), RGB, 0..255."""
    with np.load(path) as stored:
        data, offsets = stored["bytes"].tobytes(), stored["offsets"]
    for k in range(len(offsets) - 1 - (last or len(offsets) - 1), len(offsets) - 1):
        yield np.asarray(Image.open(io.BytesIO(data[offsets[k] : offsets[k + 1]])).convert("RGB"), "float32")


def accuracy(network: Network, path: Path) -> tuple[float, float]:
    """Top-1 and top-5 over the validation pictures."""
    with np.load(path) as stored:
        labels = stored["labels"].astype("int64")
    pictures, hits = np.stack(list(decoded(path))), []
    for k in range(0, len(pictures), 250):
        best = tf.math.top_k(network.logits(pictures[k : k + 250]), 5).indices.numpy()
        hits.append(best == labels[k : k + 250, None])
    found = np.concatenate(hits)
    return float(found[:, 0].mean()), float(found.any(1).mean())


def teacher_features(path: Path, picture: np.ndarray) -> dict[str, tf.Tensor]:
    """The teacher's features of a picture (1, h, w, 3), RGB, 0..255, by Keras' layer names."""
    with np.load(path) as stored:
        weights = {key: stored[key] for key in stored.files}

    def conv(x: tf.Tensor, key: str) -> tf.Tensor:
        return tf.nn.conv2d(x, weights[f"{key}.weight"].transpose(2, 3, 1, 0), 1, "VALID") + weights[f"{key}.bias"]

    x, out = conv(tf.constant(picture / 255), "conv0"), {}
    for name in CONVS:
        block, number = int(name[5]), int(name[-1])
        if f"conv{block}{number}.weight" not in weights:
            break
        x = out[name] = tf.nn.relu(conv(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT"), f"conv{block}{number}"))
        x = tf.nn.max_pool2d(x, 2, 2, "VALID") if number == BLOCKS[block] else x
    return out


def explained_shares(network: Network, pictures: Path, teacher: Path) -> dict[str, float]:
    """The explained share of each layer that the teacher has, over the pictures kept for judging."""
    crops = []
    for picture in decoded(pictures, JUDGES):
        top, left = ((side - CROP) // 2 for side in picture.shape[:2])
        crops.append(picture[top : top + CROP, left : left + CROP])
    theirs = teacher_features(teacher, np.stack(crops))
    ours, shares = network.features(np.stack(crops), list(theirs)), {}
    for name in theirs:
        border = 1 if name[5] in "45" else 2
        a, b = (f[name].numpy()[:, border:-border, border:-border].astype("float64") for f in (ours, theirs))
        missed = a * ((a * b).sum() / (a * a).sum()) - b
        shares[name] = 1 - float((missed**2).sum() / ((b - b.mean((0, 1, 2))) ** 2).sum())
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that train_mini.py describes")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args()
    network = load_network("mini")
    top1, top5 = accuracy(network, options.data / "tiny_imagenet_val.npz")
    shares = explained_shares(
        network, options.data / "large_pictures.npz", options.data / "weights" / "cd_encoder5.npz"
    )
    size = (WEIGHTS / "mini.npz").stat().st_size
    if options.json:
        rounded = {name: round(share, 4) for name, share in shares.items()}
        print(json.dumps({"top1": round(top1, 4), "top5": round(top5, 4), "explained": rounded, "bytes": size}))
        return
    print(f"| top-1 | {top1:.1%} |\n| top-5 | {top5:.1%} |\n| file | {size / 1e6:.2f} MB |")
    print("\n| layer | explained share |\n| --- | --- |")
    for name, share in shares.items():
        print(f"| {name} | {share:.3f} |")


if __name__ == "__main__":
    main()
