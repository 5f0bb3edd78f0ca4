import pytest

from explorer.__main__ import main
from tests.data.greys import csv_of, write, write_images

LEVELS = {"0.png": 10, "1.png": 20, "gone.png": 30, "bad.png": 40, "../out.png": 50, "4.png": 60}


@pytest.fixture
def messy(tmp_path):
    """A table with a missing image, a broken one, a name that leads out, and no caption."""
    folder = tmp_path / "messy"
    write_images(folder / "Images", {"0.png": 10, "1.png": 20, "4.png": 60})
    write(folder / "Images" / "bad.png", "no image")
    write(folder / "train.csv", csv_of(LEVELS) + "1.png,\n")
    write_images(folder / "Images", {"t.png": 20})
    write(folder / "test.csv", csv_of({"t.png": 20}))
    return folder


@pytest.fixture
def command(capsys, monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def run(*arguments: object) -> tuple[int, str, str]:
        return (main([*map(str, arguments)]), *capsys.readouterr())

    return run
