from explorer.data.open import read_splits
from tests.data.arrays import cifar_100_binary


def test_a_coarse_label_comes_as_a_column(tmp_path):
    train = read_splits(str(cifar_100_binary(tmp_path / "data")))[1]["train"]
    column = train.columns["coarse_label"]
    assert [column.names[n] for n in column.values[:3]] == ["group 0", "group 1", "group 2"]
