"""Exploring a network: activation maps, patches, codes, occlusion, saliency, ReLU rules, pictures of a class, fooling.

Sources: L9 = CS231n, Lecture 9 (2016). Where a layer's name is asked for, SCORES stands for the scores of the classes
before softmax. A class is meant by its name, a part of that which no other class has, or its number.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
