"""Neural style with VGG-19's first eight layers: content at conv3_4, which is as deep as they reach."""

from course_utils import save_picture, style_transfer

LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block3_conv4"]

painted = style_transfer("temple", "night_swirls", size=800, style_layers=LAYERS, content_layer="block3_conv4",
                         network="vgg19")  # fmt: skip
save_picture(painted.picture, "temple_vgg19.png")
