import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # tests beside each other have a core each
    os.environ.setdefault("OMP_NUM_THREADS", "1")


from explorer.config import SynthesisConfig
from explorer.data.built_in import BUILT_IN
from explorer.methods.prototypes.pds import PdsSettings
from explorer.models.bundles import BUNDLES, Bundle
from explorer.runs.config import RunConfig
from explorer.scenes.world import open_labelled_scenes
from explorer.tasks.retrieval_students import RetrievalConfig
from tests.colours import write_colours


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """What tests write need not outlast a loss of power."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("os.fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory) -> Bundle:
    from tests.tiny_models import make_tiny_bundle  # late: most tests here need no torch

    return make_tiny_bundle(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_karlo(tiny_bundle, tmp_path_factory) -> Bundle:
    """The tiny bundle with a tiny Karlo for a decoder."""
    from tests.tiny_models import make_tiny_karlo_bundle

    return make_tiny_karlo_bundle(tiny_bundle, tmp_path_factory.mktemp("karlo"))


@pytest.fixture
def bundle(tiny_bundle, monkeypatch) -> Bundle:
    """The tiny bundle, under its name among the others."""
    monkeypatch.setitem(BUNDLES, tiny_bundle.name, tiny_bundle)
    return tiny_bundle


@pytest.fixture
def colours(tmp_path) -> Path:
    """A folder with 20 train, 5 val and 6 test images, two captions each."""
    return write_colours(tmp_path / "colours")


@pytest.fixture
def few_scenes(monkeypatch) -> str:
    """The name of a few labelled images of Scenes, with captions and masks."""
    few = partial(open_labelled_scenes, "kinds", n_train=80, n_val=12, n_test=12)
    monkeypatch.setitem(BUILT_IN, "few-scenes", few)
    return "few-scenes"


@pytest.fixture
def config(colours, bundle) -> RunConfig:
    return RunConfig(
        data=str(colours),
        bundle=bundle.name,
        size=11,
        settings=PdsSettings(synthesis=SynthesisConfig(steps=2)),
        evaluation=RetrievalConfig(n_seeds=2, epochs=10),
    )
