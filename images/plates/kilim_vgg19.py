"""A texture like a woven rug, from the Gram matrices of six of VGG-19's first eight layers."""

import numpy as np

from course_utils import load_picture, save_picture, texture

LAYERS = ["block1_conv1", "block1_conv2", "block2_conv1", "block2_conv2", "block3_conv1", "block3_conv4"]

example = load_picture("woven_kilim", 512)
made = texture(example, example.shape[:2], example_size=None, layers=LAYERS, network="vgg19").picture
save_picture(np.concatenate([example, made], 1), "kilim_vgg19.png")
