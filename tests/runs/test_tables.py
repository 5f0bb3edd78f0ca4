import csv
import io

import pytest

from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.tables import (
    Scored,
    caption,
    comma_separated,
    latex,
    made_with,
    markdown,
    sheet,
    summarize,
)
from explorer.tasks import classification
from explorer.tasks.retrieval import TASK
from explorer.tasks.retrieval_students import RetrievalConfig

PLAN = SweepConfig(methods=("pds", "random", "all"), n_pairs=(20, 50), n_sets=2)
ABOUT = "About the numbers."


def scored(method: str, n_pairs: int, number: int, mean: float) -> Scored:
    """A set whose recalls are all `mean`."""
    scores = {metric.name: [mean, 0.5] for metric in TASK.metrics}
    return Scored(method, n_pairs, number, {"my_vit": mean}, {"my_vit": scores})


# pds 4, 6 and random 1, 5: differences 3 and 1, whose interval is 12.706 * 1.414 / 1.414
SCORES = [
    scored("random", 20, 0, 1.0),
    scored("pds", 20, 0, 4.0),
    scored("pds", 20, 1, 6.0),
    scored("random", 20, 1, 5.0),
    scored("pds", 50, 0, 7.0),
    scored("all", 1234, 0, 9.0),
]


def test_sets_of_equal_seeds_are_paired():
    rows = summarize(SCORES, PLAN, TASK)
    assert [(row.method, row.n_pairs, row.n_sets) for row in rows] == [
        ("pds", 20, 2),
        ("pds", 50, 1),
        ("random", 20, 2),
        ("all", 1234, 1),
    ]
    assert rows[2].mean == pytest.approx([3.0, 25.412], abs=1e-3)
    assert rows[2].lead == pytest.approx([2.0, 12.706], abs=1e-3)
    assert rows[2].scores["tr@5"] == pytest.approx([3.0, 25.412], abs=1e-3)
    assert [row.lead for row in rows if row.method != "random"] == [None, None, None]
    assert rows[1].mean == [7.0, 0.5]  # of one set, over its students


def test_a_lead_is_starred_only_where_it_stands_after_the_correction_for_all_of_them():
    ahead = {"random": (3.0, 3.1, 2.9, 3.2), "k-center": (1.0, 2.0, 0.1, 1.1)}
    scores = [scored("pds", 20, number, 9.0) for number in range(4)]
    for method, leads in ahead.items():
        scores += [scored(method, 20, number, 9.0 - lead) for number, lead in enumerate(leads)]
    plan = SweepConfig(methods=("pds", *ahead), n_pairs=(20,), n_sets=4)
    first, random, k_center = summarize(scores, plan, TASK)
    assert first.p is None
    assert random.p == pytest.approx(2 * 2.087e-5, rel=1e-3)  # t = 47.3, 3 degrees; of two leads
    assert k_center.p == pytest.approx(0.0736, rel=1e-3)  # the larger of two keeps its own p
    table = markdown([first, random, k_center], plan, "", TASK)
    assert "| 3.0 ± 0.2 * |" in table
    assert "| 1.0 ± 1.2 |" in table


def test_only_sets_that_both_methods_have_are_paired():
    later = [each for each in SCORES if (each.method, each.number) != ("random", 0)]
    (row,) = (each for each in summarize(later, PLAN, TASK) if each.method == "random")
    assert (row.n_sets, row.lead) == (1, [1.0, None])


def test_all_pairs_as_the_first_method_are_ahead_of_sets_of_every_size():
    plan = SweepConfig(methods=("all", "pds"), n_pairs=(20, 50), n_sets=2)
    rows = summarize([each for each in SCORES if each.method != "random"], plan, TASK)
    assert [(row.method, row.n_pairs, row.lead) for row in rows] == [
        ("all", 1234, None),
        ("pds", 20, pytest.approx([4.0, 12.706], abs=1e-3)),  # 5 and 3 over its two sets
        ("pds", 50, [2.0, None]),
    ]
    not_yet = [each for each in SCORES if each.method == "pds"]
    assert [row.lead for row in summarize(not_yet, plan, TASK)] == [None, None]


def test_markdown_leaves_out_what_is_not_there_yet_and_names_the_number_of_all_pairs():
    assert markdown(summarize(SCORES, PLAN, TASK), PLAN, ABOUT, TASK).splitlines() == [
        ABOUT,
        "",
        "| network | method | 20 pairs | pds − it | 50 pairs | pds − it |",
        "|---|---|---|---|---|---|",
        "| my_vit | pds | 5.0 ± 12.7 |  | 7.0 ± 0.5 |  |",
        "| my_vit | random | 3.0 ± 25.4 | 2.0 ± 12.7 |  |  |",
        "| my_vit | all (1,234) | 9.0 ± 0.5 |  | 9.0 ± 0.5 |  |",
    ]


def test_one_method_alone_is_ahead_of_nobody():
    plan = SweepConfig(methods=("pds",), n_pairs=(20,), n_sets=1)
    lines = markdown(
        summarize([scored("pds", 20, 0, 5.0)], plan, TASK), plan, ABOUT, TASK
    ).splitlines()
    assert lines[2:] == [
        "| network | method | 20 pairs |",
        "|---|---|---|",
        "| my_vit | pds | 5.0 ± 0.5 |",
    ]


