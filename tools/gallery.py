"""Make the pictures of the course's pages: the gallery's styles, the map of lesson 00, and README's first picture.

    python tools/gallery.py [gallery] [map] [front] [PAINTING ...]

They are written below images/results/; without a word all are made, which takes some minutes. The name of a painting
makes its own part of the gallery.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from scipy.ndimage import gaussian_filter
from setup_venv import ROOT

from course_utils.backend import tf
from course_utils.dream.method import deep_dream
from course_utils.explore.ascent import class_picture
from course_utils.explore.gradients import saliency_map
from course_utils.losses import content_loss
from course_utils.network import load_network
from course_utils.optimize.loop import minimize
from course_utils.optimize.steps import adam, gradient_ascent
from course_utils.pictures.display import sheet
from course_utils.pictures.loading import load_picture
from course_utils.pictures.saving import to_image
from course_utils.pictures.shipped import names
from course_utils.pictures.sizes import resize
from course_utils.style.textures import texture
from course_utils.style.transfer import style_transfer

RESULTS = ROOT / "images" / "results"
HANGING = ("temple", "cat", "astronaut")
SIZE, TILE = 512, (160, 240)  # Longest side of what is painted; height and width of a picture on the map.


def save(image: Image.Image, name: str, quality: int = 85) -> None:
    """Write a picture below images/results/."""
    path = RESULTS / f"{name}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=quality)
    print(path.relative_to(ROOT))


def cut(picture: np.ndarray, shape: tuple[int, int] = TILE) -> np.ndarray:
    """The middle of a picture at an aspect, resized."""
    height, width = picture.shape[:2]
    rows, columns = min(height, round(width * shape[0] / shape[1])), min(width, round(height * shape[1] / shape[0]))
    top, left = (height - rows) // 2, (width - columns) // 2
    return resize(picture[top : top + rows, left : left + columns], shape)


def halves(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The left half of one picture and the right half of another, with a white line between."""
    both = cut(left).copy()
    both[:, TILE[1] // 2 :] = cut(right)[:, TILE[1] // 2 :]
    both[:, TILE[1] // 2 - 1 : TILE[1] // 2 + 1] = 255
    return both


def paint(photograph: str, painting: str, **options: object) -> np.ndarray:
    """A style transfer's picture."""
    return style_transfer(photograph, painting, size=SIZE, progress=f"{photograph}, {painting}", **options).picture


def hang(painting: str) -> None:
    """A painting's strip: three photographs in its style, all with the default options."""
    strip = [cut(paint(photo, painting), (280, 320)) for photo in HANGING]
    save(sheet(strip, width=320), f"gallery/{painting}")


def gallery() -> None:
    """A strip for every painting."""
    for painting in names()["paintings"]:
        hang(painting)


def front() -> None:
    """The cat, the night sky, the cat in its hand."""
    pictures = [load_picture("cat", SIZE), load_picture("night_swirls", SIZE), paint("cat", "night_swirls")]
    save(sheet([cut(picture, (213, 320)) for picture in pictures], width=320), "cat_night_swirls", 90)


def maps() -> np.ndarray:
    """Six activation maps of the cat."""
    features = load_network().features(load_picture("cat", 240), "block3_conv1")["block3_conv1"][0].numpy()
    busy = features.std((0, 1)).argsort()[::-1][:6]
    tiles = [255 * features[..., k] / features[..., k].max() for k in busy]
    rows = [np.concatenate([cut(np.repeat(t[..., None], 3, 2), (79, 79)) for t in tiles[k : k + 3]], 1) for k in (0, 3)]
    return resize(np.concatenate(rows), TILE)


def saliency() -> np.ndarray:
    """The cat, as light as its name's score depends on the pixels, as the mean over noisy copies."""
    network, picture, rng = load_network(), load_picture("cat", 240), np.random.default_rng(0)
    scores = network.logits(resize(picture, 64))[0].numpy()
    total = np.zeros(picture.shape[:2])
    for _ in range(24):
        noisy = picture + rng.normal(0, 20, picture.shape).astype("float32")
        total += saliency_map(network, noisy, int(scores.argmax()))
    light = gaussian_filter(total, 3)
    return picture * np.clip(light / np.quantile(light, 0.97), 0, 1)[..., None] ** 1.5


def class_pictures() -> np.ndarray:
    """What the network thinks of at six words."""
    network, tiles = load_network(pooling="average"), []
    for name in ("ladybug", "orange", "school bus", "lesser panda", "jellyfish", "goldfish"):
        picture = class_picture(network, name, steps=30, progress=name)
        tiles.append(cut(picture, (80, 80)))
    return np.concatenate([np.concatenate(tiles[k : k + 3], 1) for k in (0, 3)])


def inversion() -> tuple[np.ndarray, np.ndarray]:
    """The temple, remembered by block3_conv4; and how three optimisers got there, as a drawing."""
    network, target, layer = load_network(), load_picture("temple", 240), "block3_conv4"
    code = network.features(target, layer)[layer]
    floor = float(content_loss(code, tf.reduce_mean(code, (0, 1, 2))))

    def cost(picture: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"content": content_loss(network.features(picture, layer)[layer], code) / floor}

    noise = np.random.default_rng(0).uniform(0, 255, target.shape).astype("float32")
    found = minimize(cost, noise, 100, progress="inversion")
    down = gradient_ascent(lambda p: {"content": -cost(p)["content"]}, noise, 100, step=2.0)
    runs = {
        "gradient descent": [-state.loss for state in down],
        "Adam": [state.loss for state in adam(cost, noise, 100)],
        "L-BFGS": list(np.minimum.accumulate(found.history["loss"])),
    }
    figure = Figure(figsize=(TILE[1] / 100, TILE[0] / 100), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    for (name, losses), colour in zip(runs.items(), ("#999999", "#56B4E9", "#D55E00")):
        axes.semilogy(losses, color=colour, lw=2)
        where = {"gradient descent": 6, "Adam": -6}.get(name, 0)
        axes.annotate(
            name, (102, losses[-1]), (2, where), textcoords="offset points", fontsize=8, color=colour, va="center"
        )
    axes.set(xticks=[], yticks=[], xlim=(0, 190))
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return halves(target, found.picture), load_picture(file.getvalue())


def course_map() -> None:
    """A picture for each lesson."""
    remembered, drawing = inversion()
    kept = paint("flower", "stained_glass", colours="luminance")
    others = [paint("coffee", style) for style in ("ink_mountains", "cut_paper", "mosaic_peacock", "woven_kilim")]
    quarters = [cut(picture, (78, 118)) for picture in others]
    pictures = [
        paint("cat", "night_swirls"),
        maps(),
        saliency(),
        class_pictures(),
        remembered,
        deep_dream("cat", size=SIZE, progress="dream").picture,
        drawing,
        texture("mosaic_peacock", TILE, example_size=200, progress="texture").picture,
        paint("temple", "woodcut_waves"),
        halves(paint("flower", "stained_glass"), kept),
        load_picture(sheet(quarters, width=118, columns=2)),
    ]
    for k, picture in enumerate(pictures):
        save(to_image(cut(picture)), f"lessons/{k:02}")


MAKERS: dict[str, Callable[[], None]] = {"gallery": gallery, "map": course_map, "front": front}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wanted", nargs="*", metavar="WORD", help="gallery, map, front or a painting; default: all")
    options = parser.parse_args()
    makers = MAKERS | {painting: partial(hang, painting) for painting in names()["paintings"]}
    for word in options.wanted:
        if word not in makers:
            parser.error(f"there is no {word!r}; there are {', '.join(makers)}")
    for word in options.wanted or MAKERS:
        makers[word]()


if __name__ == "__main__":
    main()
