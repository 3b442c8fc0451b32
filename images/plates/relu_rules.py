"""Which pixels excite one cell of block5_conv3: the gradient by three rules for the ReLUs."""

import numpy as np

from course_utils import as_picture, backward, load_network, load_picture, resize, save_picture, with_relu_rule

network, cat = load_network("mini"), load_picture("cat", 256)


def strongest(output):
    """A delta of 1 at the layer's largest value, and 0 elsewhere."""
    output = np.asarray(output)
    return (output == output.max()).astype("float32")


pictures = [cat]
for rule in ("plain", "deconvnet", "guided"):
    gradient = backward(with_relu_rule(network, rule), cat, "block5_conv3", strongest)
    pictures.append(as_picture(gradient))
pictures = [resize(picture, 512) for picture in pictures]
rows = [np.concatenate(pictures[k : k + 2], 1) for k in (0, 2)]
save_picture(np.concatenate(rows), "relu_rules.png")
