"""The losses of soft targets equal the official ones."""

import torch

from explorer import types
from explorer.learn.students.contrastive import CONTRASTS, infonce
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded

NAMES = {"WBCE": "wbce", "InfoNCE": "infonce", "BCE": "bce", "CWCL": "cwcl", "MSE": "mse"}
NAMES |= {"KL": "kl"}


@recorded("vl_losses")
def test_losses_and_their_gradients_equal_the_recorded_ones(case):
    arrays = tensors(read(case))
    n_compared = 0
    for name, ours in NAMES.items():
        for targets in ("S", "S01"):
            if f"{name}_{targets}_loss" not in arrays:
                continue  # torch refuses targets of BCE outside [0, 1]
            logits, wanted = (arrays[each].clone().requires_grad_() for each in ("logits", targets))
            loss = CONTRASTS[ours](logits, wanted)
            loss.backward()
            close(loss, arrays[f"{name}_{targets}_loss"])
            close(logits.grad, arrays[f"{name}_{targets}_grad_logits"])
            close(wanted.grad, arrays[f"{name}_{targets}_grad_S"])
            n_compared += 1
    assert n_compared >= 6


def test_infonce_with_the_identity_is_the_mean_of_both_cross_entropies():
    logits = torch.randn(5, 5, generator=torch.Generator().manual_seed(0))
    partner, cross_entropy = torch.arange(5), torch.nn.functional.cross_entropy
    expected = (cross_entropy(logits, partner) + cross_entropy(logits.T, partner)) / 2
    torch.testing.assert_close(infonce(logits, torch.eye(5)), expected)


def test_settings_and_sets_know_every_loss():
    assert set(CONTRASTS) == set(types.CONTRASTS)


def test_targets_beyond_the_ends_count_as_these():
    logits, beyond = torch.randn(3, 3), torch.tensor([[1.5, -0.2, 0.3]] * 3)
    assert CONTRASTS["bce"](logits, beyond) == CONTRASTS["bce"](logits, beyond.clamp(0, 1))
