"""The pairs that CLIP finds most alike."""

from explorer.core.coresets import best_aligned
from explorer.methods.subsets.choosing import choosing

METHOD = choosing(
    name="clip-score",
    label="Highest CLIP score",
    about="Real pairs that CLIP finds most alike.",
    paper="Hessel et al., EMNLP 2021",
    pairs=lambda e, size, settings: best_aligned(e.image, e.caption, e.image_of_caption, size),
)
