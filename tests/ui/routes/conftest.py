import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from explorer.ui.routes import serve
from explorer.ui.service import Service


@pytest.fixture
def client(service: Service) -> TestClient:
    """The routes without the page, which takes longer to be built than to be asked."""
    app = FastAPI(**serve.app_kwargs(service))
    app.auth = app.auth_dependency = None  # as Gradio has it where nobody logs in
    return TestClient(app)
