import numpy as np
import pytest
from PIL import Image

from explorer.sets.folder import DistilledSet, Row
from explorer.sets.moments import BestMoment
from explorer.types import Samples

ROWS = [Row(f"{k:06d}.png", f"caption {k}", k, 1, 0, 0.5) for k in range(2)]


def offer(best: BestMoment, step: int, score: float) -> None:
    images = [Image.new("RGB", (4, 4), (step, step, step))] * len(ROWS)
    learned = Samples(text_embeddings=np.full((2, 3), step, np.float32))
    best.offer(step, score, ROWS, images, learned)


def kept_in(folder) -> list[str]:
    return sorted(path.name for path in folder.glob(".partial-*"))


def test_the_first_of_the_best_moments_is_kept_alone(tmp_path):
    best = BestMoment(tmp_path)
    for step, score in ((1, 10.0), (2, 30.0), (3, 30.0), (4, 20.0)):
        offer(best, step, score)
    assert (best.step, best.score) == (2, 30)
    assert kept_in(tmp_path) == [".partial-moment-000002"]
    again = BestMoment(tmp_path)
    assert (again.step, again.score) == (2, 30)


def test_the_set_becomes_what_it_was_at_its_best(tmp_path):
    best, target = BestMoment(tmp_path), DistilledSet(tmp_path)
    offer(best, 5, 30.0)
    target.add([], ROWS[:1], [Image.new("RGB", (4, 4))])
    target.write_learned(Samples(text_embeddings=np.zeros((2, 3), np.float32)))
    assert best.restore() == ROWS
    assert Image.open(target.images / ROWS[1].file_name).getpixel((0, 0)) == (5, 5, 5)
    assert target.learned().text_embeddings.tolist() == [[5] * 3] * 2
    best.forget()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["learned.safetensors", "train"]


@pytest.mark.parametrize("content", [None, b"{", b'{"score": "high", "step": 7}', b'{"step": 7}'])
def test_a_moment_that_was_not_written_whole_is_none(tmp_path, content):
    offer(BestMoment(tmp_path), 7, 30.0)
    look = tmp_path / ".partial-moment-000007" / "look.json"
    look.unlink() if content is None else look.write_bytes(content)
    best = BestMoment(tmp_path)
    assert (best.step, best.score) == (-1, -1)
    offer(best, 7, 20.0)
    assert BestMoment(tmp_path).score == 20
