"""DD: images, and rates of the steps on them, after which networks read the real images.

Wang et al., 2018 (SsnL/dataset-distillation). A network takes a few plain steps, each on one image
of every class and with a learned rate of its own: a set of n images per class holds those of n
steps, which are gone through several times. Published numbers take 10 such steps 3 times, 400
passes over the real images and LeNet or AlexNet. Students here are trained as those of all methods,
and not by the learned steps.
"""

from explorer.methods.learned_images import recipe
from explorer.methods.unrolled.unrolled import RatedImages, rated, seen

METHOD = recipe(
    name="dd",
    label="Dataset distillation (DD)",
    family="unrolled",
    about="Images on which networks learn the real ones in a few steps of learned rates.",
    paper="Wang et al., 2018 (arXiv 1811.10959)",
    config=RatedImages,
    problem=rated,
    seen=seen,
)
