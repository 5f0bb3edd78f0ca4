import torch
from PIL import Image
from torchvision.transforms import Compose, Normalize, ToTensor

from explorer.models.pixels import to_bytes, to_input

CPU = torch.device("cpu")


def test_bytes_become_the_very_numbers_that_torchvision_makes_of_an_image():
    image = Image.effect_noise((5, 4), 90).convert("RGB")
    image.putpixel((1, 2), (0, 128, 255))
    normalize = Normalize((0.48, 0.46, 0.41), (0.27, 0.26, 0.28))
    wanted = Compose([ToTensor(), normalize])(image)
    made = to_input(torch.stack([to_bytes(image)] * 2), normalize, CPU)
    assert made.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(made, torch.stack([wanted] * 2))


def test_half_precision_is_rounded_last():
    image = Image.new("RGB", (2, 2), (1, 2, 3))
    normalize = Normalize((0.5,) * 3, (0.5,) * 3)
    whole, half = (
        to_input(to_bytes(image)[None], normalize, CPU, dtype)
        for dtype in (torch.float32, torch.float16)
    )
    assert torch.equal(whole.half(), half)
