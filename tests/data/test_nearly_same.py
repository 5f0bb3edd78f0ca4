"""Images that were saved again, or scaled, are found among those that `inspect` opens."""

import numpy as np
from PIL import Image

from explorer.data.inspect import inspect, told
from tests.data.greys import write


def test_a_copy_that_was_saved_again_is_found(tmp_path):
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for n in range(4):
            pixels = rng.integers(80, 180, size=(6, 8, 3), dtype=np.uint8)
            path = tmp_path / split / f"{split}{n}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(pixels).resize((64, 48), Image.Resampling.BICUBIC).save(path)
            write(path.with_suffix(".txt"), "a")
    original = Image.open(tmp_path / "train" / "train2.png")
    original.save(tmp_path / "test" / "copy.jpg", quality=80)
    original.resize((32, 24), Image.Resampling.BOX).save(tmp_path / "test" / "small.png")
    for name in ("copy", "small"):
        write(tmp_path / "test" / f"{name}.txt", "a")
    found = inspect(str(tmp_path))
    (near,) = [e for e in found["nearly_same"] if {e["split"], e["other"]} >= {"test"}]
    assert near["n_images"] == 2
    assert sorted(near["examples"]) == ["test/copy.jpg", "test/small.png"]
    assert "2 of test look like one of" in told(found)
