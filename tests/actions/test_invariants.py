"""`doctor --deep` finds nothing in a sound database, and every kind of corruption in one that is not."""

from ideation.actions.invariants import LONGER_CHECKS, SHOWN, examine_snapshot
from ideation.actions.invariants_list import CHECKS
from ideation.database import Connection
from ideation.ids import new_id
from tests.factories import make_challenge, make_idea
from tests.sound_world import SoundWorld, make_sound_world

# What is broken, and the statements that break it: `{name}` is an id of the sound world. What the database itself would
# refuse is let in by taking its guard away first.
CORRUPTIONS: dict[str, tuple[str, ...]] = {
    "guard_missing": ("ALTER TABLE votes DISABLE TRIGGER votes_counted",),
    "constraint_unchecked": ("ALTER TABLE ideas ADD CONSTRAINT short_titles CHECK (length(title) < 500) NOT VALID",),
    "authorless": ("DELETE FROM idea_authors WHERE idea_id = '{decided}'",),
    "uncounted": ("DELETE FROM idea_tallies WHERE idea_id = '{decided}'",),
    "miscounted": ("UPDATE idea_tallies SET yes = yes + 1 WHERE idea_id = '{survivor}'",),
    "misdealt": ("UPDATE idea_tallies SET in_feed = NOT in_feed WHERE idea_id = '{survivor}'",),
    "merged_twice_over": (
        "UPDATE ideas SET canonical_id = '{merged}' WHERE id = '{decided}'",
        (
            "INSERT INTO merges (id, idea_id, canonical_id, merged_by, merged_at)"
            " VALUES (gen_random_uuid(), '{decided}', '{merged}', '{author}', now())"
        ),
        (
            "INSERT INTO audit_events (at, action, subject_kind, subject_id)"
            " VALUES (now(), 'idea.merged', 'idea', '{decided}')"
        ),
    ),
    "merged_without_record": ("DELETE FROM merges",),
    "merged_elsewhere": ("UPDATE merges SET canonical_id = '{decided}'",),
    "revisions_lost": ("DELETE FROM idea_revisions WHERE revision = 1",),
    "replies_elsewhere": (
        "UPDATE comments SET parent_id = '{comment}', idea_id = '{decided}' WHERE parent_id IS NOT NULL",
    ),
    "undecided": ("UPDATE ideas SET state = 'planned' WHERE id = '{decided}'",),
    "misfiled": ("UPDATE idea_vectors SET challenge_id = '{other_challenge}' WHERE idea_id = '{decided}'",),
    "misplaced": ("UPDATE themes SET retired_at = now()",),
    "unindexed": ("UPDATE idea_vectors SET indexed = false WHERE idea_id = '{decided}'",),
    "refined_astray": ("UPDATE refined_vectors SET revision = 9 WHERE idea_id = '{decided}'",),
    "refined_by_another": ("UPDATE refined_vectors SET encoder = 'another' WHERE idea_id = '{decided}'",),
    "unrefined": ("DELETE FROM refined_vectors WHERE idea_id = '{decided}'",),
    "import_orphans": ("UPDATE external_ids SET internal_id = gen_random_uuid()",),
    "voted_twice": (
        "ALTER TABLE votes DROP CONSTRAINT votes_pkey",
        (
            "INSERT INTO votes (idea_id, person_id, challenge_id, value, created_at, updated_at)"
            " SELECT idea_id, person_id, challenge_id, 1, created_at, updated_at FROM votes"
            " WHERE idea_id = '{survivor}'"
        ),
    ),
    "card_of_another": ("UPDATE impressions SET person_id = '{reviewer}' WHERE id = '{card}'",),
    "card_answered_twice": (
        "ALTER TABLE votes DROP CONSTRAINT votes_impression_id_key",
        (
            "INSERT INTO votes SELECT idea_id, '{reviewer}', challenge_id, value, impression_id, created_at, updated_at"
            " FROM votes WHERE impression_id = '{card}'"
        ),
    ),
    "answer_unknown": ("UPDATE votes SET value = 7 WHERE impression_id = '{card}'",),
    "overspent": (
        "UPDATE challenges SET token_budget = 1 WHERE id = '{other_challenge}'",
        "ALTER TABLE votes DISABLE TRIGGER votes_keep_token_budget",
        "UPDATE votes SET value = 2 WHERE idea_id = '{elsewhere}'",
    ),
    "own_vote": (
        (
            "INSERT INTO idea_authors (idea_id, person_id, invited_by, invited_at, agreed_at)"
            " SELECT '{survivor}', '{voter}', '{author}', created_at, created_at FROM votes"
            " WHERE impression_id = '{card}'"
        ),
    ),
    "late": (
        (
            "UPDATE votes SET updated_at = (SELECT vote_closes_at FROM challenges WHERE id = '{challenge}')"
            " WHERE impression_id = '{card}'"
        ),
    ),
    "unaccepted": ("DELETE FROM policy_acceptances WHERE person_id = '{voter}'",),
    "review_incomplete": ("DELETE FROM review_scores",),
    "review_of_another": ("UPDATE reviews SET reviewer_id = '{author}' WHERE id = '{review}'",),
    "reviewed_twice": (
        "ALTER TABLE reviews DROP CONSTRAINT reviews_idea_id_reviewer_id_key",
        "ALTER TABLE reviews DROP CONSTRAINT reviews_assignment_id_key",
        (
            "INSERT INTO reviews (id, assignment_id, challenge_id, idea_id, reviewer_id, created_at, updated_at)"
            " SELECT gen_random_uuid(), assignment_id, challenge_id, idea_id, reviewer_id, created_at, updated_at"
            " FROM reviews"
        ),
    ),
    "review_of_own": (
        (
            "INSERT INTO idea_authors (idea_id, person_id, invited_by, invited_at, agreed_at)"
            " SELECT idea_id, reviewer_id, reviewer_id, sent_at, sent_at FROM reviews"
        ),
    ),
    "unranked": ("DELETE FROM shortlist_entries", "DELETE FROM shortlists", "DELETE FROM rankings"),
    "ranked_twice": (
        (
            "INSERT INTO rankings SELECT gen_random_uuid(), challenge_id, kind, 'old/1', shortlist_size, seed, inputs,"
            " inputs_sha256, summary, 0, created_at FROM rankings"
        ),
    ),
    "ranking_torn": ("DELETE FROM ranking_entries WHERE position = 1",),
    "shortlist_torn": ("UPDATE shortlist_entries SET position = 1",),
    "job_abandoned": ("UPDATE staged_jobs SET finished_at = NULL",),
    "job_forgotten": ("UPDATE staged_jobs SET finished_at = NULL, started_at = NULL",),
    "job_from_the_future": (
        (
            "UPDATE staged_jobs SET finished_at = NULL, started_at = NULL, enqueued_at = NULL,"
            " staged_at = now() + interval '1 hour'"
        ),
    ),
    "answer_half_kept": (
        "INSERT INTO idempotency_keys (person_id, key, request_sha256, created_at) VALUES ('{voter}', 'k', 'x', now())",
    ),
    "unrecorded": ("UPDATE people SET roles = ARRAY['administrator'] WHERE id = '{voter}'",),
    "policy_changed": ("UPDATE policies SET body = 'Be fairer.'",),
    "accepted_too_early": (
        "UPDATE policy_acceptances SET accepted_at = accepted_at - interval '1 day' WHERE person_id = '{voter}'",
    ),
    "erased_in_part": (
        (
            "INSERT INTO sessions (id, person_id, token_hash, csrf_token, created_at, expires_at)"
            " VALUES (gen_random_uuid(), '{erased}', sha256('x'), 'x', now(), now())"
        ),
    ),
    "unsealed_by_one": (
        "ALTER TABLE unsealings DROP CONSTRAINT unsealings_check",
        "UPDATE unsealings SET approved_by = requested_by",
    ),
    "unvectored": ("DELETE FROM idea_vectors WHERE idea_id = '{decided}'",),
    "conflicted": ("UPDATE people SET department = 'Research' WHERE id = '{late_reviewer}'",),
    "unrepeatable": (
        "ALTER TABLE ranking_entries DISABLE TRIGGER ranking_entries_immutable",
        "UPDATE ranking_entries SET probability_top = probability_top * 0.999",
    ),
    "another_formula": (
        "ALTER TABLE rankings DISABLE TRIGGER rankings_immutable",
        "UPDATE rankings SET formula_version = 'old/1'",
    ),
}
# What else is then wrong, and rightly found: the guard that was taken away, and what follows from the fault.
FOUND_TOO: dict[str, set[str]] = {
    "merged_twice_over": {"merged_elsewhere"},
    "refined_astray": {"unrefined"},
    "refined_by_another": {"unrefined"},
    "ranked_twice": {"another_formula"},
    "replies_elsewhere": {"miscounted"},
    "voted_twice": {"guard_missing"},
    "card_answered_twice": {"guard_missing", "card_of_another", "unaccepted"},
    "overspent": {"guard_missing", "answer_unknown"},
    "review_of_another": {"review_of_own"},
    "reviewed_twice": {"guard_missing"},
    "review_of_own": {"conflicted"},
    "ranking_torn": {"unrepeatable"},
    "unrepeatable": {"guard_missing"},
    "another_formula": {"guard_missing"},
}


