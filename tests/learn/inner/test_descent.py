"""Training of two towers equals the official one."""

import numpy as np
import torch

from explorer.core.retrieval import recall_from_scores
from explorer.learn.inner.descent import descend, shuffled
from explorer.learn.networks.heads import Head, Towers
from explorer.learn.students.contrastive import CONTRASTS
from tests.learn.towers import Linear, close, tensors
from tests.recorded import read, recorded


def towers_of(arrays) -> Towers:
    n_image, n_text = arrays["image"].shape[1], arrays["text"].shape[1]
    dim = len(arrays["theta_img_start"]) // (n_image + 1)
    return Towers(Linear(n_image, dim), Head(n_text, dim))


def loss_of(arrays, towers, contrast, targets):
    def loss(rows, weights):
        cosines = towers.cosines(weights, arrays["image"][rows], arrays["text"][rows])
        return CONTRASTS[contrast](cosines / arrays["temperature"], targets[rows][:, rows])

    return loss


@recorded("vl_student")
def test_a_student_of_learned_similarity_ends_as_recorded(case):
    raw = read(case)
    arrays = tensors(raw)
    towers, epochs = towers_of(arrays), int(arrays["epochs"])
    order = arrays["order"].view(epochs + 1, -1, int(arrays["batch"]))
    passed = descend(
        loss_of(arrays, towers, "wbce", arrays["S"]),
        (arrays["theta_img_start"], arrays["theta_txt_start"]),
        order,
        [float(arrays["lr_img"]), float(arrays["lr_txt"])],
        momentum=0.9,
        weight_decay=5e-4,
        tenth_after=epochs // 2 + 1,
    )
    looks = []
    image_of_caption = np.arange(len(arrays["test_text"])) // int(arrays["captions_per_image"])
    for each in passed:
        scores = towers.cosines(each.weights, arrays["test_image"], arrays["test_text"])
        looks.append(recall_from_scores(scores.numpy(), image_of_caption))
    for side, name in enumerate(("img", "txt")):
        close(each.weights[side], arrays[f"theta_{name}_end"])
    for recall, what in ((looks[-1], "final"), (max(looks, key=lambda r: r.mean), "best")):
        recorded_as = dict(zip(raw["names"].tolist(), raw[what].tolist(), strict=True))
        for k in (1, 5, 10):
            assert abs(recall.image_to_text[k] - recorded_as[f"txt_r{k}"]) < 1e-6
            assert abs(recall.text_to_image[k] - recorded_as[f"img_r{k}"]) < 1e-6


@recorded("vl_student")
def test_an_expert_moves_as_recorded(case):
    arrays = tensors(read(case))
    towers, batch = towers_of(arrays), int(arrays["expert_batch"])
    n_epochs = len(arrays["expert_loss"])
    identity = torch.eye(len(arrays["image"]), dtype=torch.double)
    whole = [rows for rows in torch.arange(len(identity)).split(batch) if len(rows) == batch]
    start = tuple(arrays[f"expert_theta_{side}"][0] for side in ("img", "txt"))
    rates = [float(arrays["expert_lr"])] * 2
    loss = loss_of(arrays, towers, "infonce", identity)
    for n, each in enumerate(descend(loss, start, [whole] * n_epochs, rates)):
        close(each.weights[0], arrays["expert_theta_img"][n + 1])
        close(each.weights[1], arrays["expert_theta_txt"][n + 1])
        assert abs(each.loss / float(arrays["expert_loss"][n]) - 1) < 1e-6


def test_a_pass_is_one_permutation():
    rng = torch.Generator().manual_seed(0)
    assert [len(rows) for rows in shuffled(10, 4, rng)] == [4, 4, 2]
    assert sorted(torch.cat(list(shuffled(10, 4, rng))).tolist()) == list(range(10))
    assert [len(rows) for rows in shuffled(10, 4, rng, whole=True)] == [4, 4]
    assert [len(rows) for rows in shuffled(3, 4, rng, whole=True)] == [3]
