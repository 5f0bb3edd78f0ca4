"""A stand-in for a bundle's models."""

from PIL import Image

from explorer.models.bundles import BUNDLES
from explorer.models.loaded import Cancelled, Drawn


class Easel:
    """Draws images of one grey, which the seed decides, step by step."""

    bundle = BUNDLES["scenes"]

    def draw(self, subject, config, seeds, cancel, report):
        for step in range(1, config.steps + 1):
            if cancel and cancel.wait(0.01):
                raise Cancelled
            report(step / config.steps, f"Drawing: step {step} of {config.steps}")
        greys = [(seed % 256,) * 3 for seed in seeds]
        images = [Image.new("RGB", (8, 8), grey) for grey in greys]
        return [Drawn(*each, 0.5, 0.25, 0.1) for each in zip(images, seeds, strict=True)]
