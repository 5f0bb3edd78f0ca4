from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data.found import read_splits
from explorer.engine.image_pass import Network, pass_over
from explorer.progress import silent

REAL = Path(__file__).parents[3] / "shared" / "data" / "odd"


def test_a_pass_that_looks_for_nothing_known_reads_no_file_a_second_time(colours, tmp_path):
    train = read_splits(str(colours))[1]["train"]

    def content(i: int) -> bytes:
        raise AssertionError("read for its bytes")

    watched = replace(train, stored=train.stored._replace(content=content))
    network = Network("mean", np.asarray, lambda prepared: np.array([[p.mean()] for p in prepared]))
    found = pass_over(tmp_path, watched, range(20), [network], "Reading", silent)
    assert set(found.arrays) == {"mean", "picture"}


@pytest.mark.skipif(not REAL.is_dir(), reason="the collection of odd images is not here")
@pytest.mark.filterwarnings("ignore")
def test_a_pass_over_odd_images_skips_and_lists_what_it_cannot_read(tmp_path):
    names = sorted(each.name for each in REAL.iterdir() if each.suffix != ".json")
    for name in names:
        (tmp_path / name).write_bytes((REAL / name).read_bytes())
        (tmp_path / f"{Path(name).stem}.txt").write_text("An image")
    pairs = read_splits(str(tmp_path))[1]["train"]
    network = Network("mean", np.asarray, lambda prepared: np.array([[p.mean()] for p in prepared]))
    found = pass_over(
        tmp_path / "scratch", pairs, range(33), [network], "Reading", silent, thumbnails=True
    )
    assert sorted(pairs.image_names) == names
    assert len(np.load(found.arrays["mean"])) == 33 - len(found.skipped)
    reasons = {line.partition(": ")[0]: line.rpartition(": ")[2] for line in found.skipped}
    assert reasons == {
        "empty.jpg": "it is empty.",
        "html_error_page.jpg": "it is a web page or other text, no image.",
        "huge_108mp.jpg": "12000 x 9000 pixels, more than 89,478,485.",
        "photo.heic": "it is HEIC, which Pillow does not know; save it as JPEG.",
        "truncated.jpg": "image file is truncated (8 bytes not processed).",
        "truncated_half.jpg": "image file is truncated (2 bytes not processed).",
    }
