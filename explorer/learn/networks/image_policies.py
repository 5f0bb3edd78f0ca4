"""Augmentation that is not differentiable, for students alone: policies of torchvision.

AutoAugment (Cubuk et al., CVPR 2019) with the policy found for CIFAR-10, and RandAugment (Cubuk et
al., 2020), as DC-BENCH scores sets with them. Each image gets operations of its own.
"""

import torch
from torchvision import transforms

_POLICIES = {
    "autoaugment": lambda: transforms.AutoAugment(transforms.AutoAugmentPolicy.CIFAR10),
    "randaugment": lambda: transforms.RandAugment(),
}


def changed(name: str, levels: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Changes (B, 3, H, W) levels, which are rounded to 8 bits first; all is drawn from `rng`."""
    policy, seed = _POLICIES[name](), int(torch.randint(2**62, (), generator=rng))
    images = (levels.clamp(0, 1) * 255).round().to(torch.uint8).cpu()
    with torch.random.fork_rng(devices=[]):  # torchvision draws from the global generator
        torch.default_generator.manual_seed(seed)
        made = torch.stack([policy(image) for image in images])
    return made.to(levels) / 255
