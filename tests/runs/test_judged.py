"""What a referee found, written and read again."""

import pytest

from explorer.errors import BadDataError
from explorer.runs.config import RefereeConfig, RunConfig
from explorer.runs.judged import FILES, ROWS, Judged, cells, head, read_judged, write_judged

ROW = Judged(
    set="mine | yours",
    method="pds",
    pairs=1200,
    random_pairs=1201,
    bytes=12_345_678,
    words=9.04,
    seconds=61.25,
    memory=3 * 2**20,
    covered=50.0,
    covered_rare=25.0,
    copies=2,
    near_test=1,
    network="resnet",
    seen="unseen",
    as_kept=(30.0, 1.0),
    as_opened=(29.0, 1.0),
    chance=(20.0, 2.0),
    over_chance=(10.0, 2.5),
    p=0.0123,
    to_all=None,
    label_robust=None,
    augmented=None,
    augmentation_robust=None,
)
PLAN = RefereeConfig(runs=("a", "b"), n_random=3)


def test_rows_are_read_as_they_were_written(tmp_path):
    assert read_judged(tmp_path) == []
    write_judged(tmp_path, [ROW, ROW._replace(p=None, seen="")], RunConfig(), PLAN)
    first, second = read_judged(tmp_path)
    assert first._replace(as_kept=tuple(first.as_kept)).as_kept == ROW.as_kept
    assert (first.set, first.to_all, second.p) == (ROW.set, None, None)
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_the_table_tells_rows_by_what_people_read():
    told = dict(zip(head(RunConfig()), cells(ROW), strict=True))
    assert (told["pairs"], told["random pairs"], told["KB"]) == ("1,200", "1,201", "12,346")
    assert (told["over chance"], told["p (Holm)"]) == ("10.0 ± 2.5", "0.012")
    assert (told["words"], told["seconds"], told["MiB"]) == ("9.0", "61.2", "3")
    missing = ("to all", "label-robust", "otherwise augmented", "augmentation-robust")
    assert {told[name] for name in missing} == {"–"}


def test_sets_of_classes_count_images():
    names = head(RunConfig(data="digits", task="classification"))
    assert {"images", "random images"} <= set(names)


def test_a_name_does_not_break_the_table(tmp_path):
    write_judged(tmp_path, [ROW], RunConfig(), PLAN)
    lines = [each for each in (tmp_path / "table.md").read_text().splitlines() if "mine" in each]
    assert len(lines) == 1
    assert lines[0].replace(r"\|", "").count("|") == len(head(RunConfig())) + 1


@pytest.mark.parametrize("content", ["", "{}", '[{"set": 3}]'])
def test_a_damaged_file_is_one_sentence(tmp_path, content):
    (tmp_path / ROWS).write_text(content)
    with pytest.raises(BadDataError, match=r"^referee.json is damaged\.$"):
        read_judged(tmp_path)
