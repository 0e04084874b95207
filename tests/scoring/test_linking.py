"""Reviewers who share no idea cannot be compared: the next batch joins them, by the best match that does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import assignment, connect, matching
from scoring.checks import Ints
from scoring.errors import ScoringError

SETTINGS = settings(derandomize=True, max_examples=40, deadline=None, database=None)
REVIEWERS, IDEAS = 6, 9


def asked(random: np.random.Generator) -> tuple[Ints, Ints]:
    """(ideas, reviewers) of some reviews asked for, each pair once."""
    pair = random.permutation(IDEAS * REVIEWERS)[: random.integers(0, 9)]
    return pair // REVIEWERS, pair % REVIEWERS


@SETTINGS
@given(st.integers(0, 2**32 - 1))
def test_links_make_one_group_of_many_with_the_fewest_reviews(seed: int) -> None:
    random = np.random.default_rng(seed)
    idea, reviewer = asked(random)
    before = connect.groups(idea, reviewer, IDEAS, REVIEWERS)

    new_reviewer, new_idea = connect.links(
        affinity=random.random((REVIEWERS, IDEAS)),
        allowed=np.ones((REVIEWERS, IDEAS)),
        reviewer_group=before.reviewer_group,
        idea_group=before.idea_group,
        room=[9] * REVIEWERS,
        needed=[9] * IDEAS,
        most=100,
    )

    after = connect.groups(np.concatenate((idea, new_idea)), np.concatenate((reviewer, new_reviewer)), IDEAS, REVIEWERS)
    assert new_idea.size == max(before.count - 1, 0)
    assert after.count == min(before.count, 1)


@SETTINGS
@given(st.integers(0, 2**32 - 1))
def test_a_matched_batch_keeps_every_rule_and_its_size(seed: int) -> None:
    random = np.random.default_rng(seed)
    idea, reviewer = asked(random)
    groups = connect.groups(idea, reviewer, IDEAS, REVIEWERS)
    conflict = random.random((REVIEWERS, IDEAS)) < 0.3
    conflict[reviewer, idea] = True
    needed, room = random.integers(0, 2, IDEAS), random.integers(0, 3, REVIEWERS)
    given_columns = {"conflict": conflict, "affinity": random.random((REVIEWERS, IDEAS))}

    who, what = matching.match(
        **given_columns,
        reviews_needed=needed,
        load_limit=room,
        reviewer_group=groups.reviewer_group,
        idea_group=groups.idea_group,
    )

    placed = np.bincount(what, minlength=IDEAS)
    outside_the_batch = int(placed[needed == 0].sum())
    assert not conflict[who, what].any()
    assert len(set(zip(who.tolist(), what.tolist(), strict=True))) == what.size <= needed.sum()
    assert (np.bincount(who, minlength=REVIEWERS) <= room).all()
    assert (placed[needed == 1] <= 1).all()
    assert outside_the_batch <= np.ceil(needed.sum() / 8)


def test_without_groups_to_join_the_match_is_the_plain_assignment() -> None:
    random = np.random.default_rng(5)
    affinity, conflict = random.random((4, 6)), random.random((4, 6)) < 0.2
    needed, room = [1, 1, 0, 2, 1, 0], [2, 1, 1, 2]
    plain = assignment.assign(affinity=affinity, conflict=conflict, reviews_needed=needed, load_limit=room)

    for group in (-1, 0):
        who, what = matching.match(
            affinity=affinity, conflict=conflict, reviews_needed=needed, load_limit=room,
            reviewer_group=[group] * 4, idea_group=[group] * 6,
        )  # fmt: skip
        assert (who.tolist(), what.tolist()) == (plain.reviewer_index.tolist(), plain.idea_index.tolist())


def test_a_worse_match_that_joins_two_groups_goes_before_a_better_one_that_does_not() -> None:
    who, what = matching.match(
        affinity=[[0.9], [0.1]], conflict=[[0], [0]], reviews_needed=[1], load_limit=[5, 5],
        reviewer_group=[0, 1], idea_group=[0],
    )  # fmt: skip

    assert (who.tolist(), what.tolist()) == ([1], [0])


def test_an_anchor_is_read_where_no_idea_of_the_batch_joins_and_the_batch_keeps_its_size() -> None:
    # Reviewer 0 has judged ideas 0 and 1, which are in the batch; nobody of the other group has time.
    who, what = matching.match(
        affinity=[[0.9, 0.8, 0.1], [0.9, 0.9, 0.9], [0.5, 0.4, 0.2]],
        conflict=[[1, 1, 0], [0, 0, 1], [0, 0, 1]],
        reviews_needed=[1, 1, 0],
        load_limit=[5, 0, 5],
        reviewer_group=[0, 1, -1],
        idea_group=[0, 0, 1],
    )

    assert sorted(zip(who.tolist(), what.tolist(), strict=True)) == [(0, 2), (2, 0)]


def test_groups_that_the_best_matches_join_are_left_to_them() -> None:
    affinity, conflict = np.array([[0.9, 0.2], [0.8, 0.1]]), np.array([[1, 0], [0, 1]], dtype=np.bool_)
    plain = assignment.assign(affinity=affinity, conflict=conflict, reviews_needed=[1, 1], load_limit=[1, 1])

    who, what = matching.match(
        affinity=affinity, conflict=conflict, reviews_needed=[1, 1], load_limit=[1, 1],
        reviewer_group=[0, 1], idea_group=[0, 1],
    )  # fmt: skip

    assert (who.tolist(), what.tolist()) == (plain.reviewer_index.tolist(), plain.idea_index.tolist())


def test_links_need_a_table_of_reviewers_and_ideas() -> None:
    with pytest.raises(ScoringError, match="must be \\(reviewers × ideas\\)"):
        connect.links(affinity=[1.0], allowed=[1], reviewer_group=[0], idea_group=[0], room=[1], needed=[1], most=1)
