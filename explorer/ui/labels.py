"""Sentences about settings as the page says them: by the labels that its fields have."""

import re
from collections.abc import Mapping
from functools import cache
from typing import cast

from explorer.errors import sentence
from explorer.methods.registry import all_methods
from explorer.runs.directory import Status
from explorer.settings import every_setting
from explorer.tasks.registry import TASKS
from explorer.ui import wire

_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_FIRST = re.compile(r"^[a-z_]+(?= must )")
_OTHERS = {"n_prototypes": "Pairs", "per_class": "Images per class"}


def on_page(error: BaseException) -> str:
    """What the page says of an error that people can do something about."""
    return by_label(sentence(error))


def by_label(text: str) -> str:
    """The sentence with the labels of settings in place of their names.

    Examples:
        >>> by_label("student_batch must be at least 1, got 0.")
        'Student batch must be at least 1, got 0.'
        >>> by_label("Lower drop_fraction, or choose fewer.")
        'Lower “Share left out”, or choose fewer.'
    """
    labels = _labels()
    text = _FIRST.sub(lambda found: labels.get(found[0], found[0]), text)
    return _NAME.sub(
        lambda found: f"“{labels[found[0]]}”" if found[0] in labels else found[0], text
    )


def told_status(status: Status) -> wire.Status:
    """As it is, but for sentences about settings, which the page knows by their labels."""
    return cast(wire.Status, {**status.as_json(), "text": by_label(status.text)})


@cache
def _labels() -> Mapping[str, str]:
    kinds = [*(each.config for each in all_methods().values()), *(t.config for t in TASKS.values())]
    return {each.name: each.label for kind in kinds for each in every_setting(kind)} | _OTHERS
