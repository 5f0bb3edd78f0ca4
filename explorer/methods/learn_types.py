"""Types of `learn/` for annotations: whoever imports them from here imports no torch."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.learn.images.bilevel import Inner as Inner
    from explorer.learn.images.distribution import Further as Further
    from explorer.learn.images.following import Following as Following
    from explorer.learn.images.gradient_matching import Matching as Matching
    from explorer.learn.images.labelled import RealImages as RealImages
    from explorer.learn.images.parametrisations import Parametrisation as Parametrisation
    from explorer.learn.images.policies import Epochs as Epochs
    from explorer.learn.images.regression import Pooled as Pooled
    from explorer.learn.images.unrolled_sets import Rendered as Rendered
    from explorer.learn.inner.implicit import Solve as Solve
    from explorer.learn.networks.convnet import ConvNet as ConvNet
    from explorer.learn.networks.kernels import Kernel as Kernel
    from explorer.learn.optimise import Objective as Objective
    from explorer.learn.optimise import Params as Params
    from explorer.learn.optimise import Problem as Problem
    from explorer.learn.pairs.matched_pairs import Students as Students
    from explorer.learn.pairs.similarity import Similarity as Similarity
    from explorer.learn.rules import Rule as Rule
    from explorer.learn.steady import AtOnce as AtOnce
else:

    def __getattr__(name: str) -> Any:
        """Stands for the type of this name."""
        if not name[0].isupper():
            raise AttributeError(name)
        return Any
