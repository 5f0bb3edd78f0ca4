"""Types of `learn/` for annotations: whoever imports them from here imports no torch."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.learn.bilevel import Inner as Inner
    from explorer.learn.convnet import ConvNet as ConvNet
    from explorer.learn.distribution import Further as Further
    from explorer.learn.following import Following as Following
    from explorer.learn.gradient_matching import Matching as Matching
    from explorer.learn.implicit import Solve as Solve
    from explorer.learn.kernels import Kernel as Kernel
    from explorer.learn.labelled import RealImages as RealImages
    from explorer.learn.matched_pairs import Students as Students
    from explorer.learn.optimise import Objective as Objective
    from explorer.learn.optimise import Params as Params
    from explorer.learn.optimise import Problem as Problem
    from explorer.learn.parametrisations import Parametrisation as Parametrisation
    from explorer.learn.policies import Epochs as Epochs
    from explorer.learn.rules import Rule as Rule
    from explorer.learn.similarity import Similarity as Similarity
    from explorer.learn.steady import AtOnce as AtOnce
    from explorer.learn.unrolled_sets import Rendered as Rendered
else:

    def __getattr__(name: str) -> Any:
        """Stands for the type of this name."""
        if not name[0].isupper():
            raise AttributeError(name)
        return Any
