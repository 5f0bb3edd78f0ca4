import pytest

from explorer.compare.effects import combinations, effects, sizes
from explorer.runs.tables import Scored


def scored(method: str, n_pairs: int, number: int, mean: float) -> Scored:
    return Scored(method, n_pairs, number, {"vit": mean}, {"vit": {"recall": [mean, None]}})


def test_an_effect_is_averaged_over_what_else_differs_and_its_interval_is_over_sets():
    scores = [
        scored(f"pds[guidance={guidance},steps={steps}]", 20, number, mean)
        for number, extra in enumerate((0.0, 2.0))
        for guidance, steps, mean in [
            (1, 5, 30.0),
            (1, 9, 31.0),
            (2, 5, 34.0 + extra),
            (2, 9, 37.0 + extra),
        ]
    ]
    guidance, steps = effects(scores)
    assert (guidance.setting, guidance.first, guidance.value) == ("guidance", "1", "2")
    # Set 0 gains (4 + 6) / 2 = 5, set 1 gains 7; t at one degree of freedom is 12.706.
    assert guidance.gain == pytest.approx([6.0, 12.706], abs=1e-3)
    assert (steps.setting, steps.gain[0], steps.n_sets) == ("steps", pytest.approx(2.0), 2)


def test_methods_without_the_setting_and_values_that_were_not_scored_yet_have_no_effect():
    scores = [scored("pds[guidance=1]", 20, 0, 30.0), scored("pds[guidance=2]", 50, 0, 40.0)]
    assert effects([*scores, scored("random", 20, 0, 20.0)]) == []
    assert effects([]) == []


def test_a_size_is_told_by_what_it_gains_and_what_it_lacks():
    small, large = sizes(
        [
            scored("all", 6000, 0, 70.0),
            scored("pds", 50, 0, 61.0),
            scored("pds", 20, 0, 40.0),
            scored("pds", 20, 1, 44.0),
        ]
    )
    assert (small.n_pairs, small.mean[0], small.gain, small.short[0]) == (20, 42.0, None, 28.0)
    assert (large.n_pairs, large.gain, large.short) == (50, [21.0, None], [9.0, None])


def test_every_choice_of_settings_is_told_with_its_mean_over_sets_the_best_first():
    low = [scored("pds[guidance=1,steps=5]", 20, number, 30.0 + number) for number in (0, 2)]
    found = combinations(
        [*low, scored("pds[guidance=2.5]", 50, 0, 44.0), scored("all", 99, 0, 9.0)]
    )
    assert [(each.values, each.n_pairs, each.mean[0], each.n_sets) for each in found] == [
        ({"guidance": "2.5"}, 50, 44.0, 1),
        ({"guidance": "1", "steps": "5"}, 20, 31.0, 2),
    ]


def test_settings_are_called_as_on_the_page_and_of_several_methods_the_same():
    ways = [
        f"{method}[network_momentum={momentum}]"
        for method in ("effective-gm", "reversible")
        for momentum in (0.25, 0.75)
    ]
    scores = [scored(way, 20, 0, 30.0) for way in ways]
    assert [each.setting for each in effects(scores)] == [
        "momentum of the network",
        "momentum of a network",
    ]
    assert {name for each in combinations(scores) for name in each.values} == {
        "momentum of the network"
    }
