"""Heads as functions of a flat vector of weights."""

import torch

from explorer.learn.networks.heads import Head, Towers, unit
from explorer.learn.students.student import ProjectionHead


def test_a_head_is_the_module_of_the_same_weights():
    rng = torch.Generator().manual_seed(0)
    module, head = ProjectionHead(5, 3, rng), Head(5, 3)
    weights = torch.nn.utils.parameters_to_vector(module.parameters())
    assert head.size == len(weights)
    x = torch.randn(4, 5, generator=rng)
    torch.testing.assert_close(head(weights, x), module(x))


def test_a_head_starts_as_the_module_does():
    head = Head(5, 3)
    start = head.start(torch.Generator().manual_seed(0))
    module = ProjectionHead(5, 3, torch.Generator().manual_seed(0))
    assert torch.equal(start, torch.nn.utils.parameters_to_vector(module.parameters()))


def test_cosines_are_of_unit_rows():
    rng = torch.Generator().manual_seed(0)
    towers = Towers(Head(4, 3), Head(6, 3))
    weights = towers.start(rng)
    image, text = torch.randn(2, 4, generator=rng), torch.randn(5, 6, generator=rng)
    found = towers.cosines(weights, image, text)
    expected = unit(towers.image(weights[0], image)) @ unit(towers.text(weights[1], text)).T
    assert found.shape == (2, 5)
    torch.testing.assert_close(found, expected)
    assert found.abs().max() <= 1 + 1e-6
