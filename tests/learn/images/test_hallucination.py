"""Styles, and what they have in common, equal the official ones."""

import torch

from explorer.learn.images.hallucination import content, styled
from tests.learn.towers import close, tensors
from tests.recorded import part, read, recorded, variants


def style(case, prefix: str):
    own = tensors(part(read(case), f"{prefix}__"))
    names = {"enc": "in", "dec": "out"}
    renamed = {}
    for name, each in own.items():
        layer, dot, what = name.partition(".")
        renamed[names.get(layer, layer) + dot + what] = each
    return renamed


@recorded("img_haba")
def test_a_base_in_a_style_equals_the_recorded_one(case):
    own = tensors(read(case))
    for (number,) in variants(own, r"out_(\d+)"):
        close(styled(own["base"], style(case, f"style{number}")), own[f"out_{number}"], 1e-4)


@recorded("img_haba")
def test_a_grey_base_shows_colours(case):
    own = tensors(read(case))
    close(styled(own["single__base"], style(case, "single")), own["single__out"], 1e-4)


@recorded("img_haba")
def test_what_two_styles_have_in_common_equals_the_recorded_terms(case):
    own = tensors(read(case))
    found = content(own["embed"], own["logits"], own["label"])
    close(0.1 * found.different, own["club"], 1e-4)
    close(found.classes, own["cls"], 1e-4)
    close(0.1 * found.alike, own["likeli"], 1e-4)
    close(0.1 * found.contrast, own["contrast"], 1e-4)


def test_styles_differ_in_no_base_where_they_are_the_same():
    rng = torch.Generator().manual_seed(0)
    features = torch.randn(3, 5, generator=rng)
    found = content(features.repeat(2, 1), torch.zeros(6, 2), torch.tensor([0, 1, 1]))
    torch.testing.assert_close(found.different, torch.tensor(1.0))
    torch.testing.assert_close(found.alike, torch.tensor(0.0))
