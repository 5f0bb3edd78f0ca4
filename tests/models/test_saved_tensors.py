import zipfile

import pytest
import torch

from explorer.errors import BadDataError
from explorer.models.saved_tensors import read_tensors


def saved(path, value):
    torch.save(value, path)
    return path


def test_tensors_lists_and_numbers_are_read_as_arrays(tmp_path):
    value = {"image": torch.ones(2, requires_grad=True), "params": [torch.zeros(1)], "iter": 3}
    found = read_tensors(saved(tmp_path / "a.pt", value))
    assert found["image"].tolist() == [1, 1]
    assert found["params"][0].tolist() == [0]
    assert found["iter"] == 3
    assert read_tensors(saved(tmp_path / "b.pt", torch.ones(1)))[""].tolist() == [1]


def test_numbers_of_any_float_are_float32(tmp_path):
    value = {str(kind): torch.ones(1, dtype=kind) for kind in (torch.half, torch.double)}
    assert {each.dtype.name for each in read_tensors(saved(tmp_path / "a.pt", value)).values()} == {
        "float32"
    }


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (torch.zeros(1, 1).expand(40_000, 40_000), "repeats numbers, of 40000 x 40000"),
        (torch.zeros(2, 2).to_sparse(), "another kind"),
        (torch.zeros(2, device="meta"), "another kind"),
        (torch.zeros(2, dtype=torch.complex64), "another kind"),
        ({1, 2}, "set where a tensor"),
    ],
    ids=["expanded", "sparse", "meta", "complex", "set"],
)
def test_what_is_no_array_or_would_fill_the_memory_is_a_sentence(tmp_path, value, told):
    with pytest.raises(BadDataError, match=told):
        read_tensors(saved(tmp_path / "a.pt", {"image": value}))


def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path):
    path = saved(tmp_path / "a.pt", torch.zeros(10_000))
    with zipfile.ZipFile(path) as file, zipfile.ZipFile(tmp_path / "b.pt", "w", 8) as packed:
        for each in file.infolist():
            packed.writestr(each.filename, file.read(each))
    with pytest.raises(BadDataError, match="is packed"):
        read_tensors(tmp_path / "b.pt")
