"""README and docs tell methods and settings: their tables are made from declarations."""

import re
from pathlib import Path

import pytest

from tests.readme_tables import PAGES, README, with_tables


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_are_those_of_the_declarations(page):
    assert page.read_text("utf-8") == with_tables(page), "run `python -m tests.readme_tables`"


def test_the_space_runs_the_gradio_that_is_required():
    required = (README.parent / "requirements.txt").read_text()
    (version,) = [line.split("==")[1] for line in required.splitlines() if "gradio==" in line]
    assert f"sdk_version: {version}\n" in README.read_text("utf-8")


ROOT = README.parent
TEXTS = [README, ROOT / "SECURITY.md", ROOT / "assets" / "README.md", *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_are_there(page):
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text)
    for link in filter(lambda each: not each.startswith("http"), map("".join, links)):
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not heading or heading in _headings(target), link


def _headings(page: Path) -> set[str]:
    """What GitHub calls the headings of a page in links."""
    found = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}
