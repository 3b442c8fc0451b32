"""What five layers remember of a photograph: pictures from noise whose activations there agree with its own."""

import numpy as np

from course_utils import content_loss, load_network, load_picture, minimize, save_picture

LAYERS = ["block2_conv2", "block3_conv2", "block4_conv2", "block5_conv2", "block5_conv4"]

network, cat = load_network("mini", pooling="average"), load_picture("cat", 340)
noise = np.random.default_rng(0).normal(127.5, 20, cat.shape).clip(0, 255)


def inverted(layer):
    """Feature inversion by L-BFGS, with 300 evaluations."""
    target = network.features(cat, layer)[layer]
    return minimize(lambda x: {layer: content_loss(network.features(x, layer)[layer], target)}, noise, 300).picture


pictures = [cat, *map(inverted, LAYERS)]
rows = [np.concatenate(pictures[k : k + 3], 1) for k in (0, 3)]
save_picture(np.concatenate(rows), "inversions.png")
