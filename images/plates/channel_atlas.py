"""An atlas: 66 channels of three layers, each as the picture that it climbs to, over the two patches of the course's
pictures that excite it most.
"""

import numpy as np

from course_utils import CourseError, class_picture, load_network, picture_collection, resize, save_picture, top_patches

SIDE, IN_A_ROW = 92, 11

network, pictures = load_network("mini"), picture_collection()


def tile(layer, channel, patches):
    """A channel's picture over its two patches; None for a channel that noise, or every picture, leaves silent."""
    try:
        climbed = resize(class_picture(network, (layer, channel), 128), (SIDE, SIDE))
    except CourseError:
        return None
    if len(patches) < 2 or climbed.std() < 5:  # Noise does not excite it: the picture stays grey.
        return None
    seen = [resize(patch.pixels, (SIDE // 2, SIDE // 2)) for patch in patches]
    return np.pad(np.concatenate([climbed, np.concatenate(seen, 1)]), [(0, 6), (0, 1), (0, 0)], constant_values=255)


rows = []
for layer in ("block3_conv1", "block4_conv2", "block5_conv3"):
    found = top_patches(network, layer, range(64), pictures, count=2)
    tiles = []
    for channel, patches in found.items():
        if len(tiles) < 2 * IN_A_ROW and (made := tile(layer, channel, patches)) is not None:
            tiles.append(made)
    rows += [np.concatenate(tiles[k : k + IN_A_ROW], 1) for k in (0, IN_A_ROW)]
save_picture(np.concatenate(rows), "channel_atlas.png")
