import os
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.config import PrototypeConfig, RunConfig
from explorer.ui import layout, routes
from explorer.ui.service import Service
from tests.ui.worlds import store_prepared, write_folder

WAITING = Path(__file__).parents[1] / "pipeline" / "waiting_program.py"


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> tuple[Path, RunConfig]:
    """A cache that holds one prepared dataset, and the setting that it belongs to."""
    folder = tmp_path_factory.mktemp("world")
    data = write_folder(folder / "scenes-in-a-folder")
    config = RunConfig(data=str(data), prototypes=PrototypeConfig(n_prototypes=12))
    store_prepared(folder / "cache", config)
    return folder / "cache", config


@pytest.fixture
def config(world) -> RunConfig:
    return world[1]


@pytest.fixture
def service(world) -> Service:
    return Service(world[0])


@pytest.fixture
def client(service) -> TestClient:
    """The whole page in this process."""
    page = layout.build(service)
    return TestClient(App.create_app(page, app_kwargs=routes.app_kwargs(service)))


@pytest.fixture
def asked(config) -> dict[str, str]:
    """The prepared setting as the page asks for it."""
    return {"data": config.data, "bundle": config.bundle, "n_prototypes": "12"}
