"""Every row as it is: the upper bound of every set."""

from explorer.methods.base import Method

METHOD = Method(
    name="all",
    label="All of the data (upper bound)",
    family="subsets",
    about="Every row, the upper bound; in sweeps, and by `evaluate DATA --test DATA`.",
    tasks=("retrieval", "classification"),
    needs=frozenset(),
    stages=(),
)
