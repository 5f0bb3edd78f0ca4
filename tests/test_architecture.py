"""The folder listing is the architecture: who may import whom, and what may wait."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path.relative_to(ROOT) for path in (ROOT / "explorer").rglob("*.py"))
# Bottom to top; the command line and what Python programs use stand beside the page.
LAYERS = [
    *("errors", "types", "settings", "progress", "config", "core", "models", "learn", "scenes"),
    *("store", "data", "sets", "engine", "steps", "tasks", "methods", "explore", "runs"),
    *("compare", "report", "ui", "commands", "__main__", "api"),
]
# Rooms of learn/, bottom to top; "" is the loop that learns sets, which lies beside them.
LEARN = ["networks", "inner", "students", "", "images", "pairs"]
MODEL_LIBRARIES = ["torch", "torchvision", "open_clip", "diffusers", "timm", "transformers"]
PAGE_LIBRARIES = ["gradio", "fastapi", "starlette", "uvicorn", "plotly"]
ONLY_IN = dict.fromkeys(MODEL_LIBRARIES, ("models", "learn", "scenes"))
ONLY_IN |= dict.fromkeys(PAGE_LIBRARIES, ("ui",))
SENDS = Path("explorer/engine/sent.py")  # to processes that it started, and nothing is kept
MOST_LINES = 60  # of a function; the linter of the scripts has the same limit
UNSAFE = {"pickle", "joblib", "dill", "cloudpickle"}  # reading their files runs what is in them


def imported(path: Path) -> set[str]:
    """Names of all modules that a file imports, at its top or later."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {node.module or ""}
            if node.module == "explorer":
                names |= {f"explorer.{alias.name}" for alias in node.names}
    return names


def layer_of(path: Path) -> str:
    return path.relative_to("explorer").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_point_down(path):
    layer = layer_of(path)
    for name in imported(path):
        if name.startswith("explorer."):
            assert LAYERS.index(name.split(".")[1]) <= LAYERS.index(layer), name


def room_of(parts: tuple[str, ...]) -> str:
    """The room of learn/ that a module lies in, by its parts below learn/."""
    return parts[0] if len(parts) > 1 or parts[0] in LEARN else ""


def test_imports_point_down_within_learn():
    for path in FILES:
        parts = path.with_suffix("").parts[2:]
        if layer_of(path) == "learn" and parts != ("__init__",):
            for name in imported(path):
                if name.startswith("explorer.learn."):
                    theirs = room_of(tuple(name.split(".")[2:]))
                    assert LEARN.index(theirs) <= LEARN.index(room_of(parts)), (path, name)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_libraries_stay_in_their_layer(path):
    layer = layer_of(path)
    for library in {name.split(".")[0] for name in imported(path)}:
        assert layer in ONLY_IN.get(library, (layer,)), f"{library} in {layer}"
        assert library not in UNSAFE or path == SENDS


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name == "__init__.py"][1:], ids=str
)
def test_packages_stay_empty(path):
    assert (ROOT / path).read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_function_is_longer_than_a_screen(path):
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < MOST_LINES, node.name


def modules_of_the_first_page() -> list[str]:
    """What the page's process imports before it answers; the page itself is tested with it."""
    light = [
        path
        for path in FILES
        if layer_of(path) not in ("models", "learn", "scenes", "ui", "__main__")
    ]
    light += [path for path in FILES if path == Path("explorer/models/bundles.py")]
    names = [".".join(path.with_suffix("").parts) for path in light]
    return [name.removesuffix(".__init__") for name in names]


def test_the_first_page_waits_for_no_heavy_import():
    heavy = ["torch", "umap", "numba", "sklearn", "open_clip", "diffusers", "timm", "transformers"]
    program = "import importlib, sys\n"
    program += f"for name in {modules_of_the_first_page()}: importlib.import_module(name)\n"
    program += f"print([name for name in {heavy} if name in sys.modules])"
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_every_folder_is_a_layer():
    found = {path.relative_to("explorer").parts[0].removesuffix(".py") for path in FILES}
    assert found - {"__init__"} == set(LAYERS)


def test_no_file_outside_methods_names_a_method():
    """But for words that are names of something else, too."""
    from explorer.methods.registry import all_methods

    elsewhere = {"forgetting", "all", "dsa"}  # a step, what "every" is called, an augmentation
    names = set(all_methods()) - elsewhere
    for path in FILES:
        if layer_of(path) != "methods":
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            assert not names & {each for each in said if isinstance(each, str)}, path


def test_no_file_outside_tasks_names_a_metric():
    from explorer.tasks.registry import TASKS

    names = {metric.name for task in TASKS.values() for metric in task.metrics} - {"recall"}
    for path in FILES:
        if layer_of(path) != "tasks":
            text = (ROOT / path).read_text(encoding="utf-8")
            assert not [name for name in names if f'"{name}"' in text], path
    for script in sorted((ROOT / "assets" / "ui").rglob("*.js")):
        assert not [n for n in names if f"'{n}'" in script.read_text(encoding="utf-8")], script
