"""How well a number tells two kinds apart."""

from __future__ import annotations

from collections.abc import Sequence


def distinguishability(some: Sequence[float], others: Sequence[float]) -> float:
    """The area under the ROC curve of the best threshold test, whichever way round: 0.5 to 1.

    That is the probability that a random one of `some` is greater than a random one of `others`
    (ties count half), or the reverse if that is likelier: the Mann-Whitney U statistic over the
    number of pairs. 0.5 means that the number says nothing, 1 that it says all.
    """
    area = _u(some, others) / (len(some) * len(others))
    return abs(area - 0.5) + 0.5


def _u(some: Sequence[float], others: Sequence[float]) -> float:
    """Pairs in which the one of `some` is greater, by the sum of its ranks among all."""
    ranked = sorted([*some, *others])
    rank: dict[float, float] = {}
    start = 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end] == ranked[start]:
            end += 1
        # Equal values share the mean of their ranks, which begin at 1.
        rank[ranked[start]] = (start + 1 + end) / 2
        start = end
    return sum(rank[value] for value in some) - len(some) * (len(some) + 1) / 2
