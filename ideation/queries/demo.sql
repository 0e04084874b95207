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

-- shortlist_rows: a shortlist with what its ranking states of each idea
SELECT shortlist_entries.position, ideas.title, coalesce(themes.name, themes.label, '') AS theme,
       ranking_entries.position AS rank, ranking_entries.rank_low, ranking_entries.rank_high,
       ranking_entries.score, ranking_entries.score_low, ranking_entries.score_high, ranking_entries.probability_top
FROM shortlist_entries
JOIN shortlists ON shortlists.id = shortlist_entries.shortlist_id
JOIN ideas ON ideas.id = shortlist_entries.idea_id
LEFT JOIN ranking_entries ON ranking_entries.ranking_id = shortlists.ranking_id AND ranking_entries.idea_id = ideas.id
LEFT JOIN idea_placements ON idea_placements.idea_id = ideas.id
LEFT JOIN themes ON themes.id = idea_placements.theme_id
WHERE shortlist_entries.shortlist_id = $1 ORDER BY shortlist_entries.position;

-- latest_shortlist: the shortlist made last
SELECT id FROM shortlists WHERE challenge_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1;

-- find_imported_ideas: what ideas of the file became
SELECT external_id, internal_id FROM external_ids WHERE challenge_id = $1 AND kind = 'idea';

-- is_decided: whether any decision was taken
SELECT EXISTS (SELECT FROM decisions WHERE challenge_id = $1);
