"""What an access token may be given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideation.entities.people import ALL_SCOPES, Actor, Role, Scope
from ideation.errors import Forbidden, Invalid, MissingScope
from ideation.ids import new_id
from ideation.rules.tokens import (
    possible_scopes,
    require_allowed_days,
    require_full_access,
    require_possible_scopes,
)

roles = st.frozensets(st.sampled_from(Role))
scopes = st.frozensets(st.sampled_from(Scope))


def make_actor(held: frozenset[Role], given_scopes: frozenset[Scope]) -> Actor:
    return Actor(
        person_id=new_id(),
        name="Somebody",
        department="Research",
        site="Oslo",
        roles=held,
        scopes=given_scopes,
        policy_accepted=True,
    )


@given(held=roles, mine=scopes, wanted=scopes)
def test_a_token_never_has_more_than_its_maker(
    held: frozenset[Role], mine: frozenset[Scope], wanted: frozenset[Scope]
) -> None:
    actor = make_actor(held, mine)
    try:
        require_possible_scopes(actor, wanted)
    except Forbidden:
        assert not wanted <= (mine & possible_scopes(actor))
    else:
        assert wanted <= mine
        assert Scope.ADMINISTER not in wanted or Role.ADMINISTRATOR in held


@given(held=roles, mine=scopes)
def test_a_limited_token_never_manages_tokens(held: frozenset[Role], mine: frozenset[Scope]) -> None:
    actor = make_actor(held, mine)
    if mine >= possible_scopes(actor):
        require_full_access(actor)
    else:
        with pytest.raises(MissingScope):
            require_full_access(actor)


@given(held=roles)
def test_a_session_always_manages_tokens(held: frozenset[Role]) -> None:
    require_full_access(make_actor(held, ALL_SCOPES))


@given(days=st.integers(1, 4000), max_days=st.integers(1, 4000))
def test_no_token_outlives_the_cap(days: int, max_days: int) -> None:
    if days <= max_days:
        require_allowed_days(days, max_days)
    else:
        with pytest.raises(Invalid):
            require_allowed_days(days, max_days)
