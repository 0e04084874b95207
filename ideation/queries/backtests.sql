-- list_rankings: the newest closing and panel rankings from before the first answer
SELECT DISTINCT ON (kind) id, kind, created_at FROM rankings
WHERE challenge_id = $1 AND kind IN ('closing', 'panel')
  AND created_at <= (SELECT min(decided_at) FROM decisions WHERE challenge_id = $1 AND outcome <> 'under_review')
ORDER BY kind, created_at DESC, id DESC;

-- list_decided: ranked ideas with their standing answer, good or not
SELECT entry.score, entry.probability_top,
       decision.outcome IN ('selected', 'planned', 'implemented') AS selected
FROM ranking_entries AS entry
JOIN LATERAL (SELECT outcome FROM decisions
              WHERE decisions.idea_id = entry.idea_id AND outcome <> 'under_review'
              ORDER BY decided_at DESC, id DESC LIMIT 1) AS decision ON true
WHERE entry.ranking_id = $1
ORDER BY entry.position;

-- count_decided: ideas with an answer
SELECT count(DISTINCT idea_id) FROM decisions WHERE challenge_id = $1 AND outcome <> 'under_review';

-- count_judges_of_both: people of a ranking's answers or reviews who judged a selected idea and one that was not
WITH outcome AS (
    SELECT DISTINCT ON (idea_id) idea_id, outcome IN ('selected', 'planned', 'implemented') AS selected
    FROM decisions WHERE challenge_id = $1 AND outcome <> 'under_review'
    ORDER BY idea_id, decided_at DESC, id DESC
), judged AS (
    SELECT reviewer_id AS person_id, idea_id FROM reviews WHERE $2 = 'panel' AND challenge_id = $1 AND sent_at <= $3
    UNION ALL
    SELECT person_id, idea_id FROM votes
    WHERE $2 <> 'panel' AND challenge_id = $1 AND impression_id IS NOT NULL AND value IS NOT NULL AND created_at <= $3
    UNION ALL
    SELECT person_id, unnest(ARRAY[left_id, right_id]) FROM pairs
    WHERE $2 <> 'panel' AND challenge_id = $1 AND answer IN ('left', 'right') AND answered_at <= $3
)
SELECT count(*) FROM (
    SELECT person_id
    FROM judged JOIN ideas ON ideas.id = judged.idea_id
    JOIN outcome ON outcome.idea_id = coalesce(ideas.canonical_id, ideas.id)
    GROUP BY person_id HAVING count(DISTINCT selected) = 2) AS judges;
