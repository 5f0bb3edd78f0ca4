"""LoRS: as RepBlend without blending, with every choice of its similarity and its loss.

Xu et al., ICML 2024 (silicx/LoRS_Distill), which trains the whole image network (`networks`); heads
over a frozen one are the default, and not the published protocol. Published numbers take 20
experts, 3,000 steps, the truncated gradient, 8 steps of 20 to 40 pairs, WBCE, and of 99, 199 and
499 pairs of Flickr30K rates of images and texts of 100, 1000, 1000, of the similarity of 10, 10,
100, with rank 10, 5, 20 and weight 3, 1, 0.01; of COCO 1000, 1000, 5000, then 5, 50, 500, rank 10,
20, 40, weight 1, and merged sides. The student's rates are learned at 0.01.
"""

from explorer.methods.learn_types import Students
from explorer.methods.learned_pairs.matched import matched, similarity_of, students_of
from explorer.methods.learned_pairs.settings import SIMILARITIES, LowRankSettings, NetworksSettings
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.types import CONTRASTS


class LorsSettings(LowRankSettings, NetworksSettings):
    """How experts are trained, and how pairs are learned from them."""

    similarity: str = setting(
        "Similarity",
        "How much texts belong to other images: not at all (`identity`), each pair of them learned "
        "for itself (`full`), by factors (`low-rank`), or by factors that give both sides the same "
        "(`shared`, after the idea of HoPA).",
        default="low-rank",
        choices=SIMILARITIES,
    )
    loss: str = setting(
        "Loss of students",
        "`wbce` as published; `infonce`, `cwcl` (its rows weighed by their sums), `bce`, `mse` and "
        "`kl` are the others of the official code. Students of the set lower it, too.",
        default="wbce",
        choices=CONTRASTS,
    )
    merged: bool = setting(
        "Merged sides",
        "Divide the distance of both sides together by that of the start, as for COCO; else each "
        "side for itself.",
        default=False,
    )

    @property
    def spared(self) -> int:
        """Pairs in whose place the similarity is stored."""
        return 0 if self.similarity == SIMILARITIES[0] else super().spared


def phases(context: Context, settings: LorsSettings) -> list[Students]:
    """One."""
    similarity = similarity_of(settings.similarity, settings)
    return [students_of(settings, similarity, contrast=settings.loss, merged=settings.merged)]


METHOD = matched(
    name="lors",
    label="Trajectories with learned similarity (LoRS)",
    about="Pairs from which students learn as from all pairs; texts may belong to several images.",
    paper="Xu et al., ICML 2024",
    config=LorsSettings,
    phases=phases,
)
