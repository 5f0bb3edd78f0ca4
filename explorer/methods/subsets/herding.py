"""Herding (Welling, ICML 2009)."""

from explorer.core.class_coresets import herd
from explorer.core.coresets import herding
from explorer.methods.subsets.choosing import choosing

METHOD = choosing(
    name="herding",
    label="Herding",
    about="Real pairs, or images of each class, whose mean is nearest to the mean of all.",
    paper="Welling, ICML 2009",
    pairs=lambda e, size, settings: herding(e.image, e.caption, e.image_of_caption, size),
    images=lambda settings: herd,
)
