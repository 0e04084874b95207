-- claim_due_jobs: take rows whose time has come, or that a clock since set back dated ahead; another drain's rows are passed over
UPDATE staged_jobs SET enqueued_at = $1, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM staged_jobs
    WHERE enqueued_at IS NULL
      AND (not_before <= $1 OR staged_at > $1::timestamptz + interval '5 seconds'
           -- No pause before a further attempt is as long as this.
           OR attempts > 0 AND not_before > $1::timestamptz + interval '6 minutes')
    ORDER BY not_before, staged_at LIMIT $2
    FOR UPDATE SKIP LOCKED)
RETURNING id, queue, attempts;

-- next_due_at: when the next waiting row is due
SELECT min(not_before) FROM staged_jobs WHERE enqueued_at IS NULL;

-- put_back_job: let a row wait again until $3; when a newer one waits for the same subject, that one does the work
UPDATE staged_jobs AS job SET
    enqueued_at = CASE WHEN newer.waits THEN job.enqueued_at END,
    started_at = CASE WHEN newer.waits THEN job.started_at END,
    finished_at = CASE WHEN newer.waits THEN $5::timestamptz END,
    not_before = $3,
    attempts = job.attempts - $6,
    error = CASE WHEN newer.waits THEN 'A newer job for the same subject does this work.' ELSE $4::text END
FROM (
    SELECT EXISTS (
        SELECT FROM staged_jobs AS waiting JOIN staged_jobs AS mine ON mine.id = $1
        WHERE waiting.job = mine.job AND waiting.subject = mine.subject
          AND waiting.enqueued_at IS NULL AND waiting.id <> mine.id) AS waits
) AS newer
WHERE job.id = $1 AND job.attempts = $2
  AND job.enqueued_at IS NOT NULL AND job.finished_at IS NULL AND job.failed_at IS NULL;

-- lock_job: whoever works on a row holds this lock; it ends with the connection, so a killed worker holds nothing
SELECT pg_try_advisory_lock(hashtextextended('job:' || $1::uuid::text, 0));

-- start_job: begin a row unless it was done, given up or handed to somebody else meanwhile
UPDATE staged_jobs SET started_at = $3
WHERE id = $1 AND attempts = $2 AND enqueued_at IS NOT NULL AND finished_at IS NULL AND failed_at IS NULL
RETURNING id, job, subject, arguments, request_id, attempts;

-- take_over_jobs: the run that begins now does what others wait to do; a row that is being staged at this moment is passed over
UPDATE staged_jobs SET enqueued_at = coalesce(enqueued_at, $3), finished_at = $3,
    error = 'A run that began later did this work.'
WHERE id IN (
    SELECT id FROM staged_jobs
    WHERE job = $1 AND subject = $2 AND started_at IS NULL AND finished_at IS NULL AND failed_at IS NULL
    FOR UPDATE SKIP LOCKED);

-- is_handed_over: whether a job stands in a queue and has not begun
SELECT EXISTS (
    SELECT FROM staged_jobs
    WHERE job = $1 AND subject = $2
    AND enqueued_at IS NOT NULL AND started_at IS NULL AND finished_at IS NULL AND failed_at IS NULL);

-- finish_job: done
UPDATE staged_jobs SET finished_at = $3, error = NULL
WHERE id = $1 AND attempts = $2 AND finished_at IS NULL AND failed_at IS NULL;

-- give_up_job: no further attempt
UPDATE staged_jobs SET failed_at = $3, error = $4
WHERE id = $1 AND attempts = $2 AND finished_at IS NULL AND failed_at IS NULL;

-- list_abandoned_jobs: begun and neither ended nor in anybody's hands
WITH begun AS MATERIALIZED (
    SELECT id, queue, attempts FROM staged_jobs
    WHERE enqueued_at IS NOT NULL AND started_at IS NOT NULL AND finished_at IS NULL AND failed_at IS NULL
)
SELECT id, queue, attempts FROM begun WHERE pg_try_advisory_xact_lock(hashtextextended('job:' || id::text, 0));

-- list_unstarted_jobs: handed over before $1, or in a future that a clock set back left behind, and not begun
SELECT id, queue, attempts FROM staged_jobs
WHERE (enqueued_at < $1 OR enqueued_at > $1::timestamptz + interval '1 minute') AND started_at IS NULL AND finished_at IS NULL AND failed_at IS NULL
ORDER BY enqueued_at LIMIT 10000;

