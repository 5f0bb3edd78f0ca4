"""README and docs tell methods and settings: their tables are made from declarations."""

import pytest

from tests.readme_tables import PAGES, README, with_tables


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_are_those_of_the_declarations(page):
    assert page.read_text("utf-8") == with_tables(page), "run `python -m tests.readme_tables`"


def test_the_space_runs_the_gradio_that_is_required():
    required = (README.parent / "requirements.txt").read_text()
    (version,) = [line.split("==")[1] for line in required.splitlines() if "gradio==" in line]
    assert f"sdk_version: {version}\n" in README.read_text("utf-8")


def test_images_in_the_readme_are_there():
    text = README.read_text("utf-8")
    shown = [part.split(")")[0] for part in text.split("](")[1:]]
    local = [path for path in shown if not path.startswith(("http", "#"))]
    assert local
    assert all((README.parent / path.split("#")[0]).exists() for path in local)
