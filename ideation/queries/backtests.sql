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
