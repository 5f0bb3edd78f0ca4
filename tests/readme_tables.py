"""Tables of README and docs, made from declarations: `python -m tests.readme_tables`."""

import re
from collections.abc import Iterator
from pathlib import Path

from explorer.config import MapConfig
from explorer.methods.registry import all_methods
from explorer.settings import Settings, declared
from explorer.tasks.registry import TASKS
from explorer.ui.forms.settings import Part, all_parts, of_method

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def method_lines() -> Iterator[str]:
    yield "| `--method` | for | what the set is | paper |"
    yield "|---|---|---|---|"
    for name, each in all_methods().items():
        tasks = ", ".join(TASKS[task].label.lower() for task in each.tasks)
        yield f"| `{name}` | {tasks} | {each.about} | {each.paper or '–'} |"


def setting_lines() -> Iterator[str]:
    yield "| setting | default | what it does |"
    yield "|---|---|---|"
    yield from _section("Map, fixed for now", MapConfig)
    for part in all_parts():
        yield from _section(_heading(part), part.kind)


def _heading(part: Part) -> str:
    """The part, with the methods that have it where it is that of a few."""
    owners = [name for name, each in all_methods().items() if part in of_method(each)]
    task = [each.label for each in TASKS.values() if each.config is part.kind]
    return f"{part.label}: {', '.join(owners + task)}"


def _section(heading: str, kind: type[Settings]) -> Iterator[str]:
    yield f"| **{heading}** | | |"
    for each in declared(kind):
        default = ", ".join(each.default) if isinstance(each.default, tuple) else each.default
        option = f" (`{each.flag}`)" if each.option != each.name else ""
        yield f"| `{each.name}`{option} | {default if default != '' else 'none'} | {each.help} |"


PAGES = {
    ROOT / "docs" / "methods.md": {"methods": method_lines},
    ROOT / "docs" / "settings.md": {"settings": setting_lines},
}
"""By page: its tables, and what makes their lines."""


def with_tables(page: Path) -> str:
    """The text of a page with its tables as the declarations are now."""
    text = page.read_text("utf-8")
    for name, lines in PAGES[page].items():
        inside = "\n".join(lines())
        pattern = rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)"
        assert re.search(pattern, text, re.DOTALL), f"{page.name} has no place for {name}"
        text = re.sub(
            pattern, lambda found, s=inside: found[1] + s + found[2], text, flags=re.DOTALL
        )
    return text


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(with_tables(page), "utf-8")
