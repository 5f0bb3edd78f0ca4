import numpy as np
import torch

from explorer.learn.students.student import train_student
from explorer.models.backbones import load_backbone
from explorer.models.clip import load_encoder
from explorer.models.unclip import load_decoder
from tests.tiny_models import DIM, N_CLASSES


def test_a_bundle_goes_from_captions_to_a_student(tiny_bundle):
    captions = ["a red boat", "a tree", "the sea", "a red sea"]
    encoder, decoder = load_encoder(tiny_bundle), load_decoder(tiny_bundle)
    text = encoder.embed_captions(captions)
    images = decoder.draw(text, captions, [0, 1, 2, 3], tiny_bundle.synthesis)
    embedded = encoder.embed_images(torch.stack([encoder.prepare(image) for image in images]))
    assert embedded.shape == text.shape == (4, DIM)
    for name in tiny_bundle.backbones:
        backbone = load_backbone(name)
        features = backbone.features(torch.stack([backbone.prepare(image) for image in images]))
        student = train_student(
            features,
            text,
            epochs=10,
            batch_size=128,
            learning_rate=0.2,
            seed=0,
            on_epoch=lambda epoch, loss, student: None,
        )
        assert student.project(text).shape == (4, N_CLASSES)
        assert np.isfinite(student.project(text)).all()
