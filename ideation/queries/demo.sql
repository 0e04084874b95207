-- policy_exists: whether a usage policy was published
SELECT EXISTS (SELECT FROM policies);

-- find_person: a person by e-mail
SELECT id FROM people WHERE lower(email) = lower($1);

-- find_challenge_of: the challenge with this question and owner
SELECT id FROM challenges WHERE question = $1 AND owner_id = $2;

-- find_running_import: an import that was cut off
SELECT * FROM imports WHERE challenge_id = $1 AND state = 'running' ORDER BY started_at DESC LIMIT 1;

-- set_windows: dates of a draft whose ideas and votes lie in the past, which no form would let through
UPDATE challenges SET submit_opens_at = $2, vote_opens_at = $2, submit_closes_at = $3, vote_closes_at = $4
WHERE id = $1 AND stage = 'draft';

-- make_reviewer: imported experts may sit on a panel
UPDATE people SET roles = array_append(roles, 'reviewer') WHERE id = $1 AND NOT 'reviewer' = ANY (roles);

-- analysis_state: what the workers have finished for a challenge
SELECT challenges.frozen_at IS NOT NULL AS closed,
       (SELECT count(*) FROM ideas WHERE challenge_id = challenges.id AND state <> 'draft') AS ideas,
       (SELECT count(*) FROM votes WHERE challenge_id = challenges.id) AS votes,
       (SELECT count(*) FROM duplicate_pairs WHERE challenge_id = challenges.id) AS duplicate_pairs,
       (SELECT count(*) FROM themes WHERE challenge_id = challenges.id AND retired_at IS NULL) AS themes,
       EXISTS (SELECT FROM analysis_runs WHERE challenge_id = challenges.id AND kind = 'themes'
               AND finished_at IS NOT NULL AND error IS NULL) AS themed,
       EXISTS (SELECT FROM rankings WHERE challenge_id = challenges.id AND kind = 'closing') AS ranked,
       EXISTS (SELECT FROM reviews WHERE challenge_id = challenges.id AND sent_at IS NOT NULL) AS reviewed,
       EXISTS (SELECT FROM rankings WHERE challenge_id = challenges.id AND kind = 'panel') AS panel_ranked
FROM challenges WHERE id = $1;

-- failed_jobs: jobs that will not be tried again
SELECT job, subject, error FROM staged_jobs WHERE failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT 5;
