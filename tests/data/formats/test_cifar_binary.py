from explorer.data.found import look_into, read_splits
from tests.data.arrays import cifar_100_binary
from tests.data.greys import write


def test_a_coarse_label_comes_as_a_column(tmp_path):
    train = read_splits(str(cifar_100_binary(tmp_path / "data")))[1]["train"]
    column = train.columns["coarse_label"]
    assert [column.names[n] for n in column.values[:3]] == ["group 0", "group 1", "group 2"]


def test_a_batch_that_lacks_among_others_is_named(tmp_path):
    for n in (1, 2, 4):
        rows = b"".join(bytes([label]) + bytes([n]) * 3072 for label in range(3))
        write(tmp_path / f"data_batch_{n}.bin", rows)
    notes = look_into(str(tmp_path)).notes
    assert "Files that seem to be missing: data_batch_3.bin." in notes
