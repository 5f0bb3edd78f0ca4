import pytest
import torch

from explorer.errors import ConfigError
from explorer.models.devices import ModelPool, half_on_cuda, pick_device, pick_devices


def test_the_cpu_is_always_there():
    assert pick_device("cpu") == torch.device("cpu")


def test_auto_is_the_best_there_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert pick_device("auto").type == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert pick_device("auto").type == "mps"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert pick_device("auto").type == "cpu"


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cpu:1", "", "mps:0"])
def test_an_unknown_device_is_answered_with_the_known_ones(name):
    with pytest.raises(ConfigError, match=r"auto, cpu, cuda, cuda:1 \.\.\., mps"):
        pick_device(name)


def test_a_device_that_is_not_here_is_told_by_its_number(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert pick_device("cuda:0") == torch.device("cuda:0")
    with pytest.raises(ConfigError, match=r"cuda:1 is not here: this machine has 1 CUDA"):
        pick_device("cuda:1")


def test_half_precision_is_for_cuda_alone():
    assert half_on_cuda(torch.device("cpu")) == torch.float32
    assert half_on_cuda(torch.device("cuda:0")) == torch.float16


def test_auto_is_every_cuda_device_there_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert pick_devices("auto") == [torch.device("cuda:0"), torch.device("cuda:1")]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert pick_devices("auto") == [torch.device("cpu")]


def test_several_devices_are_named_with_commas(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    assert pick_devices("cuda:2,cuda:0") == [torch.device("cuda:2"), torch.device("cuda:0")]
    with pytest.raises(ConfigError, match="No device ''"):
        pick_devices("cuda:0,")


def test_a_crew_takes_turns_and_nobody_works_for_two():
    pool = ModelPool(["a", "b"])
    with pool.one() as first, pool.one() as second:
        assert (first, second) == ("a", "b")
        assert pool._free.empty()
    with pytest.raises(ValueError, match="failed"), pool.one():
        raise ValueError("failed")
    assert pool._free.qsize() == pool.size == 2
