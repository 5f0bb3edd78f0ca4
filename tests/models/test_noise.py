import torch

from explorer.models.noise import generators_of, seeded_noise


def test_noise_rows_depend_on_their_own_seed_alone():
    both, second = (seeded_noise(generators_of(seeds), (2, 3)) for seeds in ([1, 2], [2]))
    assert torch.equal(both[1], second[0])
    assert not torch.equal(both[0], both[1])
