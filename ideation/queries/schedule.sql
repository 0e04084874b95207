-- start_entry: a scheduled entry begins
INSERT INTO schedule_runs (name, last_started_at) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET last_started_at = excluded.last_started_at;

-- finish_entry: it ended well
UPDATE schedule_runs SET last_succeeded_at = $2 WHERE name = $1;

-- list_to_rank: running challenges with votes, ideas or merges since their last ranking began, and frozen ones since
-- A running one is ranked for at most a quarter of the time, so that a large one leaves the processor to people.
SELECT challenges.id
FROM challenges
LEFT JOIN LATERAL (
    SELECT started_at AS began_at, finished_at + 3 * (finished_at - started_at) AS rested_at FROM analysis_runs
    WHERE challenge_id = challenges.id AND kind = 'ranking' AND finished_at IS NOT NULL AND error IS NULL
    ORDER BY started_at DESC LIMIT 1) AS ranked ON true
WHERE stage = 'published' AND submit_opens_at <= $1
  AND (ranked.began_at IS NULL OR frozen_at > ranked.began_at
       OR frozen_at IS NULL AND (
           -- A clock was set back: nothing that is new can be told by its date.
           ranked.began_at > $1::timestamptz + interval '5 seconds'
           OR ranked.rested_at <= $1 AND (
           EXISTS (SELECT FROM votes WHERE challenge_id = challenges.id AND updated_at >= ranked.began_at)
           OR EXISTS (SELECT FROM pairs WHERE challenge_id = challenges.id AND answered_at >= ranked.began_at)
           OR EXISTS (SELECT FROM ideas WHERE challenge_id = challenges.id
                      AND (submitted_at >= ranked.began_at OR hidden_at >= ranked.began_at))
           OR EXISTS (SELECT FROM merges JOIN ideas ON ideas.id = merges.idea_id
                      WHERE ideas.challenge_id = challenges.id
                        AND (merged_at >= ranked.began_at OR unmerged_at >= ranked.began_at)))))
  AND NOT EXISTS (SELECT FROM staged_jobs WHERE job = 'rank_challenge' AND subject = challenges.id::text
                  AND failed_at > $1::timestamptz - interval '1 hour')
ORDER BY challenges.id LIMIT 1000;

-- list_to_recluster: challenges with ideas submitted or changed since their themes were last refreshed
SELECT challenges.id
FROM challenges
LEFT JOIN LATERAL (
    SELECT max(started_at) AS began_at FROM analysis_runs
    WHERE challenge_id = challenges.id AND kind = 'themes' AND finished_at IS NOT NULL AND error IS NULL) AS done ON true
WHERE stage = 'published' AND submit_opens_at <= $1
  AND EXISTS (SELECT FROM ideas WHERE challenge_id = challenges.id AND submitted_at IS NOT NULL
              AND (done.began_at IS NULL OR updated_at >= done.began_at
                   OR done.began_at > $1::timestamptz + interval '5 seconds'))
  AND NOT EXISTS (SELECT FROM staged_jobs WHERE job = 'refresh_themes' AND subject = challenges.id::text
                  AND failed_at > $1::timestamptz - interval '1 hour')
ORDER BY challenges.id LIMIT 1000;

-- list_to_encode: challenges that keep vectors of another encoder than this version's, and no job is at work on them
SELECT DISTINCT ideas.challenge_id AS id
FROM idea_vectors JOIN ideas ON ideas.id = idea_id
WHERE encoder <> $1 AND state <> 'draft'
  AND NOT EXISTS (SELECT FROM staged_jobs WHERE job = 'encode_ideas' AND subject = ideas.challenge_id::text
                  AND (failed_at > $2::timestamptz - interval '1 hour' OR failed_at IS NULL AND finished_at IS NULL))
ORDER BY id LIMIT 1000;

-- remind_reviewers: once for each due date, some days before it
INSERT INTO notifications (id, person_id, kind, message, challenge_id, once_key, created_at)
SELECT gen_random_uuid(), reviewer_id, 'reviews_due',
       format(CASE WHEN count(*) = 1 THEN '%s of your reviews for “%s” is due on %s.'
                   ELSE '%s of your reviews for “%s” are due on %s.' END, count(*), question,
              to_char(min(due_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
       challenge_id, format('reviews-due:%s:%s', challenge_id, to_char(min(due_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD')), $1
FROM (
    SELECT review_assignments.reviewer_id, review_assignments.challenge_id, review_assignments.due_at,
           challenges.question
    FROM review_assignments
    JOIN challenges ON challenges.id = review_assignments.challenge_id AND challenges.stage = 'published'
    JOIN people ON people.id = review_assignments.reviewer_id AND people.active
    WHERE released_at IS NULL AND due_at > $1 AND due_at <= $1::timestamptz + make_interval(days => $2)
      AND NOT EXISTS (SELECT FROM reviews WHERE assignment_id = review_assignments.id AND sent_at IS NOT NULL)
) AS due
GROUP BY reviewer_id, challenge_id, question
ON CONFLICT (person_id, once_key) DO NOTHING;

-- remind_owners: authors wait for an answer and the promised day is near; once before it and once after
INSERT INTO notifications (id, person_id, kind, message, challenge_id, once_key, created_at)
SELECT gen_random_uuid(), owner_id, 'answers_owed',
       format(CASE WHEN owed = 1 THEN '%s idea of “%s” waits for an answer; you promised it by %s.'
                   ELSE '%s ideas of “%s” wait for an answer; you promised it by %s.' END, owed, question,
              to_char(answer_by AT TIME ZONE 'UTC', 'YYYY-MM-DD')),
       id, format('answers-owed:%s:%s:%s', id, to_char(answer_by AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
                  CASE WHEN answer_by <= $1 THEN 'late' ELSE 'soon' END), $1
FROM (
    SELECT challenges.*, (
        SELECT count(*) FROM ideas
        WHERE ideas.challenge_id = challenges.id AND ideas.state = 'submitted' AND ideas.canonical_id IS NULL) AS owed
    FROM challenges
    WHERE stage = 'published' AND answer_by <= $1::timestamptz + make_interval(days => $2)
) AS promised
WHERE owed > 0 AND EXISTS (SELECT FROM people WHERE people.id = owner_id AND active)
ON CONFLICT (person_id, once_key) DO NOTHING;

-- sweep_jobs: finished jobs after their time of keeping
DELETE FROM staged_jobs WHERE finished_at < $1::timestamptz - make_interval(days => $2);

-- sweep_idempotency_keys: a day is long enough for any retry
DELETE FROM idempotency_keys WHERE created_at < $1::timestamptz - interval '1 day';

-- sweep_analysis_runs: all but the last month
DELETE FROM analysis_runs WHERE finished_at < $1::timestamptz - interval '30 days'
    AND started_at < (SELECT max(started_at) FROM analysis_runs AS later
                      WHERE later.challenge_id = analysis_runs.challenge_id AND later.kind = analysis_runs.kind
                        AND later.finished_at IS NOT NULL AND later.error IS NULL);

-- sweep_rankings: of the interim ones the last twenty of each challenge stay, and any that a shortlist was drawn from
DELETE FROM rankings USING (
    SELECT id, row_number() OVER (PARTITION BY challenge_id ORDER BY created_at DESC, id DESC) AS age
    FROM rankings WHERE kind = 'interim') AS aged
WHERE rankings.id = aged.id AND aged.age > 20
  AND NOT EXISTS (SELECT FROM shortlists WHERE ranking_id = rankings.id);
