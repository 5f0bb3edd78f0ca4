"""Drives the Distill and Compare tabs in Chromium: the queue, chosen runs, files to take away."""

import csv
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from explorer.runs.config import RefereeConfig, RunConfig, SweepConfig
from explorer.runs.directory import EventLog, Job, RunDirectory
from explorer.ui.service import Service
from tests.made_sets import DONE, make_judgement, make_run
from tests.ui.browsing import opened, served, train_few_students
from tests.ui.test_accessibility import serious

pytestmark = pytest.mark.browser

TINY = Path(__file__).parents[1] / "runs" / "tiny_program.py"
BEST, WORSE, OTHER = (f"20261120-1011{n}-345-abcd" for n in (14, 13, 12))
SWEPT, JUDGED = (f"20261120-10111{n}-345-abcd" for n in (1, 5))


@pytest.fixture(scope="module")
def compared(world, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The program with three finished runs of two pairs each."""
    service = Service(tmp_path_factory.mktemp("compared"), world[1].data)
    config = RunConfig(size=2)
    make_run(service.runs, BEST, config, 61.5)
    make_run(service.runs, WORSE, config.with_method("random"), 40.0, angles=(1.0, 0.0))
    make_run(service.runs, OTHER, replace(config, size=5), 70.0)
    with served(service) as address:
        yield SimpleNamespace(service=service, address=address)


def compare(page: Page, *run_ids: str) -> None:
    """Opens the tab and ticks these runs."""
    page.get_by_role("tab", name="Compare").click()
    for run_id in run_ids:
        page.locator(f"#runs tr[data-id='{run_id}'] input[type=checkbox]").check()


def test_chosen_runs_show_what_differs_and_what_it_cost(browser, compared):
    with opened(browser, compared.address) as page:
        compare(page, BEST, WORSE)
        chosen = page.locator("#runs .chosen").first
        lines = chosen.locator(".differences tbody tr")
        expect(lines).to_have_text(
            [
                re.compile("^Method.*pds.*random"),
                re.compile("^Mean recall, resnet_50.*61.5 ± 0.5.*40.0"),
                re.compile("^Time.*1 min 2 s"),
                re.compile("^Peak memory.*811 MiB"),
            ]
        )
        expect(lines.nth(1).locator("strong")).to_have_text("61.5 ± 0.5")
        expect(chosen.locator(".differences")).not_to_contain_text("false")
        page.locator(f"#runs tr[data-id='{OTHER}'] input").check()
        expect(lines.nth(1)).to_have_text(re.compile("^Size.*2.*5"))
        expect(chosen.get_by_role("button", name="See both sets side by side")).to_be_hidden()
        expect(page.get_by_text("The two sets, side by side")).to_be_hidden()


def test_sets_of_ticked_runs_are_put_before_a_referee_whose_findings_come_into_sight(
    browser, compared, monkeypatch
):
    runs, plans = compared.service.runs, []

    def judge(plan: RefereeConfig, by: str) -> None:
        plans.append(plan)
        make_judgement(runs, JUDGED, runs.open(BEST).job().config, plan)

    monkeypatch.setattr(compared.service, "judge", judge)
    with opened(browser, compared.address) as page:
        compare(page, BEST, WORSE)
        page.get_by_label("random sets of each size").fill("2")
        page.get_by_role("button", name="Judge the 2 sets").click()
        panel = page.locator("#runs .judgement")
        expect(panel.locator("tbody tr")).to_have_count(2)
        expect(panel).to_be_in_viewport()
        expect(panel.locator("thead")).not_to_contain_text("To all")  # nobody asked for it
        page.wait_for_function(
            "() => document.querySelectorAll('.judgement .scatterlayer .point').length === 2"
        )
        with page.expect_download() as started:
            panel.get_by_role("link", name="Table as LaTeX").click()
        assert "\\toprule" in Path(started.value.path()).read_text()
        assert serious(page) == []
        for _ in range(2):
            panel.locator(".tools button").click()
        expect(panel).to_have_count(0)
    assert plans == [RefereeConfig(runs=(BEST, WORSE), n_random=2)]


def test_two_sets_stand_side_by_side_by_number_or_by_likeness(browser, compared):
    with opened(browser, compared.address) as page:
        compare(page, BEST, WORSE)
        page.get_by_role("button", name="See both sets side by side").click()
        lines = page.locator("#runs .sides li")
        expect(lines.first).to_contain_text("pds 0 at 0.0")
        expect(lines.first).to_contain_text("random 1 at 0.0")
        expect(lines.first.locator(".alike")).to_have_text("1.00")
        expect(lines.first).to_be_in_viewport()
        page.get_by_role("button", name="By number").click()
        expect(lines.first).to_contain_text("random 0 at 1.0")
        expect(lines.first.locator(".alike")).to_have_text("0.54")
        made, real = lines.first.locator(".side").all()
        expect(made).to_contain_text("to its prototype")
        expect(real).not_to_contain_text("to its prototype")
        expect(lines).to_have_count(2)
        lines.first.scroll_into_view_if_needed()
        page.wait_for_function(
            "() => [...document.querySelectorAll('.sides li:first-child img')]"
            ".every(image => image.naturalWidth === 8)"
        )


def test_a_run_that_is_chosen_on_a_phone_is_scrolled_into_view(browser, compared):
    with opened(browser, compared.address, viewport={"width": 390, "height": 844}) as page:
        for run_id in (WORSE, BEST, BEST):
            page.get_by_role("tab", name="Compare").click()
            page.locator(f"#runs tr[data-id='{run_id}'] td").nth(1).click()
            expect(page.locator("#live .run h2")).to_be_in_viewport()
            expect(page.locator("#live .run")).to_contain_text(run_id)


def test_a_run_is_named_in_place_and_found_by_its_note(browser, compared):
    with opened(browser, compared.address) as page:
        page.get_by_role("tab", name="Compare").click()
        row = page.locator(f"#runs tr[data-id='{WORSE}']")
        row.get_by_role("button", name=re.compile("^Name ")).click()
        page.keyboard.type("thrown away")
        page.keyboard.press("Escape")
        expect(row).not_to_contain_text("thrown away")
        expect(row.locator(".edit")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.type("my baseline")
        page.keyboard.press("Tab")
        page.keyboard.type("for table 2 of the paper")
        page.keyboard.press("Enter")
        expect(row).to_contain_text("my baseline")
        assert compared.service.runs.open(WORSE).label() == (
            "my baseline",
            "for table 2 of the paper",
        )
        page.get_by_label("Filter runs").fill("PAPER baseline")
        rows = page.locator("#runs tbody tr[tabindex]")
        expect(rows).to_have_count(1)
        page.get_by_label("Filter runs").fill("no such word")
        expect(page.get_by_text("No run matches the filter.")).to_be_visible()
        page.get_by_label("Filter runs").fill("")
        expect(rows).to_have_count(3)
        page.reload()
        page.get_by_role("tab", name="Compare").click()
        expect(row).to_contain_text("my baseline")


def saved(page: Page, name: str) -> tuple[str, bytes]:
    """Presses a button in the table's section; returns the file's name and what is in it."""
    with page.expect_download() as started:
        page.locator("#runs .compared:visible").get_by_role("button", name=name).first.click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def test_tables_and_figures_are_taken_away(browser, compared):
    with opened(browser, compared.address + "?__theme=dark") as page:
        page.get_by_role("tab", name="Compare").click()
        page.wait_for_function("() => document.querySelector('#runs .scatterlayer .point')")
        name, content = saved(page, "Table as CSV")
        table = list(csv.DictReader(content.decode().splitlines()))
        assert name == "runs-honest.csv"
        assert (table[0]["Run"], table[0]["Seconds"]) == (BEST, "62.0")
        assert (table[0]["IR@1"], table[0]["TR@1"]) == ("61.5", "61.5 ± 0.5")
        assert table[0]["Seed"] == "42, 0"  # of prototypes and of images
        name, content = saved(page, "Table as LaTeX")
        lines = content.decode().splitlines()
        assert name == "runs-honest.tex"
        assert "  \\begin{tabular}{llrrlrrrrrrrr}" in lines
        (line,) = (line for line in lines if "61.5" in line)
        assert line.startswith(
            "    Scenes & pds & 2 & 42, 0 & resnet\\_50 & 61.5 & 61.5 & 61.5 & 61.5 $"
        )
        assert line.endswith("$\\pm$ 0.5 & 1 min 2 s & 811 MiB \\\\")
        name, content = saved(page, "PNG")
        assert name == "mean-recall-against-size-scenes-text-caption-resnet-50.png"
        assert content.startswith(b"\x89PNG")
        name, content = saved(page, "SVG")
        assert name.endswith(".svg")
        figure = content.decode()
        assert "rgb(255, 255, 255)" in figure  # paper is white, whatever the page is
        assert "rgb(42, 91, 189)" in figure  # so lines have the colours of the light page


def test_a_second_start_waits_its_turn_and_is_shown_in_the_queue(browser, pacing):
    with opened(browser, pacing.address) as page:
        start(page, 120)
        first = pacing.service.runs.list_runs()[0].id
        with opened(browser, pacing.address) as other:
            tab = other.get_by_role("tab", name="Distill")
            expect(tab).to_have_attribute("data-going", "4 / 4")
            tab.click()
            pairs = other.get_by_label("Pairs", exact=True)
            expect(pairs).to_have_value("120")  # the form is that of the run that goes
            pairs.fill("7")
            other.click("#start-run")
            expect(other.locator("#live .state")).to_have_text("Waiting")
            expect(other.locator("#live .stage-text:visible")).to_contain_text("Queued behind")
            expect(other.locator("#live .stage-text:visible")).to_contain_text("120 pairs")
            queue = other.locator("#queue li")
            expect(queue).to_have_text([re.compile("Running.*120"), re.compile("Waiting.*7 p")])
            queue.first.click()
            expect(other.locator("#live .run h2")).to_contain_text("120 pairs")
            other.get_by_role("button", name="Cancel").click()
            expect(other.locator("#live .state")).to_have_text("Cancelled")
            expect(queue).to_have_count(0)
        second = pacing.service.runs.list_runs()[0]
        assert second.id != first
        assert second.result["n_pairs"] == 7


def start(page: Page, pairs: int) -> None:
    page.get_by_role("tab", name="Distill").click()
    page.get_by_label("Pairs", exact=True).fill(str(pairs))
    page.click("#start-run")
    expect(page.locator("#live .run h2")).to_contain_text(f"{pairs} pairs")


def test_a_run_is_duplicated_with_a_change(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.get_by_role("tab", name="Distill").click()
        heading = page.locator(".part > summary", has_text="Images")
        heading.click()
        page.locator("#run-settings").get_by_label("Steps", exact=True).fill("7")
        expect(heading).to_contain_text("1 changed")
        start(page, 3)
        expect(page.locator("#live .state")).to_have_text("Done")
        page.reload()  # the address keeps which tab is open
        expect(page.locator("#live .run h2")).to_contain_text("3 pairs")
        page.get_by_role("button", name="Duplicate").click()
        expect(page.get_by_label("Pairs", exact=True)).to_have_value("3")
        expect(heading).to_contain_text("1 changed")
        start(page, 4)
        second, first = pacing.service.runs.list_runs()[:2]
        config = first.job.config
        assert config.settings.synthesis.steps == 7
        assert second.job.config == replace(config, size=4)


def test_what_is_typed_while_the_fields_of_another_method_are_fetched_stays(
    browser, pacing, monkeypatch
):
    asked, task, form = pacing.service, pacing.service.task, Event()
    with opened(browser, pacing.address) as page:
        page.get_by_role("tab", name="Distill").click()
        prototypes = page.locator(".part > summary", has_text="Prototypes")
        prototypes.click()
        expect(page.locator("#estimate")).to_contain_text("images to generate: 100")
        monkeypatch.setattr(asked, "task", lambda data: form.wait() and task(data))
        page.get_by_label("Method", exact=True).click()
        page.get_by_role("option", name=re.compile("^nearest-caption")).click()
        page.locator("#run-settings").get_by_label("Share left out", exact=True).fill("0.3")
        expect(prototypes).to_contain_text("1 changed")
        form.set()
        expect(page.locator(".part > summary", has_text="Images")).to_have_count(0)
        expect(prototypes).to_contain_text("1 changed")
        start(page, 5)
        config = asked.runs.list_runs()[0].job.config
        assert config.settings.prototypes.drop_fraction == 0.3
        expect(page.locator("#live .state")).to_have_text("Done")


def test_a_list_of_methods_opened_while_those_of_other_data_are_fetched_closes(
    browser, pacing, monkeypatch
):
    asked, task, form = pacing.service, pacing.service.task, Event()
    with opened(browser, pacing.address) as page:
        page.get_by_role("tab", name="Distill").click()
        expect(page.locator("#estimate")).to_contain_text("images to generate: 100")
        monkeypatch.setattr(asked, "task", lambda data: form.wait() and task(data))
        page.get_by_label("Data: built in").last.fill("digits")
        page.keyboard.press("Enter")
        method = page.get_by_label("Method", exact=True)
        method.click()
        expect(method).to_have_attribute("aria-expanded", "true")
        form.set()
        expect(method).to_have_attribute("aria-expanded", "false")
        expect(method).to_have_value(re.compile("^dm:"))


def test_a_list_of_methods_opened_before_the_first_answer_stays_open(browser, pacing, monkeypatch):
    asked, task, form = pacing.service, pacing.service.task, Event()
    monkeypatch.setattr(asked, "task", lambda data: form.wait() and task(data))
    with opened(browser, pacing.address) as page:
        page.get_by_role("tab", name="Distill").click()
        method = page.get_by_label("Method", exact=True)
        method.click()
        form.set()
        expect(page.locator(".part > summary", has_text="Prototypes")).to_be_visible()
        expect(page.locator("#estimate")).to_contain_text("images to generate: 100")  # the last
        expect(method).to_have_attribute("aria-expanded", "true")


def test_enter_takes_the_method_whose_name_was_typed_not_the_first_that_holds_it(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.get_by_role("tab", name="Distill").click()
        expect(page.locator("#estimate")).to_contain_text("images to generate: 100")
        method = page.get_by_label("Method", exact=True)
        method.click()
        page.keyboard.type("random")
        expect(page.get_by_role("option").first).to_contain_text("longest-caption: Random")
        page.keyboard.press("Enter")
        expect(method).to_have_value(re.compile("^random:"))
        expect(page.locator("#estimate")).to_contain_text("images to copy: 100")


def test_a_form_at_rest_asks_for_nothing(browser, pacing, monkeypatch):
    asked, estimate = pacing.service, pacing.service.estimate
    monkeypatch.setattr(asked, "estimate", lambda *form: time.sleep(0.2) or estimate(*form))
    calls = []
    with opened(browser, pacing.address) as page:
        page.on("request", lambda request: calls.append(request.url))
        page.get_by_role("tab", name="Distill").click()
        for pairs in (31, 32, 33):
            page.get_by_label("Pairs", exact=True).fill(str(pairs))
        expect(page.locator("#estimate")).to_contain_text("images to generate: 33")
        page.wait_for_timeout(2000)
        before = len(calls)
        page.wait_for_timeout(2000)
        assert [url for url in calls[before:] if "/queue/" in url] == []


def test_the_cost_is_told_before_a_start_and_follows_the_fields(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.get_by_role("tab", name="Distill").click()
        cost = page.locator("#estimate")
        expect(cost).to_contain_text("images to generate: 100")
        height = cost.bounding_box()["height"]
        page.get_by_label("Pairs", exact=True).fill("31")
        expect(cost).to_contain_text("images to generate: 31")
        page.get_by_label("Pairs", exact=True).fill("0")
        expect(cost).to_contain_text("Pairs must be at least 1, got 0.")
        assert cost.bounding_box()["height"] == height  # nothing below has moved
        page.locator(".folding > button:visible", has_text="Sweep").click()
        page.get_by_label("Pairs", exact=True).fill("100")
        page.get_by_label("Sizes").fill("7, 9")
        expect(page.locator("#sweep-estimate")).to_contain_text("images to generate: 80")
        page.get_by_label("Sizes").fill("seven")
        expect(page.locator("#sweep-estimate")).to_contain_text("Write sizes like 20, 50, 100")
        assert page.get_by_role("alert").filter(visible=True).count() == 0


@pytest.fixture
def tiny(bundle, colours, tmp_path) -> Iterator[SimpleNamespace]:
    """The program on tiny random models and twenty images of one colour each."""
    fields = {**bundle._asdict(), "synthesis": vars(bundle.synthesis)}
    program = [str(TINY), json.dumps(fields)]
    service = Service(tmp_path / "cache", str(colours), program)
    with served(service) as address:
        yield SimpleNamespace(service=service, address=address, label=bundle.label)


def test_two_browsers_start_runs_at_once_and_both_end_unmixed(browser, tiny):
    with opened(browser, tiny.address) as page, opened(browser, tiny.address) as other:
        for each, pairs, method in (
            (page, 4, "herding: Herding"),
            (other, 6, "random: Random real samples"),
        ):
            each.get_by_role("tab", name="Distill").click()
            for label, choice in (("Models", tiny.label), ("Method", method)):
                each.get_by_label(label, exact=True).last.click()
                each.get_by_role("option", name=choice, exact=True).click()
            each.get_by_label("Pairs", exact=True).fill(str(pairs))
            train_few_students(each)
        page.click("#start-run")
        other.click("#start-run")
        for each, pairs, method in ((page, 4, "herding"), (other, 6, "random")):
            expect(each.locator("#live .run h2")).to_contain_text(f"{method} · {pairs} pairs")
            expect(each.locator("#live .state")).to_have_text("Done")
            expect(each.locator("#live .made li")).to_have_count(pairs)
            expect(each.locator("#live .outcome tbody tr")).to_have_count(2)
    runs = {run.job.config.method: run for run in tiny.service.runs.list_runs()}
    for method, pairs in {"herding": 4, "random": 6}.items():
        assert (runs[method].result["method"], runs[method].result["n_pairs"]) == (method, pairs)
        assert len(list(Path(runs[method].result["out"], "train").glob("*.png"))) == pairs
    first, second = (each.status for each in sorted(runs.values(), key=lambda run: run.id))
    assert first.time <= second.started_at  # the second began when the first was over


def test_a_sweep_fills_its_table_and_its_lines_and_stands_in_compare(browser, tiny):
    ways = "pds[drop_fraction=0], pds[drop_fraction=0.2], random"
    with opened(browser, tiny.address) as page:
        page.get_by_role("tab", name="Distill").click()
        page.get_by_label("Models").last.click()
        page.get_by_role("option", name=tiny.label, exact=True).click()
        page.locator(".folding > button:visible", has_text="Sweep").click()
        train_few_students(page)
        page.get_by_label("Sizes").fill("3, 5")
        page.get_by_label("Sets of each").fill("2")
        page.get_by_label("Vary settings").fill("drop_fraction = 0, 0.2")
        page.get_by_role("button", name="Start sweep").click()
        expect(page.locator("#live .run h2")).to_contain_text(f"sweep of {ways} · 3, 5 pairs")
        expect(page.locator("#live .state")).to_have_text("Done")
        rows = page.locator("[aria-label='Scores of the sweep'] > tbody > tr")
        expect(rows).to_have_count(3 * 2 * 2)  # ways, sizes, networks
        expect(rows.first).to_contain_text("±")
        page.wait_for_function(
            "() => document.querySelectorAll('#live .of-sweep .scatterlayer .point').length === 6"
        )
        matters = page.locator("[aria-label='Which settings matter'] > tbody > tr")
        expect(matters).to_have_count(2)  # networks
        expect(matters.first).to_contain_text("share left out")
        enough = page.locator("[aria-label='What each size brings'] > tbody > tr")
        expect(enough).to_have_count(3 * 2 * 2)
        expect(page.locator("#live .of-sweep")).to_contain_text(
            "sets of equal seeds paired; * is more than chance"
        )
        with page.expect_download() as started:
            page.get_by_role("link", name="Table as LaTeX").click()
        assert "\\toprule" in Path(started.value.path()).read_text()
        page.get_by_role("tab", name="Compare").click()
        expect(page.locator("#runs tbody tr")).to_contain_text(ways)
        expect(page.locator("#runs input[data-run]")).to_have_count(0)
        page.wait_for_function("() => document.querySelector('#runs .scatterlayer .point')")


def make_sweep(service: Service) -> None:
    """A sweep that is done, of two settings with two values each: more of either is better."""
    ways = [f"pds[guidance={g},steps={s}]" for g in (1, 3) for s in (5, 20)]
    run = RunDirectory(service.runs.folder / SWEPT)
    run.create(Job(kind="sweep", sweep=SweepConfig(methods=tuple(ways), n_pairs=(20,), n_sets=1)))
    recalls = {"text_to_image": {"1": [2.0, None]}, "image_to_text": {"1": [4.0, None]}}
    scores = [
        {
            "method": way,
            "n_pairs": 20,
            "number": 0,
            "mean": {"vit": mean},
            "backbones": {"vit": {"mean": [mean, None], **recalls}},
        }
        for way, mean in zip(ways, (10.0, 20.0, 30.0, 40.0), strict=True)
    ]
    run.sweep_folder.mkdir()
    (run.sweep_folder / "scores.json").write_text(json.dumps({"config": {}, "scores": scores}))
    events = EventLog(run.folder / "events.jsonl")
    events.write("sweep", "metric", {"backbone": "vit", "mean": 40.0})
    events.close()
    run.write_status(DONE._replace(stage="sweep"))


def test_settings_of_a_sweep_stand_as_axes_that_keys_and_values_go_through(browser, compared):
    make_sweep(compared.service)
    with opened(browser, compared.address) as page:
        page.get_by_role("tab", name="Compare").click()
        page.locator(f"#runs tr[data-id='{SWEPT}']").click()
        lines = page.locator(".parallel-line")
        expect(lines).to_have_count(4)
        said = page.locator(".parallel-said")
        expect(said).to_contain_text("1 of 4: guidance 3, steps 20 – Mean recall 40.0")
        page.locator(".parallel-lines").press("ArrowDown")
        expect(said).to_contain_text("2 of 4: guidance 3, steps 5")
        page.get_by_role("button", name="guidance 1", exact=True).press("Enter")
        expect(page.get_by_role("button", name="guidance 1", exact=True)).to_be_focused()
        page.locator(".parallel-lines").press("End")
        expect(said).to_contain_text("4 of 4: guidance 1, steps 5")
        page.locator(".parallel-lines").press("ArrowUp")
        expect(said).to_contain_text("3 of 4")  # and no line of another guidance
        page.locator(".parallel-lines").press("ArrowUp")
        expect(said).to_contain_text("3 of 4")
        assert serious(page) == []
