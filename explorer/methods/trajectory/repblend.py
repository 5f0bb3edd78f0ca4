"""RepBlend: pairs from which two heads learn what experts learned from all pairs.

Zhang et al., 2025 (arXiv 2505.14705; zhangxin-xd/RepBlend). Published numbers take 20 experts, a
network of 224 pixels, 3,000 steps, the truncated gradient, and rates that belong to that network:
100 to 5,000 for images and texts, 5 to 500 for the similarity, 0.01 for the student's rates.
"""

from explorer.methods.learn_types import Students
from explorer.methods.learned_pairs.matched import matched, similarity_of, students_of
from explorer.methods.learned_pairs.settings import LowRankSettings, MatchedSettings
from explorer.settings import setting
from explorer.steps.context import Context


class RepblendSettings(LowRankSettings, MatchedSettings):
    """How experts are trained, and how pairs are learned from them."""

    blend: float = setting(
        "Blending",
        "Both parameters of the Beta distribution that shares of blended pairs are drawn from; 0 "
        "turns blending off.",
        default=1.0,
        at_least=0,
    )


def phases(context: Context, settings: RepblendSettings) -> list[Students]:
    """One."""
    similarity = similarity_of("low-rank", settings)
    return [students_of(settings, similarity, blend=settings.blend)]


METHOD = matched(
    name="repblend",
    label="Trajectories of blended pairs (RepBlend)",
    about="Pairs from which two heads learn as they did from all pairs, with similarity learned.",
    paper="Zhang et al., 2025 (arXiv 2505.14705)",
    config=RepblendSettings,
    phases=phases,
)
