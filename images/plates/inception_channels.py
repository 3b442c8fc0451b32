"""Twelve channels of InceptionV3: feature visualization, from grey noise. Four of mixed4, of mixed5 and of mixed6."""

import numpy as np

from course_utils import class_picture, load_network, save_picture

CHANNELS = {"mixed4": (330, 366, 607, 137), "mixed5": (106, 228, 592, 715), "mixed6": (157, 372, 190, 68)}

network = load_network("inception_v3")
rows = []
for layer, channels in CHANNELS.items():
    rows.append([class_picture(network, (layer, k), 256, l2=0, octaves=4, steps=20, step=2.0) for k in channels])
save_picture(np.concatenate([np.concatenate(row, 1) for row in rows]), "inception_channels.png")
