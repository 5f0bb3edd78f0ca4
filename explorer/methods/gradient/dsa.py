"""DSA: dataset condensation whose real and learned images are augmented alike.

Zhao and Bilen, ICML 2021 (VICO-UoE/DatasetCondensation). Published numbers take 1,000 networks,
real batches of 256 and a width of 128.
"""

from functools import partial

from explorer.methods.gradient.matching import GradientImages, matched, seen
from explorer.methods.learned_images import recipe

METHOD = recipe(
    name="dsa",
    label="Siamese augmentation (DSA)",
    family="gradient",
    about="As DC, with real and learned images augmented alike.",
    paper="Zhao and Bilen, ICML 2021",
    config=GradientImages,
    problem=partial(matched, distance="rows"),
    seen=seen,
)
