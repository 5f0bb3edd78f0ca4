"""The published evaluation protocol, written once more with PyTorch's own parts.

Logits of the frozen network as features, one head on the text side, SGD with lr 0.2, momentum 0.9
and weight decay 5e-4 on every parameter, a tenth of the rate from pass 51 on, 101 passes, symmetric
cross-entropy of cosines divided by 0.07, dropout 0.1.
"""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.learn.students.student import ProjectionHead, train_student
from explorer.tasks.retrieval_students import RetrievalConfig

N_PAIRS, N_TEXT, N_CLASSES = 24, 10, 14
CONFIG = RetrievalConfig()


class PlainHead(nn.Module):
    def __init__(self, start: ProjectionHead) -> None:
        super().__init__()
        self.projection = nn.Linear(N_TEXT, N_CLASSES)
        self.fc = nn.Linear(N_CLASSES, N_CLASSES)
        self.layer_norm = nn.LayerNorm(N_CLASSES)
        self.projection.load_state_dict(start.enter.state_dict())
        self.fc.load_state_dict(start.mix.state_dict())

    def forward(self, text: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        projected = self.projection(text)
        mixed = self.fc(nn.GELU()(projected))
        return self.layer_norm(mixed * keep / 0.9 + projected)


@pytest.fixture
def pairs():
    rng = np.random.default_rng(0)
    text = rng.normal(size=(N_PAIRS, N_TEXT)).astype(np.float32)
    return np.tanh(text @ rng.normal(size=(N_TEXT, N_CLASSES))).astype(np.float32), text


def plain_losses(logits: np.ndarray, text: np.ndarray, batch_size: int) -> list[float]:
    """The mean loss of each pass, from the same random numbers as `train_student` with seed 3."""
    rng = torch.Generator().manual_seed(3)
    head = PlainHead(ProjectionHead(N_TEXT, N_CLASSES, rng))
    images, texts = torch.tensor(logits), torch.tensor(text)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.2, momentum=0.9, weight_decay=0.0005)
    losses = []
    for epoch in range(101):
        for group in optimizer.param_groups:
            group["lr"] = 0.2 if epoch < 51 else 0.02
        total = 0.0
        for rows in torch.randperm(N_PAIRS, generator=rng).split(batch_size):
            keep = torch.empty(len(rows), N_CLASSES).bernoulli_(0.9, generator=rng)
            made = functional.normalize(head(texts[rows], keep), dim=1)
            cosines = functional.normalize(images[rows], dim=1) @ made.T
            partner = torch.arange(len(rows))
            both = [functional.cross_entropy(way / 0.07, partner) for way in (cosines, cosines.T)]
            loss = sum(both) / 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / N_PAIRS)
    return losses


@pytest.mark.parametrize("batch_size", [CONFIG.batch_size, 10])
def test_training_is_the_published_protocol(pairs, batch_size):
    losses: list[float] = []
    train_student(
        *pairs,
        epochs=CONFIG.epochs,
        batch_size=batch_size,
        learning_rate=CONFIG.learning_rate,
        seed=3,
        on_epoch=lambda epoch, loss, student: losses.append(loss),
    )
    assert len(losses) == 101
    np.testing.assert_allclose(losses, plain_losses(*pairs, batch_size), rtol=1e-5, atol=1e-5)


def test_the_defaults_are_the_published_ones():
    assert (CONFIG.epochs, CONFIG.batch_size, CONFIG.learning_rate) == (100, 128, 0.2)
    assert CONFIG.n_seeds == 5
