"""Edits of the prototypes as the page asks for them."""

from collections.abc import Callable, Mapping

import numpy as np

from explorer.config import Edit, SynthesisConfig
from explorer.errors import ConfigError
from explorer.explore.dataset import Prepared
from explorer.explore.edit_history import History
from explorer.explore.previews import Drawing, find_drawing, subject
from explorer.ui import wire
from explorer.ui.forms.fields import text, whole
from explorer.ui.service import Service

STEPS: dict[str, Callable[[History], History]] = {
    "undo": History.undo,
    "redo": History.redo,
    "undo all": History.undo_all,
}


def change(service: Service, key: str, asked: object) -> wire.Edited:
    """Makes an edit, or undoes or redoes one.

    Args:
        service: Keeps the edits.
        key: Of the prepared dataset that the page shows.
        asked: {"step": one of STEPS}, or an edit; "selected" is the number of a prototype.

    Returns:
        The key to show from now on, which prototype to select, or None, and whose kept image does
        not count any more.
    """
    if not isinstance(asked, dict):
        raise ConfigError("An edit must say what to change.")
    before = service.prepared(key)
    if "step" in asked:
        step = STEPS.get(text(asked["step"], "The step"))
        if step is None:
            raise ConfigError(f"The steps are {', '.join(STEPS)}, not {asked['step']!r}.")
        after = service.edit(key, step)
    else:
        edit = _read(service, before, asked)
        after = service.edit(key, lambda history: history.add(edit))
    touched = [each.prototype for each in _difference(before.edits, after.edits)]
    wanted = [*(touched if len(touched) == 1 else []), asked.get("selected")]
    numbers = after.number.tolist()
    places = [numbers.index(each) for each in wanted if each in numbers]
    lost = set(before.kept_images) - set(after.kept_images) if "step" not in asked else set()
    return {
        "key": after.key,
        "prototype": places[0] if places else None,
        "given_up": sorted(lost.intersection(numbers)),
    }


def _difference(before: tuple[Edit, ...], after: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits at the end of the longer list."""
    n = min(len(before), len(after))
    return before[n:] + after[n:]


def _read(service: Service, prepared: Prepared, asked: Mapping[str, object]) -> Edit:
    if asked.get("kind") == "add":
        return Edit(kind="add", prototype=prepared.next_number, rows=_rows(asked.get("rows")))
    number = whole(asked.get("prototype"), "The prototype")
    synthesis = None
    if "image" in asked:
        drawing = service.drawing(text(asked["image"], "The image"))
        synthesis = _how_drawn(service, prepared, number, drawing)
    return Edit(
        kind=text(asked.get("kind"), "The edit"),
        prototype=number,
        caption=_number(asked, "caption"),
        other=_number(asked, "other"),
        synthesis=synthesis,
    )


def _number(asked: Mapping[str, object], name: str) -> int | None:
    return whole(asked[name], f"The {name}") if name in asked else None


def _rows(asked: object) -> tuple[int, ...]:
    """Rows in any order, each maybe more than once."""
    if not isinstance(asked, list):
        raise ConfigError("A prototype is added from a list of rows.")
    return tuple(sorted({whole(row, "A row") for row in asked}))


def _how_drawn(
    service: Service, prepared: Prepared, number: int, drawing: Drawing
) -> SynthesisConfig:
    """How an image was drawn; raises unless that would give it again for this prototype."""
    bundle = prepared.config.models
    for k in np.flatnonzero(prepared.number == number):
        again = find_drawing(service.store, bundle, subject(prepared, int(k)), drawing.how)
        if again and again.key == drawing.key:
            return drawing.how
    raise ConfigError(
        "This image was drawn from something else than the prototype as it is now. Draw it again."
    )
