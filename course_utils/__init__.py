"""Helper package of the course on Deep Dream and neural style.

    from course_utils import load_network, load_picture, show, style_transfer

What is named here is loaded when it is first used, so that `import course_utils` costs nothing and the command line can
refuse a wrong file name before TensorFlow has been loaded.
"""

from __future__ import annotations

from course_utils.lazy import attributes

__version__ = "0.1.0"

_HOMES = {
    "altered": ["randomized", "relu_rule", "with_relu_rule"],
    "backend": ["keras", "tf"],
    "bases": ["PixelBasis", "SpectralBasis"],
    "colours": ["keep_chroma", "match_colours", "match_histogram"],
    "commons": ["commons_paintings"],
    "descent": ["descent"],
    "display": ["show", "watch"],
    "dream": ["deep_dream", "dream_objective", "dream_steps", "zoom_film"],
    "errors": ["CourseError"],
    "explore": [
        "SCORES",
        "backward",
        "class_picture",
        "class_shares",
        "codes",
        "fooling_picture",
        "grad_cam",
        "nearest",
        "occlusion_map",
        "saliency_map",
    ],
    "fetch": ["painting"],
    "images": ["load_mask", "load_picture", "names", "resize", "save_animation", "save_picture"],
    "lbfgs": ["LBFGS"],
    "losses": [
        "content_loss",
        "dream_loss",
        "gram_matrix",
        "guided_gram_matrix",
        "image_l2_loss",
        "layer_statistic",
        "style_loss",
        "total_variation_loss",
    ],
    "maps": ["as_picture", "heat", "map_grid"],
    "network": ["Network", "deprocess_image", "load_network", "preprocess_image"],
    "objectives": ["DreamCost", "DreamObjective"],
    "optimize": ["adam", "after", "gradient_ascent", "minimize"],
    "patches": ["picture_collection", "top_patches"],
    "runlog": ["logged", "read_log"],
    "style": ["style_transfer"],
    "style_objective": ["StyleObjective"],
    "textures": ["TextureObjective", "texture"],
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)
__getattr__, __dir__ = attributes(__name__, _HOME)
