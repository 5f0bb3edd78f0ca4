"""MTT-VL: the first to match trajectories of image-text students.

Wu et al., TMLR 2024 (princetonvisualai/multimodal_dataset_distillation), which trains the whole
image network (`networks`); heads over a frozen one are the default. Published numbers take 20
experts, all 100 pairs in each of 8 steps, rates of images and texts of 1000, of the student's rates
0.01. The official code multiplies cosines by ln(1 / 0.07) within learning, where it means 1 / 0.07:
students move along a much flatter loss than the experts did.
"""

import math

from explorer.methods.learn_types import Students
from explorer.methods.learned_pairs.matched import matched, students_of
from explorer.methods.learned_pairs.real import check
from explorer.methods.learned_pairs.settings import NetworksSettings
from explorer.settings import setting
from explorer.steps.context import Context

LOGITS = ("published", "intended")


class MttVlSettings(NetworksSettings):
    """How experts are trained, and how pairs are learned from them."""

    student_batch: int = setting(
        "Student batch",
        "Pairs in each of its steps, drawn anew each time; all where there are fewer.",
        default=100,
        at_least=2,
    )
    logits: str = setting(
        "Scale of logits",
        "What cosines are multiplied by while the set is learned: ln(1 / 0.07) = 2.66 as in the "
        "official code (`published`), or 1 / 0.07 = 14.3 as for experts (`intended`).",
        default="published",
        choices=LOGITS,
    )


def phases(context: Context, settings: MttVlSettings) -> list[Students]:
    """One."""
    from explorer.learn.students.contrastive import TEMPERATURE

    is_published = settings.logits == "published"
    temperature = 1 / math.log(1 / TEMPERATURE) if is_published else TEMPERATURE
    return [students_of(settings, contrast="infonce", temperature=temperature, is_fresh=True)]


METHOD = matched(
    name="mtt-vl",
    label="Trajectories of image-text pairs (MTT-VL)",
    about="Pairs from which students learn as from all pairs, each text only its image's.",
    paper="Wu et al., TMLR 2024",
    config=MttVlSettings,
    phases=phases,
    check=check,
)
