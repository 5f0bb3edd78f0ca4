from explorer.config import Edit, SynthesisConfig
from explorer.runs.config import RunConfig
from explorer.sets.card import make_card
from explorer.sets.folder import IMPORTED, Row

ROWS = [Row("000000.png", "a boat", 0, 3, 1596040906, 0.5)]


def card(*edits: Edit) -> str:
    settings = {**RunConfig(edits=edits).as_json(), "found": "3 images"}
    return make_card(settings, ROWS, "pairs", None)


def test_a_kept_image_that_a_later_edit_changed_is_claimed_no_more():
    keep = Edit(kind="picture", prototype=32, synthesis=SynthesisConfig(seed=4))
    retell = Edit(kind="caption", prototype=32, caption=7)
    assert "the image of seed 4 kept for prototype 33\n" in card(retell, keep)
    given_up = "the image of seed 4 kept for prototype 33, given up when that was changed; another"
    assert given_up in card(keep, retell)
    assert "given up" in card(keep, Edit(kind="merge", prototype=1, other=32))
    assert "given up" not in card(keep, Edit(kind="drop", prototype=1))


def test_the_card_says_how_its_numbers_are_counted():
    assert "counted from 0, where the page counts from 1" in card()


def test_the_card_of_an_imported_set_promises_no_prototypes():
    settings = {**RunConfig().as_json(), "method": IMPORTED, "found": "20 pairs"}
    told = make_card(settings, ROWS, "pairs", None)
    assert "learned.safetensors" in told
    assert "prototype" not in told