def test_words_per_caption_stand_beside_a_method_where_they_were_counted():
    counted = [each._replace(words=10.0 + 4 * each.number) for each in SCORES[1:3]]
    rows = summarize([SCORES[0], *counted], PLAN, TASK)
    lines = markdown(rows, PLAN, ABOUT, TASK).splitlines()
    assert lines[2].startswith("| network | method | words per caption | 20 pairs |")
    assert lines[4].startswith("| my_vit | pds | 12.0 | 5.0")
    assert lines[5].startswith("| my_vit | random |  | 1.0")
    table = list(csv.DictReader(io.StringIO(comma_separated(rows, PLAN, ABOUT, TASK))))
    assert [line["words"] for line in table] == ["12.0000", ""]


def test_a_table_of_nothing_has_a_head():
    assert summarize([], PLAN, TASK) == []
    assert "| network | method |" in markdown([], PLAN, ABOUT, TASK)
    assert comma_separated([], PLAN, ABOUT, TASK) == ""


def test_latex_is_escaped():
    lines = latex(summarize(SCORES, PLAN, TASK), PLAN, "95 % of it.", TASK).splitlines()
    assert lines[0] == "% 95 % of it. Needs \\usepackage{booktabs}."
    assert r"\begin{tabular}{llrrrr}" in lines
    assert r"network & method & 20 pairs & pds $-$ it & 50 pairs & pds $-$ it \\" in lines
    assert r"my\_vit & random & $3.0 \pm 25.4$ & $2.0 \pm 12.7$ &  &  \\" in lines


def test_every_number_is_in_the_csv():
    rows = list(
        csv.DictReader(
            io.StringIO(comma_separated(summarize(SCORES, PLAN, TASK), PLAN, ABOUT, TASK))
        )
    )
    assert len(rows) == 4
    random = rows[2]
    assert (random["network"], random["method"], random["n_sets"]) == ("my_vit", "random", "2")
    assert (random["lead"], random["lead_half"]) == ("2.0000", "12.7062")
    assert {f"{way}@{k}" for way in ("IR", "TR") for k in (1, 5, 10)} <= random.keys()
    assert (rows[3]["mean"], rows[3]["mean_half"], rows[3]["lead"]) == ("9.0000", "0.5000", "")


def test_the_caption_says_which_protocol_and_which_text():
    evaluation = RetrievalConfig(protocol="paper", text="prototype", n_seeds=3)
    about = caption(RunConfig(evaluation=evaluation), PLAN)
    assert "Protocol paper, text prototype" in about
    assert "up to 2 of each, 3 students" in about


def test_a_metric_that_only_newer_sets_have_is_left_empty():
    older, newer = scored("pds", 20, 0, 4.0), scored("pds", 20, 1, 6.0)
    del older.scores["my_vit"]["ir@5"]
    (row,) = summarize([older, newer], PLAN, TASK)
    assert "ir@5" not in row.scores
    (line,) = csv.DictReader(io.StringIO(comma_separated([row], PLAN, ABOUT, TASK)))
    assert (line["IR@5"], line["IR@5_half"], line["IR@1"]) == ("", "", "5.0000")


def test_networks_that_images_were_not_learned_through_are_told():
    plan = SweepConfig(methods=("dm", "random"), n_pairs=(1,), n_sets=1)
    score = {"accuracy": [50.0, 1.0]}
    sets = [
        Scored(method, 1, 0, {"convnet": 50.0, "mlp": 50.0}, {"convnet": score, "mlp": score})
        for method in plan.methods
    ]
    task = classification.TASK
    rows = summarize(sets, plan, task)
    lines = markdown(rows, plan, ABOUT, task).splitlines()[2:]
    assert [line.split("|")[1:4] for line in lines if "---" not in line] == [
        [" network ", " method ", " made with it "],
        [" convnet ", " dm ", " seen "],
        [" convnet ", " random ", "  "],
        [" mlp ", " dm ", " unseen "],
        [" mlp ", " random ", "  "],
    ]
    table = list(csv.DictReader(io.StringIO(comma_separated(rows, plan, ABOUT, task))))
    assert [line["made with it"] for line in table] == ["seen", "", "unseen", ""]
    alone = [each._replace(mean={"convnet": 50.0}) for each in sets]
    assert "made with it" not in markdown(summarize(alone, plan, task), plan, ABOUT, task)


@pytest.mark.parametrize(
    ("way", "seen"),
    [
        ("frepo", "seen"),
        ("frepo[pool_network=convnet]", "seen"),
        ("frepo[pool_network=widening]", "unseen"),
        ("random", ""),
    ],
)
def test_a_way_that_learns_through_another_network_has_not_seen_the_usual_one(way, seen):
    assert made_with("convnet", way, classification.TASK) == seen


def test_what_people_call_a_set_breaks_no_table():
    told = sheet([["set", "score"], [r"A & B | 50 % \input{x} ± 1", "−1.2 ± 3.0 *"]], "About it.")
    markdown_line, latex_line = told["table.md"].splitlines()[-1], told["table.tex"]
    assert markdown_line == r"| A & B \| 50 % \input{x} ± 1 | −1.2 ± 3.0 * |"
    assert (
        r"A \& B | 50 \% \textbackslash{}input\{x\} $\pm$ 1 & $−1.2 \pm 3.0$$^*$ \\" in latex_line
    )