-- list_jobs: newest first, in one state or all
SELECT id, job, subject, job_state(staged_jobs) AS state, attempts, staged_at, not_before, started_at, finished_at,
       failed_at, error
FROM staged_jobs
WHERE ($1::text IS NULL OR job_state(staged_jobs) = $1)
  AND ($2::timestamptz IS NULL OR (staged_at, id) < ($2, $3::uuid))
ORDER BY staged_at DESC, id DESC
LIMIT $4;

-- name_subjects: the challenges that these subjects are, or that the ideas they are belong to
SELECT subject, challenges.id AS challenge_id, challenges.question
FROM (SELECT subject, CASE WHEN subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subject::uuid END AS id
      FROM unnest($1::text[]) AS subject) AS given
LEFT JOIN ideas ON ideas.id = given.id
JOIN challenges ON challenges.id = coalesce(ideas.challenge_id, given.id);

-- retry_job: give a job that failed for good a fresh start; no row when it did not fail or a newer one waits
UPDATE staged_jobs SET failed_at = NULL, error = NULL, enqueued_at = NULL, started_at = NULL, attempts = 0,
                       not_before = $2
WHERE id = $1 AND failed_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM staged_jobs AS waiting
    WHERE waiting.job = staged_jobs.job AND waiting.subject = staged_jobs.subject AND waiting.enqueued_at IS NULL)
RETURNING id, job, subject, job_state(staged_jobs) AS state, attempts, staged_at, not_before, started_at, finished_at,
          failed_at, error;

-- announce_jobs: wake the drain
SELECT pg_notify('staged_jobs', '');

-- find_job: one job
SELECT id, job, subject, job_state(staged_jobs) AS state, attempts, staged_at, not_before, started_at, finished_at,
       failed_at, error
FROM staged_jobs WHERE id = $1;

-- list_failed_jobs_of_challenge: jobs of the challenge or of one of its ideas that failed for good
SELECT staged_jobs.id, job, subject, job_state(staged_jobs) AS state, attempts, staged_at, not_before, started_at,
       finished_at, failed_at, error
FROM staged_jobs
LEFT JOIN ideas ON ideas.id = CASE WHEN subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subject::uuid END
WHERE failed_at IS NOT NULL AND (subject = $1::uuid::text OR ideas.challenge_id = $1)
ORDER BY failed_at DESC, staged_jobs.id DESC
LIMIT 100;

-- start_analysis: a run begins
INSERT INTO analysis_runs (id, challenge_id, kind, started_at) VALUES ($1, $2, $3, $4);

-- finish_analysis: a run ended well
UPDATE analysis_runs SET finished_at = $2, idea_count = $3, details = $4 WHERE id = $1;

-- fail_analysis: a run ended with an error
UPDATE analysis_runs SET finished_at = $2, error = $3 WHERE id = $1;

-- list_freshness: for each kind the last good run, one that runs now, and an error since
SELECT kind,
       good.finished_at AS last_finished_at, good.idea_count,
       extract(epoch FROM good.finished_at - good.started_at)::float8 AS expected_seconds,
       running.started_at AS running_since,
       bad.error AS last_error, bad.finished_at AS last_error_at
FROM unnest(ARRAY['duplicates', 'themes', 'ranking']) AS kind
LEFT JOIN LATERAL (
    SELECT finished_at, idea_count, started_at FROM analysis_runs
    WHERE challenge_id = $1 AND analysis_runs.kind = kind.kind AND finished_at IS NOT NULL AND error IS NULL
    ORDER BY started_at DESC LIMIT 1) AS good ON true
LEFT JOIN LATERAL (
    SELECT started_at FROM analysis_runs
    WHERE challenge_id = $1 AND analysis_runs.kind = kind.kind AND finished_at IS NULL AND started_at > $2
    ORDER BY started_at DESC LIMIT 1) AS running ON true
LEFT JOIN LATERAL (
    SELECT error, finished_at FROM analysis_runs
    WHERE challenge_id = $1 AND analysis_runs.kind = kind.kind AND error IS NOT NULL
      AND started_at > coalesce(good.started_at, '-infinity')
    ORDER BY started_at DESC LIMIT 1) AS bad ON true
ORDER BY kind;
