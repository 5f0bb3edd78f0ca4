import numpy as np
import pytest

from tests.tiny_models import DIM


@pytest.fixture(scope="session")
def prototypes() -> np.ndarray:
    """(3, DIM) float32, one for each caption in `drawing.py`."""
    return np.random.default_rng(0).normal(size=(3, DIM)).astype(np.float32)


@pytest.fixture
def no_network(monkeypatch):
    """Fails on the spot when something looks a host up."""

    def refuse(host, *rest, **more):
        raise AssertionError(f"looked up {host}")

    monkeypatch.setattr("socket.getaddrinfo", refuse)


@pytest.fixture
def hub_cache(tmp_path, monkeypatch):
    """An empty cache of the Hugging Face Hub; gives a function that puts a folder in it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    def put(name: str, folder, version: str = "main") -> None:
        repository = tmp_path / f"models--{name.replace('/', '--')}"
        reference = repository / "refs" / version
        reference.parent.mkdir(parents=True)
        reference.write_text("0" * 40)
        (repository / "snapshots").mkdir()
        (repository / "snapshots" / ("0" * 40)).symlink_to(folder)

    return put
