"""Settings that runs share: what they refuse, and what of them names results."""

import pytest

from explorer.config import AS_LEARNED, ClassCaption, NetworkConfig, PrototypeConfig
from explorer.errors import ConfigError


def test_what_came_later_is_in_the_key_of_prototypes_only_where_it_is_not_as_before():
    usual = PrototypeConfig().as_key()
    assert not {"joint", "over_clusters", "weighted", "clustering_start"} & usual.keys()
    assert PrototypeConfig(joint=0.5, over_clusters=3).as_key() == {
        **usual,
        "joint": 0.5,
        "over_clusters": 3,
    }
    assert PrototypeConfig(seed=1).as_key() == {**usual, "seed": 1}


def test_what_clustering_starts_from_has_a_key_of_its_own():
    again = PrototypeConfig(clustering_start="earlier")
    assert again.as_key() == PrototypeConfig().as_key()


@pytest.mark.parametrize("template", ["", "a photo", "a {Class}", "{ class }"])
def test_the_caption_of_a_class_names_it(template):
    with pytest.raises(ConfigError, match=r"must say with \{class\} where"):
        ClassCaption(template=template)


def test_a_name_stands_in_the_caption_as_people_write_it():
    caption = ClassCaption(template="{class}, a {class}")
    assert caption.of("red_fox") == "red fox, a red fox"
    assert caption.of("{class}") == "{class}, a {class}"


@pytest.mark.parametrize(("side", "blocks"), [(8, 1), (16, 2), (28, 3), (32, 3), (64, 4)])
def test_blocks_of_the_network_leave_about_four_pixels(side, blocks):
    assert NetworkConfig(image_size=side).blocks == blocks
    assert 3 <= side / 2**blocks <= 5
    assert NetworkConfig(image_size=side, depth=1).blocks == 1


def test_an_image_cannot_be_halved_to_nothing():
    assert NetworkConfig(image_size=16, depth=4).blocks == 4
    with pytest.raises(ConfigError, match="16 pixels cannot be halved 5 times"):
        NetworkConfig(image_size=16, depth=5)
    with pytest.raises(ConfigError, match="image_size must be 0 or at least 8, got 7"):
        NetworkConfig(image_size=7)


def test_the_size_and_the_channels_of_the_data_are_taken_where_none_were_asked_for():
    seen = NetworkConfig().seeing(28, 1)
    assert (seen.image_size, seen.image_channels) == (28, 1)
    asked = NetworkConfig(image_size=16).seeing(28, 1)
    assert (asked.image_size, asked.image_channels) == (16, 1)
    asked = NetworkConfig(image_channels=3).seeing(28, 1)
    assert (asked.image_size, asked.image_channels) == (28, 3)


def test_whitening_is_in_the_key_of_a_network_only_where_there_is_some():
    usual = NetworkConfig().as_key()
    assert "whitening" not in usual
    assert NetworkConfig(whitening="zca").as_key() == {**usual, "whitening": "zca"}
    assert AS_LEARNED not in usual.values()


def test_channels_are_in_the_key_of_a_network_only_where_images_are_grey():
    usual = NetworkConfig().as_key()
    assert NetworkConfig(image_channels=3).as_key() == usual
    assert NetworkConfig(image_channels=1).as_key() == {**usual, "image_channels": 1}
    with pytest.raises(ConfigError, match=r"image_channels must be 0, 1 or 3, got 2\."):
        NetworkConfig(image_channels=2)
