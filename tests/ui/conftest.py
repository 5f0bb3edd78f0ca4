import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported

import numpy as np
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from playwright.sync_api import Browser, sync_playwright

from explorer.runs.config import RunConfig, view_of
from explorer.ui import page as layout
from explorer.ui.routes import serve as routes
from explorer.ui.service import Service
from tests.ui.browsing import CHROMIUM, FLAGS, served
from tests.ui.worlds import key_of, store_prepared, write_folder

HERE = Path(__file__).parent
WAITING = Path(__file__).parents[1] / "runs" / "waiting_program.py"


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> tuple[Path, RunConfig]:
    """A cache that holds one prepared dataset, and the setting that it belongs to."""
    folder = tmp_path_factory.mktemp("world")
    data = write_folder(folder / "scenes-in-a-folder")
    config = RunConfig(data=str(data), size=12)
    store_prepared(folder / "cache", view_of(config))
    return folder / "cache", config


@pytest.fixture
def config(world) -> RunConfig:
    return world[1]


@pytest.fixture
def service(world, tmp_path) -> Service:
    return Service(shutil.copytree(world[0], tmp_path / "cache"))


@pytest.fixture
def client(service) -> TestClient:
    """The whole page in this process."""
    page = layout.build(service)
    return TestClient(App.create_app(page, app_kwargs=routes.app_kwargs(service)))


@pytest.fixture
def asked(config) -> dict[str, str]:
    """The prepared setting as the page asks for it."""
    return {"data": config.data, "bundle": config.bundle, "n_prototypes": "12"}


@pytest.fixture
def base(client, asked) -> str:
    """Where the routes of the prepared setting begin."""
    return f"{routes.PREFIX}/prepared/{key_of(client, asked)}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("There is no chromium on the path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def pacing(pacing_program) -> Iterator[SimpleNamespace]:
    """The program on a prepared dataset, with runs that only let a curve grow; none is left."""
    yield pacing_program
    for run in pacing_program.service.runs.queue():
        pacing_program.service.runs.cancel(run.id)


@pytest.fixture(scope="module")
def pacing_program(world, tmp_path_factory) -> Iterator[SimpleNamespace]:
    prepared, config = world
    cache = shutil.copytree(prepared, tmp_path_factory.mktemp("pacing") / "cache")
    service = Service(cache, config.data, [str(HERE / "pacing_program.py")])
    service.studio = lambda bundle: Parrot(service)
    with served(service) as address:
        yield SimpleNamespace(service=service, address=f"{address}?n_prototypes=12")


class Parrot:
    """Stands in for an encoder: the embedding of "like 7" is that of image 7."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def embed_captions(self, texts: list[str]) -> np.ndarray:
        (prepared,) = self.service._prepared.values()
        return np.stack([prepared.image[int(text.split()[1])] for text in texts])
