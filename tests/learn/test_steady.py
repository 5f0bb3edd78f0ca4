"""What ends learning, and which setting is to blame."""

import math

import pytest
import torch

from explorer.errors import ConfigError
from explorer.learn.steady import AtOnce, check_loss, is_out_of_memory, relative, to_lower


@pytest.mark.parametrize(
    ("loss", "first"), [(1.0, 1.0), (9e5, 1.0), (-9e5, -1.0), (900.0, 0.0), (900.0, 1e-9)]
)
def test_a_loss_may_grow_much(loss, first):
    check_loss(3, loss, first, "rate")


@pytest.mark.parametrize(
    ("loss", "first", "told"),
    [
        (math.nan, 1.0, "no number any more"),
        (-math.inf, 1.0, "no number any more"),
        (2e6, 1.0, "2.0e+06 times that of the first"),
        (-2e6, 1.0, "2.0e+06 times that of the first"),
        (2e3, 0.0, "is 2.0e+03:"),
    ],
)
def test_a_loss_that_runs_away_says_what_to_lower(loss, first, told):
    with pytest.raises(ConfigError, match=r"step 3 .*lower rate and begin again") as error:
        check_loss(3, loss, first, "rate")
    assert told in str(error.value)


def test_a_step_is_measured_by_what_it_changes():
    assert relative(torch.tensor([3.0, 4.0]), torch.tensor([0.0, 10.0])) == pytest.approx(0.5)
    assert relative(torch.tensor([3.0]), torch.zeros(1)) == 0


SETTINGS = {"images": "image_rate", "texts": "text_rate", "rates": "rate_rate"}


@pytest.mark.parametrize(
    ("moved", "lower"),
    [
        ({"images": 0.1, "texts": 3.0, "rates": 1.5}, "text_rate"),
        ({"images": 9.0, "texts": math.nan}, "text_rate"),
        ({"images": math.inf, "texts": 3.0}, "image_rate"),
        ({"images": 0.1, "texts": 0.3}, "text_rate or start_rate"),
        ({}, "start_rate"),
    ],
)
def test_the_rate_of_what_moved_furthest_is_to_blame(moved, lower):
    assert to_lower(moved, SETTINGS, ["start_rate"]) == lower


def test_no_setting_is_named_twice():
    assert to_lower({"images": 0.1}, SETTINGS, ["image_rate", "x"]) == "image_rate or x"


@pytest.mark.parametrize(
    ("error", "is_it"),
    [
        (torch.OutOfMemoryError("CUDA"), True),
        (MemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried ..."), True),
        (RuntimeError("shapes do not fit"), False),
        (ValueError("can't allocate memory"), False),
    ],
)
def test_memory_that_ran_out_is_told_from_other_errors(error, is_it):
    assert is_out_of_memory(error) == is_it


def test_fewer_pass_at_once_until_it_is_one():
    at_once = AtOnce(5)
    told = [at_once.halve() for _ in range(3)]
    assert at_once.n == 1
    assert ["2 at a time" in told[0], "1 at a time" in told[1], told[2]] == [True, True, ""]
