"""A network that reads which thing stands in each third of an image of Scenes.

The built-in backbones were trained on the main thing and know little of the others, and CLIP
nothing of sides: who scores a decoder by its second things needs a better reader. It goes on
from the built-in ResNet, on scenes that no model was trained or is tested on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import timm
import torch
from torch import nn
from torch.nn import functional

from explorer.scenes.labels import CHOICES
from explorer.scenes.scene import draw_scene, sample_scene
from explorer.scenes.things import COLOURS, THINGS
from explorer.scenes.training.clip import as_input

SIDES = CHOICES["side"]
_SEED = 2
"""Scenes is seed 0, and 1 is what the built-in models learned from."""
_STEPS, _BATCH, _RATE = 1500, 64, 1e-3
_NOTHING = len(THINGS)
_FEATURES = 256  # of the built-in ResNet


class Answers(NamedTuple):
    """Log probabilities of what stands in each third."""

    kind: np.ndarray  # (B, 3, kinds + 1), the last for nothing
    colour: np.ndarray  # (B, 3, colours)


class ThingsReader(nn.Module):
    """(B, 3, H, W) images, as CLIP sees them, to (B, 3, kinds + 1) and (B, 3, colours)."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk: Any = timm.create_model("local-dir:assets/resnet", pretrained=True)
        self.head = nn.Linear(_FEATURES, len(THINGS) + 1 + len(COLOURS))

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        columns = functional.adaptive_avg_pool2d(self.trunk.forward_features(images), (1, 3))
        answers = self.head(columns[:, :, 0].transpose(1, 2))
        return answers[..., : len(THINGS) + 1], answers[..., len(THINGS) + 1 :]


def trained_reader(tell: Callable[[str], None]) -> ThingsReader:
    """Some minutes of one core."""
    torch.manual_seed(0)
    reader = ThingsReader().train()
    optimizer = torch.optim.AdamW(reader.parameters(), lr=_RATE, weight_decay=0.05)
    falling = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, _STEPS)
    for number, (images, kinds, colours) in enumerate(_batches()):
        kind, colour = reader(as_input(images))
        of_colour = functional.cross_entropy(
            colour.flatten(0, 1), colours.flatten(), ignore_index=-1
        )
        loss = functional.cross_entropy(kind.flatten(0, 1), kinds.flatten()) + of_colour
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()
        if (number + 1) % 100 == 0:
            tell(f"reader: step {number + 1} of {_STEPS}, loss {loss.item():.3f}")
    return reader.eval()


def _batches() -> Iterator[tuple[np.ndarray, torch.Tensor, torch.Tensor]]:
    """Images, and (B, 3) the kinds and colours in their thirds; -1 where no thing has a colour."""
    for step in range(_STEPS):
        scenes = [sample_scene((_SEED, 0, step * _BATCH + place)) for place in range(_BATCH)]
        kinds = torch.full((_BATCH, len(SIDES)), _NOTHING)
        colours = torch.full((_BATCH, len(SIDES)), -1)
        for row, scene in enumerate(scenes):
            for thing in scene.things:
                third = SIDES.index(thing.side)
                kinds[row, third] = list(THINGS).index(thing.kind)
                colours[row, third] = list(COLOURS).index(thing.colour)
        yield np.stack([np.asarray(draw_scene(scene)) for scene in scenes]), kinds, colours


@torch.inference_mode()
def read_things(reader: ThingsReader, images: np.ndarray) -> Answers:
    """Of (B, H, W, 3) uint8 images."""
    read = [reader(as_input(part)) for part in np.array_split(images, 10)]
    kind, colour = map(torch.cat, zip(*read, strict=True))
    return Answers(kind.log_softmax(dim=2).numpy(), colour.log_softmax(dim=2).numpy())


def right_of_thing(
    answers: Answers, attributes: Sequence[Mapping[str, Any]], place: int
) -> dict[str, float]:
    """How often the main thing (place 0) or the second (1) is as it was to be, in percent.

    Looked for is the third of the image where its kind is likeliest: whether the kind is read
    there, the colour, and whether it is the side where it was to stand.
    """
    rows = [row for row, each in enumerate(attributes) if len(each["things"]) > place]
    things = [attributes[row]["things"][place] for row in rows]
    kinds = np.array([list(THINGS).index(thing["kind"]) for thing in things])
    third = answers.kind[rows, :, kinds].argmax(axis=1)
    right = {
        "kind": answers.kind[rows, third].argmax(axis=1) == kinds,
        "colour": np.array(list(COLOURS))[answers.colour[rows, third].argmax(axis=1)]
        == [thing["colour"] for thing in things],
        "side": np.array(SIDES)[third] == [thing["side"] for thing in things],
    }
    return {question: round(100 * float(np.mean(each)), 1) for question, each in right.items()}
