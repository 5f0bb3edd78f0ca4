"""FRePo: images from which features of networks trained on them read the real ones.

Zhou, Nezhadarya and Ba, NeurIPS 2022 (yongchao97/FRePo). A pool of networks of all ages is kept;
each step draws one, and trains it a little. The network is the usual ConvNet, or that of the paper,
which grows from 128 to 512 channels there, with batch norm, on whitened images, in 500,000 steps.
"""

from explorer.methods.kernel.regressed import RegressedImages, regressed, seen, targets
from explorer.methods.learn_types import Pooled, Problem, RealImages
from explorer.methods.learned_images import recipe
from explorer.settings import setting
from explorer.steps.context import Context

POOLED = ("convnet", "widening", "widening-bn")


class FrepoSettings(RegressedImages):
    """Neural feature regression with pooling."""

    learning_rate: float = setting(
        "Learning rate",
        "Of the images, by LAMB, falling to a tenth; 0.0003 in the paper, for many more steps.",
        default=0.01,
        above=0,
    )
    learn_labels: bool = setting(
        "Learn labels", "Whether soft labels are learned with the images.", default=True
    )
    label_rate: float = setting(
        "Learning rate of labels", "Where they are learned.", default=0.003, above=0
    )
    networks: int = setting(
        "Networks", "In the pool, of all ages; 10 in the paper.", default=10, at_least=1
    )
    pool_network: str = setting(
        "Network of the pool",
        "The benchmarks' ConvNet, or one whose width doubles with every block, without norm or, as "
        "in the paper, with batch norm.",
        default=POOLED[0],
        choices=POOLED,
    )
    oldest: int = setting(
        "Oldest", "Steps of training before a network begins anew.", default=100, at_least=1
    )
    network_rate: float = setting(
        "Learning rate of networks", "Of Adam, on the set.", default=3e-4, above=0
    )

    @property
    def network(self) -> str:
        own = super().network
        return own if self.pool_network == POOLED[0] else f"{own}, {self.pool_network}"


LEAST = 0.1
"""Share of the learning rate that is left at the end."""


def pool_network(settings: FrepoSettings, n_classes: int) -> Pooled:
    """The network that was chosen; its first block is as wide as those of the ConvNet."""
    from explorer.learn.networks import convnet, widening

    if settings.pool_network == POOLED[0]:
        return convnet.network_of(settings, n_classes)
    return widening.WideningConvNet(
        settings.image_size,
        n_classes,
        settings.n_channels,
        width=settings.width,
        depth=settings.blocks,
        has_norm=settings.pool_network == POOLED[2],
    )


def problem(context: Context, settings: FrepoSettings, source: RealImages) -> Problem:
    """The images, their targets, and the pool of networks."""
    from math import cos, pi

    from explorer.learn import rules
    from explorer.learn.images import parametrisations, regression

    images = parametrisations.pixels(source, settings.start, context.size)
    network = pool_network(settings, source.n_classes)
    labels = targets(context, source) / (source.n_classes / 10) ** 0.5
    pool = regression.Pool(settings.networks, settings.oldest, settings.network_rate)
    read = regression.Read(source, images.render, labels, settings.real_batch, settings.ridge)
    objective = regression.read_by_pool(pool, network, read)
    total = settings.steps
    return regressed(
        settings,
        source,
        images,
        objective,
        labels,
        rules.lamb(settings.momentum),
        begin_more=regression.begin_pool(network, pool, labels.device),
        schedule=lambda step: LEAST + (1 - LEAST) * (1 + cos(pi * step / total)) / 2,
    )


METHOD = recipe(
    name="frepo",
    label="Feature regression (FRePo)",
    family="kernel",
    version=2,  # networks of the pool are trained on the set as the step left it
    about="Images from which features of networks that learn from them read the real ones.",
    paper="Zhou, Nezhadarya and Ba, NeurIPS 2022",
    config=FrepoSettings,
    problem=problem,
    seen=seen,
)
