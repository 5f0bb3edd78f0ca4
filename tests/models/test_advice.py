from explorer.models.bundles import BUNDLES, bundle_advice


def test_the_built_in_models_are_said_to_know_only_scenes():
    advice = bundle_advice("photos", BUNDLES["scenes"])
    assert "knows only Scenes" in advice
    assert "vit-l-14" in advice


def test_there_is_nothing_to_say_where_data_and_models_fit():
    assert bundle_advice("scenes", BUNDLES["scenes"]) == ""
    assert bundle_advice("photos", BUNDLES["vit-l-14"]) == ""
