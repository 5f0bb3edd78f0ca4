"""Descent with momentum that runs backwards, so that no weights on its way need be kept.

Maclaurin, Duvenaud and Adams, ICML 2015: weights and velocity are whole numbers, and what a product
with the momentum would lose is kept as the digits of one further number.
"""

from fractions import Fraction

import torch

_SCALE = 2**36
"""Of 1 as a whole number."""
_DENOMINATOR = 1000
"""Momentum is a fraction with a denominator up to this."""
_FULL = 2**62
"""No whole number may be larger."""


def momentum_of(momentum: float) -> Fraction:
    """The fraction that a path takes for a momentum in [0, 1].

    Examples:
        >>> momentum_of(0.9), momentum_of(1 / 3 + 1e-9)
        (Fraction(9, 10), Fraction(1, 3))
    """
    return Fraction(momentum).limit_denominator(_DENOMINATOR)


class Reversible:
    """A `Path` that finds every place again, exactly, from the last one.

    It takes three whole numbers for each weight, and a fourth when their digits are full: with a
    momentum of 0.9 after some 400 steps. A gradient must come out the same in both directions, and
    none is kept.
    """

    room = 0

    def __init__(self, start: torch.Tensor) -> None:
        self._dtype = start.dtype
        self._w = _whole(start)
        self._v = torch.zeros_like(self._w)
        self._digits = torch.zeros_like(self._w)
        self._full: list[tuple[int, torch.Tensor]] = []
        self._done = 0

    @property
    def weights(self) -> torch.Tensor:
        return self._real(self._w)

    @property
    def velocity(self) -> torch.Tensor:
        return self._real(self._v)

    def step(self, gradient: torch.Tensor, rate: float, momentum: float, share: float) -> None:
        self._done += 1
        self._times(momentum_of(momentum))
        self._v += _whole(share * gradient)
        self._w -= self._moved(rate)

    def undo_weights(self, rate: float) -> None:
        self._w += self._moved(rate)

    def undo_velocity(self, gradient: torch.Tensor, momentum: float, share: float) -> None:
        self._v -= _whole(share * gradient)
        self._divided(momentum_of(momentum))
        self._done -= 1

    def _moved(self, rate: float) -> torch.Tensor:
        return (rate * self._v.double()).round().long()

    def _times(self, by: Fraction) -> None:
        top, bottom = by.numerator, by.denominator
        if not top:  # everything is lost, and so kept as it is
            self._full.append((self._done, self._v))
            self._v = torch.zeros_like(self._v)
            return
        if int(self._digits.max()) >= _FULL // bottom:
            self._full.append((self._done, self._digits))
            self._digits = torch.zeros_like(self._digits)
        self._digits = self._digits * bottom + self._v % bottom
        self._v = self._v // bottom * top + self._digits % top
        self._digits = self._digits // top

    def _divided(self, by: Fraction) -> None:
        top, bottom = by.numerator, by.denominator
        if not top:
            self._v = self._full.pop()[1]
            return
        self._digits = self._digits * top + self._v % top
        self._v = self._v // top * bottom + self._digits % bottom
        self._digits = self._digits // bottom
        if self._full and self._full[-1][0] == self._done:
            self._digits = self._full.pop()[1]

    def _real(self, whole: torch.Tensor) -> torch.Tensor:
        return (whole.double() / _SCALE).to(self._dtype)


def _whole(values: torch.Tensor) -> torch.Tensor:
    return (values.detach().double() * _SCALE).round().long()
