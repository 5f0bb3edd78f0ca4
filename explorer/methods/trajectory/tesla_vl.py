"""TESLA-VL: MTT-VL with the loss of LoRS, no learned similarity and the cheap gradient.

A baseline of Xu et al., ICML 2024 (silicx/LoRS_Distill, without a script of its own: its full
similarity, learned at rate 0). The gradient is the truncated one of TESLA (Cui et al., ICML 2023),
which is not that of the loss from a student's second step on; `exact` shows what that costs. Whole
networks are published (`networks`); heads over a frozen one are the default.
"""

from explorer.methods.learn_types import Students
from explorer.methods.learned_images import GRADIENTS
from explorer.methods.learned_pairs.matched import matched, students_of
from explorer.methods.learned_pairs.settings import NetworksSettings
from explorer.settings import setting
from explorer.steps.context import Context


class TeslaVlSettings(NetworksSettings):
    """How experts are trained, and how pairs are learned from them."""

    gradient: str = setting(
        "Gradient",
        "`truncated` as it was published: each step of a student is taken for itself; or `exact`.",
        default="truncated",
        choices=GRADIENTS,
    )
    loss: str = setting(
        "Loss of students",
        "`wbce` as in the tables of others, or `infonce`.",
        default="wbce",
        choices=("wbce", "infonce"),
    )


def phases(context: Context, settings: TeslaVlSettings) -> list[Students]:
    """One."""
    return [students_of(settings, contrast=settings.loss)]


METHOD = matched(
    name="tesla-vl",
    label="Trajectories in constant memory (TESLA-VL)",
    about="Pairs from which students learn as from all pairs, by TESLA's truncated gradient.",
    paper="Xu et al., ICML 2024, after Cui et al., ICML 2023",
    config=TeslaVlSettings,
    phases=phases,
)