async def find(connection: Connection, *, refine_ideas: bool = True) -> dict[str, list[str]]:
    return {
        examined.check.name: examined.faults.places
        async for examined in examine_snapshot(connection, refine_ideas=refine_ideas)
        if examined.faults.places
    }


async def break_it(connection: Connection, world: SoundWorld, statements: tuple[str, ...]) -> set[str]:
    """The checks that find something after these statements, which are taken back."""
    ids = {name: str(getattr(world, name)) for name in world.__struct_fields__}
    transaction = connection.transaction()
    await transaction.start()
    for statement in statements:
        await connection.execute(statement.format(**ids))
    found = set(await find(connection))
    await transaction.rollback()
    return found


async def test_nothing_is_found_where_everything_is_as_it_must_be(connection: Connection) -> None:
    await make_sound_world(connection)
    assert await find(connection) == {}


def test_every_check_has_its_corruption() -> None:
    assert sorted(CORRUPTIONS) == sorted(check.name for check in (*CHECKS, *LONGER_CHECKS))


async def test_every_planted_corruption_is_found(connection: Connection) -> None:
    world = await make_sound_world(connection)
    found = {name: await break_it(connection, world, statements) for name, statements in CORRUPTIONS.items()}
    assert found == {name: {name} | FOUND_TOO.get(name, set()) for name in CORRUPTIONS}
    assert await find(connection) == {}


