"""What people choose who learn pairs: the settings that the methods share."""

from explorer.methods.learned_images import GRADIENTS, kept_setting
from explorer.settings import Settings, seed_setting, setting

SIMILARITIES = ("identity", "full", "low-rank", "shared")


STARTS = ("random", "longest", "prototypes")


class NetworkChoice(Settings):
    """Which network images are learned through."""

    network: str = setting(
        "Network",
        "Image network that images are learned through; none means the bundle's first.",
        default="",
        on_form=False,
    )


class ExpertSettings(Settings):
    """How experts are trained, on all real pairs."""

    experts: int = setting(
        "Experts", "Students that are trained on all real pairs.", default=10, at_least=1
    )
    expert_epochs: int = setting(
        "Epochs of an expert",
        "Passes of each expert; every step of learning matches one of them.",
        default=2,
        at_least=1,
        at_most=100,
    )
    expert_rate: float = setting(
        "Rate of experts", "Learning rate of the experts.", default=0.1, above=0
    )
    two_tracks: bool = setting(
        "Tell wrong pairs",
        "After a first epoch another network beside each expert tells which pairs are likely wrong "
        "by its losses, and the expert learns not to find those, as in MDW.",
        default=False,
    )


class StudentSettings(Settings):
    """How students are trained within a step of learning."""

    student_steps: int = setting(
        "Student steps",
        "Steps that a student takes, before its end is compared with the expert's.",
        default=8,
        at_least=1,
        at_most=1000,
    )
    student_batch: int = setting(
        "Student batch",
        "Pairs in each of its steps; a set, and each phase of one, needs as many.",
        default=20,
        at_least=2,
    )


class SimilaritySettings(Settings):
    """A learned similarity of images and texts."""

    storage_fair: bool = setting(
        "Storage-fair",
        "Learn one pair fewer than asked for, as published: the similarity is stored in its place. "
        "The run says what both take.",
        default=False,
    )

    @property
    def spared(self) -> int:
        """Pairs in whose place the similarity is stored."""
        return int(self.storage_fair)


class LowRankSettings(SimilaritySettings):
    """One of low rank."""

    rank: int = setting(
        "Rank of the similarity",
        "Columns of each factor of the learned similarity of images and texts.",
        default=10,
        at_least=1,
    )
    alpha: float = setting(
        "Weight of the similarity",
        "What the product of its factors is multiplied by, divided by the rank.",
        default=3.0,
        above=0,
    )
    similarity_rate: float = setting(
        "Rate of the similarity",
        "Learning rate of the similarity's factors.",
        default=1.0,
        at_least=0,
    )


class GradientSettings(Settings):
    """Which gradient is followed."""

    gradient: str = setting(
        "Gradient",
        "`exact`, or `truncated` as it was published: each step of a student is taken for itself.",
        default="exact",
        choices=GRADIENTS,
    )


class PairRates(Settings):
    """How fast pairs are learned."""

    first_step: float = setting(
        "First step",
        "Share of their own size that images and texts change by in the first step, which sets the "
        "rates that are 0; both are learned at these from then on.",
        default=0.01,
        at_least=0,
        below=1,
    )
    image_rate: float = setting(
        "Rate of images",
        "Learning rate of the images; 0 leaves it to the first step. Published ones of 100 to "
        "5,000 belong to images of 224 pixels and another network.",
        default=0.0,
        at_least=0,
    )
    text_rate: float = setting(
        "Rate of texts",
        "Learning rate of the text embeddings; 0 leaves it to the first step. Published ones are "
        "100 to 5,000.",
        default=0.0,
        at_least=0,
    )
    momentum: float = setting(
        "Momentum", "Of the updates of the pairs.", default=0.5, at_least=0, below=1
    )
    seed: int = seed_setting("Of all that is drawn at random.", default=0)


class StudentRates(Settings):
    """What students learn with, and how fast that is learned."""

    rate_rate: float = setting(
        "Rate of the student's rates",
        "Learning rate of the student's learning rates.",
        default=0.003,
        at_least=0,
    )
    start_rate: float = setting(
        "Student's first rate",
        "Learning rate of both sides of a student at first; both are learned, too.",
        default=0.1,
        above=0,
    )


class SmoothSettings(Settings):
    """What makes learning smoother: straight experts, and an average of the pairs."""

    shortcut: bool = setting(
        "Shortcuts",
        "Match experts on straight lines from their start to their end, tensor by tensor, as "
        "PTM-ST does.",
        default=False,
    )
    average: float = setting(
        "Moving average",
        "Share that is kept of the average of the pairs in each step; the set is this average. 0 "
        "for the pairs of the last step.",
        default=0.0,
        at_least=0,
        below=1,
    )


class StepSettings(Settings):
    """How long pairs are learned, and from where."""

    steps: int = setting("Steps", "Updates of the pairs.", default=300, at_least=1)
    kept: str = kept_setting()
    start: str = setting(
        "Start",
        "Real pairs to begin with: `random` ones; random images with their `longest` captions, "
        "after the filter of PDS; or those nearest to its `prototypes`.",
        default="random",
        choices=STARTS,
    )


class FrozenSettings(PairRates, NetworkChoice, StepSettings):
    """Of every method that learns pairs through a frozen network."""

    @property
    def is_whole(self) -> bool:
        """Whether all weights of the network are trained instead."""
        return False


class PairSettings(ExpertSettings, FrozenSettings):
    """Of those that do it with experts."""


class MatchedSettings(
    SmoothSettings, StudentRates, GradientSettings, StudentSettings, PairSettings
):
    """Of every method that matches trajectories of pairs."""

    @property
    def spared(self) -> int:
        """Pairs in whose place a similarity is stored."""
        return 0


class NetworksKind(Settings):
    """Whether the network that images are learned through is frozen."""

    networks: str = setting(
        "Networks",
        "What is trained on real pairs: `heads` over the frozen network, or, as published, the "
        "`whole` image network from its weights as they are, beside what lies over the frozen "
        "encoder of texts. Whole ones take hours, and often lower rates of what is trained.",
        default="heads",
        choices=("heads", "whole"),
    )

    @property
    def is_whole(self) -> bool:
        """Whether all weights of the network are trained."""
        return self.networks == "whole"


class NetworksSettings(NetworksKind, MatchedSettings):
    """Of those that match trajectories and are published for whole networks."""
