"""MDW on heads: pairs learned from data in which many pairs are wrong, with their similarity.

After the paper (Dang et al., arXiv 2506.01586); there is no code to compare with, and not all its
equations were at hand. Each entry of the similarity is learned, and experts tell wrong pairs on two
tracks. Not here: its map of what texts are about in an image, which weighs the step of each pixel.
"""

from typing import TYPE_CHECKING

from explorer.methods.learned_pairs.matched import matched, students_of
from explorer.methods.learned_pairs.settings import MatchedSettings, SimilaritySettings
from explorer.settings import setting
from explorer.steps.context import Context

if TYPE_CHECKING:
    from explorer.learn.pairs.matched_pairs import Students


class MdwSettings(SimilaritySettings, MatchedSettings):
    """How experts are trained on pairs of which some are wrong, and how pairs are learned."""

    expert_epochs: int = setting(
        "Epochs of an expert",
        "Passes of each expert; in the first one all pairs are believed.",
        default=4,
        at_least=2,
        at_most=100,
    )
    two_tracks: bool = setting(
        "Tell wrong pairs",
        "After a first epoch another network beside each expert tells which pairs are likely wrong "
        "by its losses, and the expert learns not to find those.",
        default=True,
    )
    similarity_rate: float = setting(
        "Rate of the similarity", "Learning rate of the similarity.", default=1.0, at_least=0
    )


def phases(context: Context, settings: MdwSettings) -> "list[Students]":
    """One."""
    from explorer.learn.pairs.similarity import Full

    return [students_of(settings, Full())]


METHOD = matched(
    name="mdw",
    label="Trajectories from wrong pairs, too (MDW, heads)",
    about="Pairs learned from data with wrong pairs, which experts tell; after the paper, no code.",
    paper="Dang et al., 2025 (arXiv 2506.01586)",
    config=MdwSettings,
    phases=phases,
)