async def test_an_idea_without_any_known_word_needs_no_vector(connection: Connection) -> None:
    world = await make_sound_world(connection)
    await connection.execute("DELETE FROM idea_vectors WHERE idea_id = $1", world.elsewhere)
    await connection.execute("UPDATE ideas SET title = '☃', body = '' WHERE id = $1", world.elsewhere)
    assert await find(connection) == {}


async def test_vectors_that_wait_for_their_job_are_well_and_those_whose_job_failed_are_not(
    connection: Connection,
) -> None:
    world = await make_sound_world(connection)
    await connection.execute("UPDATE idea_vectors SET indexed = false WHERE idea_id = $1", world.survivor)
    await connection.execute("UPDATE staged_jobs SET finished_at = NULL, enqueued_at = NULL, started_at = NULL")
    assert await find(connection) == {}
    await connection.execute("UPDATE staged_jobs SET failed_at = now()")
    assert await find(connection) == {"unindexed": [f"idea {world.survivor}"]}


async def test_refined_vectors_are_asked_for_only_after_an_hour_without_a_job_and_where_ideas_are_refined(
    connection: Connection,
) -> None:
    world = await make_sound_world(connection)
    await connection.execute("DELETE FROM refined_vectors WHERE idea_id = $1", world.survivor)
    assert await find(connection, refine_ideas=False) == {}
    assert await find(connection) == {"unrefined": [f"idea {world.survivor}"]}
    await connection.execute("UPDATE ideas SET updated_at = now() WHERE id = $1", world.survivor)
    assert await find(connection) == {}
    await connection.execute("UPDATE ideas SET updated_at = submitted_at WHERE id = $1", world.survivor)
    for job, subject in (("refine_ideas", world.challenge), ("find_duplicates", world.survivor)):
        await connection.execute(
            "UPDATE staged_jobs SET job = $1, subject = $2, finished_at = NULL, enqueued_at = NULL, started_at = NULL",
            job,
            str(subject),
        )
        assert await find(connection) == {}


async def test_a_refined_vector_of_no_idea_is_found(connection: Connection) -> None:
    await make_sound_world(connection)
    await connection.execute("ALTER TABLE refined_vectors DROP CONSTRAINT refined_vectors_idea_id_fkey")
    gone = new_id()
    await connection.execute(
        "INSERT INTO refined_vectors SELECT $1, revision, encoder, vector FROM refined_vectors LIMIT 1", gone
    )
    assert await find(connection) == {"refined_astray": [f"idea {gone}"]}


async def test_places_are_cut_where_there_are_many(connection: Connection) -> None:
    await make_sound_world(connection)
    challenge_id = await make_challenge(connection)
    for _ in range(SHOWN + 1):
        await make_idea(connection, challenge_id)
    await connection.execute(
        "DELETE FROM idea_authors WHERE idea_id IN (SELECT id FROM ideas WHERE challenge_id = $1)", challenge_id
    )
    examined = {each.check.name: each.faults async for each in examine_snapshot(connection, refine_ideas=True)}
    assert (len(examined["authorless"].places), examined["authorless"].more) == (SHOWN, True)
