import posixpath
import re
import subprocess
import sys
from collections import Counter
from types import SimpleNamespace

import gradio as gr
import pytest

import app
from explorer.ui import page as layout
from explorer.ui.routes import static
from explorer.ui.theme import make_theme
from tests.ui.browsing import free_port

HEAVY = ("torch", "umap", "sklearn", "open_clip", "diffusers", "timm", "plotly")


def test_the_page_is_built_without_heavy_imports(tmp_path):
    code = (
        "import sys; import app; from explorer.ui import page as layout; "
        f"from explorer.ui.service import Service; layout.build(Service({str(tmp_path)!r})); "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_port_that_is_taken_is_told_in_a_sentence(service, monkeypatch, capsys):
    def launch(**_: object) -> None:
        raise OSError("Cannot find empty port in range: 7860-7860.")

    monkeypatch.setattr(app, "Service", lambda *_, **__: service)
    monkeypatch.setattr(service, "begin_models", lambda: None)
    monkeypatch.setattr(layout, "build", lambda *_, **__: SimpleNamespace(launch=launch))
    monkeypatch.setattr(sys, "argv", ["app.py", "--port", "7860"])
    assert app.main() == app.EXIT_WRONG
    told = capsys.readouterr().err
    assert "127.0.0.1:7860 cannot be listened on" in told
    assert "name another --port" in told


def test_the_contracts_element_ids_are_there_and_no_state_holds_a_connection(service):
    page = layout.build(service)
    ids = {block.elem_id for block in page.blocks.values()}
    assert {"map", "inspector", "synthesize", "runs", "start-run"} <= ids
    assert not any(isinstance(block, gr.State) for block in page.blocks.values())


def test_no_event_is_offered_as_an_api_or_kept_in_the_browser(service):
    page = layout.build(service)
    assert {fn.api_visibility for fn in page.fns.values()} == {"private"}
    assert layout.launch_options(service)["run_history"] is False


def test_a_change_that_comes_while_the_page_is_being_filled_is_not_lost(service):
    """A link fills the data field while forms are still being fitted to what stood in it."""
    fns = layout.build(service).fns.values()
    following = [fn for fn in fns if {"then", "change"} & {event for _, event in fn.targets}]
    assert len(following) > 5
    assert {fn.trigger_mode for fn in following} == {"always_last"}


def test_no_two_calls_of_an_event_are_made_again_after_it(service):
    """Gradio gives out the event anew to both then, and so for ever."""
    fns = layout.build(service).fns.values()
    again = [each for fn in fns if fn.trigger_mode == "always_last" for each in fn.targets]
    events = Counter((target, event) for target, event in again if event != "then")
    assert len(events) > 5
    assert set(events.values()) == {1}


def test_pages_that_were_left_do_not_stay_in_memory(service, monkeypatch):
    monkeypatch.setattr(layout, "SESSIONS", 2)
    page = layout.build(service)
    options = {**layout.launch_options(service), "prevent_thread_lock": True, "quiet": True}
    served, *_ = page.launch(server_name="127.0.0.1", server_port=free_port(), **options)
    try:
        for number in range(4):
            assert served.state_holder[f"page {number}"]
        assert list(served.state_holder.session_data) == ["page 2", "page 3"]
    finally:
        page.close()


def test_every_script_imports_what_another_exports():
    scripts = {name: text.decode() for name, text in static.scripts().items()}
    for name, text in scripts.items():
        for names, path in re.findall(r"import \{([^}]*)\} from '([^']+)'", text):
            source = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            for wanted in (each.strip() for each in names.split(",") if each.strip()):
                assert re.search(
                    rf"export (async )?(function|const) {wanted}\b", scripts[source]
                ), f"{name} wants {wanted} of {source}"


def test_a_room_imports_only_its_own_scripts_and_common_ones():
    for name, text in static.scripts().items():
        room = name.split("/")[0]
        for path in re.findall(r"from '([^']+)'", text.decode()):
            source = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            assert source.split("/")[0] in {room, "common"}, f"{name} imports {source}"


def test_no_selector_excludes_or_looks_for_several_things_at_once():
    """Gradio splits selectors at every comma, and applies what is then left of `:not(a, b)`."""
    for path in static.STYLES:
        for selector in re.findall(r"([^{};]+)\{", path.read_text()):
            parts, before = selector, ""
            while parts != before:
                before, parts = parts, re.sub(r"\([^(),]*\)", "", parts)
            assert not re.search(r":(not|has)\([^()]*,", parts), f"{path.name}: {selector}"


def test_no_address_outside_stands_in_what_the_browser_gets():
    for name, text in static.scripts().items():
        code = re.sub(r"//[^\n]*", "", text.decode().replace("http://www.w3.org", ""))
        assert "http" not in code, name
    assert all("url(" not in path.read_text() for path in static.STYLES)
    assert make_theme()._stylesheets == []


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", ["", "_dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("body_text_color", "body_background_fill"),
        ("body_text_color_subdued", "body_background_fill"),
        ("body_text_color_subdued", "background_fill_secondary"),
        ("body_text_color", "block_background_fill"),
        ("link_text_color", "body_background_fill"),
        ("button_primary_text_color", "button_primary_background_fill"),
        ("button_primary_text_color", "button_primary_background_fill_hover"),
        ("button_secondary_text_color", "button_secondary_background_fill"),
        ("border_color_accent", "color_accent_soft"),
    ],
)
def test_text_has_the_contrast_that_wcag_aa_asks_for(ink, paper, dark):
    first, second = sorted(luminance(resolved(name + dark)) for name in (ink, paper))
    assert (second + 0.05) / (first + 0.05) >= 4.5


def resolved(name: str) -> str:
    """The colour of a theme variable, references followed."""
    theme = make_theme()
    value = getattr(theme, name)
    while value.startswith("*"):
        dark = f"{value[1:]}_dark"
        is_dark = name.endswith("_dark") and getattr(theme, dark, None)
        value = getattr(theme, dark if is_dark else value[1:])
    return {"white": "#ffffff", "black": "#000000"}.get(value, value)


def test_gradio_keeps_no_table_of_what_was_done(client):
    queue = client.app.get_blocks()._queue
    (without_inputs, *_) = (i for i, fn in client.app.get_blocks().fns.items() if not fn.inputs)
    asked = {"data": [], "fn_index": without_inputs, "session_hash": "somebody"}
    assert client.post("/gradio_api/queue/join", json=asked).status_code == 200
    assert queue.events_recorded == 1
    assert not queue.event_analytics  # of a long session it would be made again after each click
