-- challenge_mark: what changes whenever something of the challenge does that its pages count; index look-ups only
SELECT concat_ws(' ',
    (SELECT max(submitted_at) FROM ideas WHERE challenge_id = $1),
    (SELECT max(updated_at) FROM votes WHERE challenge_id = $1),
    -- Hiding, merging, deciding, closing: the last steps of the audit trail, not only the last, which may commit first.
    (SELECT string_agg(id::text, ' ') FROM (
        SELECT id FROM audit_events WHERE challenge_id = $1 ORDER BY id DESC LIMIT 20) AS steps),
    (SELECT max(updated_at) FROM ideas WHERE challenge_id = $1 AND state = 'withdrawn'),
    (SELECT max(updated_at) FROM ideas
     WHERE challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')),
    (SELECT max(decided_at) FROM decisions WHERE challenge_id = $1),
    (SELECT count(*) FROM duplicate_pairs WHERE challenge_id = $1 AND state = 'proposed'),
    (SELECT concat_ws(' ', max(started_at), max(finished_at), count(*) FILTER (WHERE finished_at IS NULL))
     FROM analysis_runs WHERE challenge_id = $1 AND started_at > $2::timestamptz - interval '1 day'),
    (SELECT concat_ws(' ', count(*), max(sent_at)) FROM reviews WHERE challenge_id = $1 AND sent_at IS NOT NULL),
    (SELECT concat_ws(' ', count(*), max(created_at)) FROM rankings WHERE challenge_id = $1),
    (SELECT concat_ws(' ', count(*), count(finished_at), sum(lines_done)) FROM imports WHERE challenge_id = $1),
    (SELECT version FROM challenges WHERE id = $1),
    (SELECT concat_ws(' ', max(updated_at), count(*)) FROM themes WHERE challenge_id = $1 AND retired_at IS NULL),
    -- While something runs, its bar moves.
    (SELECT floor(extract(epoch FROM $2::timestamptz) / 4) WHERE EXISTS (
        SELECT FROM analysis_runs
        WHERE challenge_id = $1 AND finished_at IS NULL AND started_at > $2::timestamptz - interval '1 hour')));

-- shown_mark: what changes when everybody who may see the challenge is shown something else, answers and reviews left out
SELECT concat_ws(' ',
    (SELECT max(submitted_at) FROM ideas WHERE challenge_id = $1),
    -- Fewer when some are hidden, merged or withdrawn. Of an index alone: 46,000 ideas take a few milliseconds.
    (SELECT count(*) FROM ideas
     WHERE challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')),
    (SELECT max(decided_at) FROM decisions WHERE challenge_id = $1),
    (SELECT version FROM challenges WHERE id = $1),
    (SELECT concat_ws(' ', max(updated_at), count(*)) FROM themes WHERE challenge_id = $1 AND retired_at IS NULL));

-- reviews_mark: what changes when a person is asked for a review, when one is taken back, and when one is sent
SELECT concat_ws(' ', count(*), max(assignment.assigned_at), count(assignment.released_at), max(review.sent_at))
FROM review_assignments AS assignment
LEFT JOIN reviews AS review ON review.assignment_id = assignment.id
WHERE assignment.reviewer_id = $1;

-- is_large: whether a challenge has at least $2 ideas
SELECT count(*) = $2::integer FROM (SELECT FROM ideas WHERE challenge_id = $1 LIMIT $2) AS these;

-- jobs_mark: what changes whenever a job is staged, begins, ends or fails
SELECT concat_ws(' ', max(staged_at), (SELECT max(finished_at) FROM staged_jobs WHERE finished_at IS NOT NULL),
    (SELECT max(failed_at) FROM staged_jobs WHERE failed_at IS NOT NULL),
    (SELECT concat_ws(' ', count(*), count(started_at)) FROM staged_jobs
     WHERE enqueued_at IS NOT NULL AND finished_at IS NULL),
    (SELECT count(*) FROM staged_jobs WHERE enqueued_at IS NULL))
FROM staged_jobs;
