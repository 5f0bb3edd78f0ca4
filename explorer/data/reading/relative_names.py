"""Names of images as tables have them, relative to the dataset's folder."""

import posixpath
from collections.abc import Sequence

from explorer.data.reading.spellings import absolute_parts
from explorer.data.reading.tree import Tree

_PROBED = 2000
"""Absolute names, spread over all, that say how much of their beginning is not here."""


def relative_names(tree: Tree, names: Sequence[str]) -> dict[str, str]:
    """Absolute names, of another machine as a rule, as relative ones.

    The same number of folders is cut off all of them, so that different names stay different: as
    many as leave the most names that are here, and of what they share only. Where none is
    absolute, all may begin with the dataset's own folder.
    """
    names = list(dict.fromkeys(names))
    parts = {name: found for name in names if (found := absolute_parts(name))}
    if not parts:
        return _from_above(tree, names)
    shared = len(posixpath.commonprefix([each[:-1] for each in parts.values()]))  # of tuples
    probed = list(parts.values())[:: max(1, len(parts) // _PROBED)]
    counts = [_count(tree, ["/".join(each[n:]) for each in probed]) for n in range(shared + 1)]
    cut = counts.index(max(counts)) if max(counts) else shared
    return {name: "/".join(found[cut:]) for name, found in parts.items()}


def _from_above(tree: Tree, names: Sequence[str]) -> dict[str, str]:
    """Names that begin with the name of the dataset's own folder, without it; if they fit so."""
    own = tree.root.resolve().parts
    shared = posixpath.commonprefix([name.split("/")[:-1] for name in names])
    for n in range(len(shared), 0, -1):
        if tuple(shared[:n]) == own[-n:] and not _count(tree, names[:: len(names) // _PROBED or 1]):
            cut = {name: name.split("/", n)[n] for name in names}
            there = set().union(*tree.everywhere(tuple(cut.values())).values())
            return {name: rest for name, rest in cut.items() if rest in there}
    return {}


def _count(tree: Tree, names: Sequence[str]) -> int:
    return len({name for there in tree.everywhere(tuple(names)).values() for name in there})
