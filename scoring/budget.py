"""A shortlist under a budget: knapsack for a sponsor's money, the method of equal shares for a crowd's."""

from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import optimize

from scoring.checks import Bools, Floats, Ints, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "budget/2"
EPSILON = 1e-9
NO_THEME = -1


class EqualShares(msgspec.Struct, frozen=True, kw_only=True):
    """`chosen`: project indices in the order bought; `completed`: those added after the shares ran out.

    `spent`: total cost; `paid`: (voters,) what each voter's share paid for.
    """

    chosen: Ints
    completed: Ints
    spent: float
    paid: Floats


def knapsack(
    value: npt.ArrayLike,
    cost: npt.ArrayLike,
    budget: float,
    *,
    most: int | None = None,
    theme: npt.ArrayLike | None = None,
    cap: int = 0,
) -> Ints:
    """Ideas with the largest total value whose total cost stays within `budget` (0/1 knapsack, Dantzig 1957).

    (ideas,) each; `value` and `cost` are 0 or more, cost and budget in one currency. Exact, by branch and cut. `most`
    limits how many are taken; with `cap` > 0 at most so many of each `theme` (−1 means none and is never capped).
    Returns indices in ascending order; ideas worth nothing are not taken; nothing affordable or no ideas give an empty
    list.

    >>> knapsack([10, 6, 6], [10, 5, 5], 10).tolist()
    [1, 2]
    >>> knapsack([10, 6, 6], [10, 5, 5], 10, theme=[0, 1, 1], cap=1).tolist()
    [0]
    """
    worth = non_negative(value, "value")
    price = non_negative(cost, "cost", worth.size)
    group = np.full(worth.size, NO_THEME) if theme is None else np.asarray(theme)
    if group.shape != worth.shape or (most is not None and most < 0):
        raise ScoringError("theme needs one number an idea, and most must not be negative")
    open_to = np.flatnonzero((price <= budget) & (worth > 0))
    if not open_to.size:
        return np.zeros(0, dtype=np.int64)
    rows, limits = [price[open_to]], [float(budget)]
    if most is not None:
        rows.append(np.ones(open_to.size))
        limits.append(float(most))
    for capped in np.unique(group[open_to][group[open_to] != NO_THEME]) if cap > 0 else []:
        rows.append((group[open_to] == capped).astype(np.float64))
        limits.append(float(cap))
    result = optimize.milp(
        -worth[open_to],
        constraints=optimize.LinearConstraint(np.array(rows), ub=limits),
        integrality=np.ones(open_to.size),
        bounds=optimize.Bounds(0, 1),
    )
    if result.x is None:
        raise ScoringError("the budget could not be solved: check that all numbers are of a usual size")
    return open_to[np.asarray(result.x) > 0.5].astype(np.int64)


def equal_shares(
    utility: npt.ArrayLike,
    cost: npt.ArrayLike,
    budget: float,
    completion: Literal["none", "utilitarian"] = "none",
) -> EqualShares:
    """Method of equal shares (Peters & Skowron 2020; Peters, Pierczyński & Skowron, NeurIPS 2021).

    Every voter gets budget/n. Again and again buy the project with the smallest ρ such that Σ_voters min(money_v,
    ρ·u_v) = cost; stop when none is affordable. `utility`: (voters × projects), 0 or more: 1/0 for approvals (or the
    cost itself for cost utilities); `cost`: (projects,), positive. Every group of voters decides over its share of the
    money. `completion="utilitarian"` then spends what is left on the most total utility per cost. Ties: lowest index.
    No voters or no projects buy nothing.

    >>> votes = [[1, 1, 0], [1, 0, 0], [0, 0, 1], [1, 1, 1]]
    >>> equal_shares(votes, [5_000, 10_000, 85_000], 100_000).chosen.tolist()
    [0, 1]
    """
    u, price = np.asarray(utility, dtype=np.float64), non_negative(cost, "cost")
    if u.ndim != 2 or u.shape[1] != price.size or not np.isfinite(u).all() or (u < 0).any():
        raise ScoringError("utility must be (voters × projects), finite and not negative")
    if (price <= 0).any():
        raise ScoringError("cost must be positive")
    share = budget / max(u.shape[0], 1)
    money = np.full(u.shape[0], share)
    chosen: list[int] = []
    while (best := _cheapest(u, price, money, chosen)) is not None:
        project, rho = best
        money = money - np.minimum(money, rho * u[:, project])
        chosen.append(project)
    added = _completed(u, price, budget, chosen) if completion == "utilitarian" else []
    return EqualShares(
        chosen=np.array(chosen + added, dtype=np.int64),
        completed=np.array(added, dtype=np.int64),
        spent=float(price[np.array(chosen + added, dtype=np.int64)].sum()),
        paid=share - money,
    )


def _cheapest(u: Floats, price: Floats, money: Floats, chosen: list[int]) -> tuple[int, float] | None:
    best: tuple[int, float] | None = None
    for project in range(price.size):
        supporters = u[:, project] > 0
        if project in chosen or money[supporters].sum() < price[project] - EPSILON:
            continue
        rho = _price_per_utility(u[supporters, project], money[supporters], float(price[project]))
        if best is None or rho < best[1] - EPSILON * best[1]:
            best = (project, rho)
    return best


def _price_per_utility(u: Floats, money: Floats, cost: float) -> float:
    """Smallest ρ with Σ min(money, ρ·u) = cost: voters who run out first pay all they have."""
    order = np.argsort(money / u, kind="stable")
    u, money = u[order], money[order]
    left_cost = cost - np.concatenate(([0.0], np.cumsum(money)[:-1]))
    left_utility = np.cumsum(u[::-1])[::-1]
    rho = left_cost / left_utility
    enough = np.flatnonzero(rho * u <= money + EPSILON)
    return float(rho[enough[0]]) if enough.size else float((money / u).max())


def _completed(u: Floats, price: Floats, budget: float, chosen: list[int]) -> list[int]:
    left = budget - float(price[np.array(chosen, dtype=np.int64)].sum())
    free: Bools = np.ones(price.size, dtype=np.bool_)
    free[chosen] = False
    added: list[int] = []
    for project in np.argsort(-u.sum(axis=0) / price, kind="stable"):
        if free[project] and price[project] <= left + EPSILON and u[:, project].any():
            added.append(int(project))
            left -= float(price[project])
    return added
