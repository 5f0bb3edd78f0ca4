from explorer.models.bundles import BUNDLES, bundle_advice


def test_the_built_in_models_are_said_to_know_only_scenes():
    advice = bundle_advice("photos", BUNDLES["scenes"])
    assert "knows only Scenes" in advice
    assert BUNDLES["vit-l-14"].label in advice
    assert "--bundle" not in advice  # the page has a field
    assert "(--bundle vit-l-14)" in bundle_advice("photos", BUNDLES["scenes"], for_terminal=True)


def test_there_is_nothing_to_say_where_data_and_models_fit():
    assert bundle_advice("scenes", BUNDLES["scenes"]) == ""
    assert bundle_advice("photos", BUNDLES["vit-l-14"]) == ""
