import numpy as np
import pytest
import timm
import torch
from PIL import Image

from explorer.errors import UnknownNameError
from explorer.models.backbones import CLIP_MEAN, CLIP_STD, _size, load_backbone
from explorer.models.bundles import find_bundle
from tests.tiny_models import N_CLASSES, SIZE


@pytest.fixture(scope="module", params=[0, 1], ids=["resnet", "vit"])
def folder(request, tiny_bundle):
    return tiny_bundle.backbones[request.param]


def noise(n: int) -> torch.Tensor:
    return torch.randint(256, (n, SIZE, SIZE, 3), dtype=torch.uint8)


def test_features_are_the_classifiers_outputs(folder):
    backbone = load_backbone(folder, "cpu")
    images = noise(4)
    mean, deviation = (torch.tensor(each)[:, None, None] for each in (CLIP_MEAN, CLIP_STD))
    scaled = (images.permute(0, 3, 1, 2).contiguous() / 255 - mean) / deviation
    with torch.no_grad():
        outputs = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()(scaled)
    assert backbone.features(images).shape == (4, N_CLASSES)
    np.testing.assert_allclose(backbone.features(images), outputs.numpy(), atol=1e-5)


def test_a_backbone_stays_as_it_is(folder):
    backbone = load_backbone(folder, "cpu")
    images = noise(4)
    first = backbone.features(images)
    np.testing.assert_allclose(backbone.features(images[:1]), first[:1], atol=1e-5)
    np.testing.assert_array_equal(backbone.features(images), first)


def test_a_folder_gives_its_name(folder):
    assert load_backbone(folder).name in ("resnet", "vit")


def test_images_are_squashed_not_cropped(folder):
    image = Image.new("RGB", (90, 30), "red")
    image.paste("blue", (0, 0, 45, 30))
    prepared = load_backbone(folder).prepare(image)
    assert prepared.shape == (SIZE, SIZE, 3)
    assert prepared.dtype == torch.uint8
    assert prepared[SIZE // 2, [2, -3]].tolist() == [[0, 0, 255], [255, 0, 0]]  # blue, red


@pytest.mark.parametrize(
    ("name", "size"),
    [("nf_resnet50", 224), ("vit_tiny_patch16_224", 224), ("vit_base_patch16_384", 384)],
)
def test_networks_by_name_see_the_size_of_the_reference_unless_they_cannot(name, size):
    config = timm.models.get_pretrained_cfg(name).to_dict()
    assert _size(config) == size


def test_the_paper_backbones_are_known_to_timm():
    for name in find_bundle("vit-l-14").backbones:
        assert timm.models.get_pretrained_cfg(name).hf_hub_id.startswith("timm/")


@pytest.mark.parametrize("name", ["resnet_fifty", "nf_resnet101", "timm/resnet18"])
def test_a_name_without_weights_is_told(name):
    with pytest.raises(UnknownNameError, match=f"no pretrained network '{name}'"):
        load_backbone(name)


def test_the_built_in_way_in_asks_nobody(folder, no_network):
    load_backbone(folder)


def test_images_with_gradients_get_the_same_features(folder):
    backbone = load_backbone(folder, "cpu")
    images = noise(3)
    levels = (images.permute(0, 3, 1, 2) / 255).requires_grad_()
    found = backbone.encode(levels)
    np.testing.assert_allclose(found.detach(), backbone.features(images), atol=1e-5)
    found.square().sum().backward()
    assert levels.grad.abs().min(dim=0).values.max() > 0
    assert backbone.encode(torch.rand(2, 3, SIZE + 8, SIZE + 8)).shape == (2, N_CLASSES)
