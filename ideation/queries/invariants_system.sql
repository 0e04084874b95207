-- guard_missing: triggers and unique keys that hold an invariant and are gone or switched off
SELECT format('trigger %s on %s', guard.name, guard.relation) AS place
FROM (VALUES
    ('idea_tallies', 'idea_tallies_enter_feed'), ('ideas', 'ideas_enter_or_leave_feed'),
    ('votes', 'votes_keep_token_budget'), ('votes', 'votes_counted'), ('votes', 'votes_recounted'),
    ('comments', 'comments_counted'), ('impressions', 'impressions_counted'),
    ('staged_jobs', 'staged_jobs_announce'), ('audit_events', 'audit_events_append_only'),
    ('rankings', 'rankings_immutable'), ('ranking_entries', 'ranking_entries_immutable'),
    ('decisions', 'decisions_append_only')) AS guard (relation, name)
WHERE NOT EXISTS (SELECT FROM pg_trigger
                  WHERE tgrelid = guard.relation::regclass AND tgname = guard.name AND tgenabled IN ('O', 'A'))
UNION ALL
SELECT format('unique key of %s (%s)', guard.relation, guard.columns)
FROM (VALUES
    ('votes', 'idea_id, person_id'), ('votes', 'impression_id'), ('merges', 'idea_id'),
    ('policy_acceptances', 'person_id, policy_version'), ('reviews', 'assignment_id'),
    ('reviews', 'idea_id, reviewer_id'), ('review_assignments', 'idea_id, reviewer_id'),
    ('rankings', 'challenge_id, kind, formula_version, inputs_sha256'), ('ranking_entries', 'ranking_id, position'),
    ('staged_jobs', 'job, subject'), ('notifications', 'person_id, once_key'), ('idempotency_keys', 'person_id, key'),
    ('duplicate_pairs', 'idea_a, idea_b')) AS guard (relation, columns)
WHERE NOT EXISTS (
    SELECT FROM pg_index
    WHERE indrelid = guard.relation::regclass AND indisunique AND indisvalid AND indisready
      AND (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(indkey::smallint[]) WITH ORDINALITY AS key (number, place)
           JOIN pg_attribute ON attrelid = indrelid AND attnum = number) = guard.columns);

-- constraint_unchecked: constraints and indexes that PostgreSQL itself holds for not checked
SELECT format('constraint %s of %s', conname, conrelid::regclass) AS place
FROM pg_constraint WHERE NOT convalidated AND connamespace = 'public'::regnamespace
UNION ALL
SELECT format('index %s', indexrelid::regclass)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE NOT (indisvalid AND indisready) AND relnamespace = 'public'::regnamespace;

-- job_abandoned: jobs begun more than two minutes ago that no worker holds and no drain has rescued
SELECT format('%s of %s', job, subject) AS place FROM staged_jobs
WHERE started_at < now() - interval '2 minutes' AND finished_at IS NULL AND failed_at IS NULL AND enqueued_at IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('job:' || staged_jobs.id::text, 0));

-- job_forgotten: jobs handed over hours ago that no worker has begun
SELECT format('%s of %s', job, subject) AS place FROM staged_jobs
WHERE enqueued_at < now() - interval '6 hours' AND started_at IS NULL AND finished_at IS NULL AND failed_at IS NULL;

-- job_from_the_future: waiting jobs dated later than the database's clock, which a clock set back leaves behind
SELECT format('%s of %s', job, subject) AS place FROM staged_jobs
WHERE staged_at > now() + interval '1 minute' AND finished_at IS NULL AND failed_at IS NULL;

-- answer_half_kept: idempotency keys without the answer that belongs to them
SELECT format('key of person %s', person_id) AS place FROM idempotency_keys WHERE status IS NULL OR body IS NULL;

-- unrecorded: steps without their row in the audit trail
SELECT place FROM (
    SELECT format('merge of idea %s', idea_id) AS place, idea_id::text AS subject_id, 'idea' AS subject_kind,
           ARRAY['idea.merged'] AS actions FROM merges
    UNION ALL
    SELECT format('separation of idea %s', idea_id), idea_id::text, 'idea', ARRAY['idea.unmerged']
    FROM merges WHERE unmerged_at IS NOT NULL
    UNION ALL
    SELECT format('decision %s on idea %s', id, idea_id), idea_id::text, 'idea', ARRAY['idea.decide'] FROM decisions
    WHERE NOT EXISTS (SELECT FROM imports WHERE imports.challenge_id = decisions.challenge_id)
    UNION ALL
    SELECT format('unsealing of idea %s', idea_id), idea_id::text, 'idea', ARRAY['idea.unsealed']
    FROM unsealings WHERE approved_at IS NOT NULL
    UNION ALL
    SELECT format('closing of challenge %s', id), id::text, 'challenge',
           ARRAY['challenge.closed', 'challenge.closed_early', 'challenge.decide', 'challenge.archived']
    FROM challenges WHERE frozen_at IS NOT NULL
    UNION ALL
    SELECT format('roles of person %s', id), id::text, 'person', ARRAY['person.create', 'role.grant']
    FROM people WHERE roles <> '{}'
    UNION ALL
    SELECT format('erasure of person %s', id), id::text, 'person', ARRAY['person.erase']
    FROM people WHERE erased_at IS NOT NULL
    UNION ALL
    SELECT format('policy %s', version), version::text, 'policy', ARRAY['policy.publish']
    FROM policies WHERE published_by IS NOT NULL
) AS step
WHERE NOT EXISTS (
    SELECT FROM audit_events AS event
    WHERE event.subject_kind = step.subject_kind AND event.subject_id = step.subject_id
      AND event.action = ANY (step.actions));

-- policy_changed: policies whose text is no longer the one that people accepted
SELECT 'policy ' || version AS place FROM policies
WHERE body_sha256 <> encode(sha256(convert_to(body, 'UTF8')), 'hex');

-- accepted_too_early: acceptances of a policy from before it was published
SELECT format('policy %s, person %s', policy_version, person_id) AS place
FROM policy_acceptances JOIN policies ON version = policy_version WHERE accepted_at < published_at;

-- erased_in_part: erased people of whom something personal is left
SELECT 'person ' || people.id AS place FROM people
WHERE erased_at IS NOT NULL
  AND (email NOT LIKE '%@erased.invalid' OR roles <> '{}'
       OR EXISTS (SELECT FROM access_tokens WHERE person_id = people.id)
       OR EXISTS (SELECT FROM sessions WHERE person_id = people.id)
       OR EXISTS (SELECT FROM sign_in_links WHERE person_id = people.id)
       OR EXISTS (SELECT FROM notifications WHERE person_id = people.id));

-- unsealed_by_one: sealed authors opened without two people in two roles
SELECT 'unsealing ' || id AS place FROM unsealings
WHERE approved_at IS NOT NULL
  AND (approved_by IS NULL OR approved_role IS NULL OR approved_by = requested_by OR approved_role = requested_role);
