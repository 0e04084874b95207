"""Questions that are answered together."""

import asyncio
from collections.abc import Sequence

import pytest

from api.batches import LANES, LARGEST_GROUP, PATIENCE_SECONDS, Batches


class Doubling:
    """Answers each number with its double once it is let go, and remembers the groups it was asked for."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        await self.gate.wait()
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


async def test_what_comes_at_once_is_one_group_and_everybody_gets_their_own_answer() -> None:
    doubling = Doubling()
    doubling.gate.set()
    batches = Batches(doubling)
    assert await asyncio.gather(*map(batches.ask, [5, 3, 4])) == [10, 6, 8]
    assert await batches.ask(1) == 2
    assert doubling.groups == [[5, 3, 4], [1]]


async def test_what_comes_meanwhile_waits_for_the_group_before_but_not_for_long() -> None:
    doubling = Doubling()
    batches = Batches(doubling)
    first = asyncio.create_task(batches.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(batches.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    assert doubling.groups == [[1]]
    await asyncio.sleep(4 * PATIENCE_SECONDS)
    assert doubling.groups == [[1], [2, 3]]
    doubling.gate.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6]


async def test_groups_and_their_number_have_limits() -> None:
    doubling = Doubling()
    batches = Batches(doubling)
    tasks = [asyncio.create_task(batches.ask(number)) for number in range(100, 100 + LARGEST_GROUP * (LANES + 2))]
    await asyncio.sleep(2 * PATIENCE_SECONDS * LANES)
    assert len(doubling.groups) <= LANES
    doubling.gate.set()
    assert [await task for task in tasks] == [2 * number for number in range(100, 100 + len(tasks))]
    assert [len(group) for group in doubling.groups] == [LARGEST_GROUP] * (LANES + 2)


async def test_a_failure_is_everybodys_of_its_group_only() -> None:
    doubling = Doubling()
    doubling.gate.set()
    batches = Batches(doubling)
    outcomes = await asyncio.gather(*map(batches.ask, [13, 1]), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["13", "13"]
    assert await batches.ask(1) == 2


async def test_one_who_gave_up_harms_nobody() -> None:
    doubling = Doubling()
    batches = Batches(doubling)
    impatient, patient = asyncio.create_task(batches.ask(1)), asyncio.create_task(batches.ask(2))
    await asyncio.sleep(0)
    impatient.cancel()
    doubling.gate.set()
    assert await patient == 4
    with pytest.raises(asyncio.CancelledError):
        await impatient


@pytest.mark.parametrize("answers", [[], [1], [1, 2, 3]])
async def test_too_few_or_too_many_answers_are_an_error_for_everybody(answers: list[int]) -> None:
    async def miscounting(_numbers: Sequence[int]) -> list[int]:
        return answers

    batches = Batches(miscounting)
    outcomes = await asyncio.gather(*map(batches.ask, [5, 3]), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError, ValueError]


async def test_a_group_that_is_cancelled_leaves_nobody_waiting() -> None:
    async def cancelled(_numbers: Sequence[int]) -> list[int]:
        raise asyncio.CancelledError

    batches = Batches(cancelled)
    outcomes = await asyncio.gather(*map(batches.ask, [5, 3]), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RuntimeError, RuntimeError]
