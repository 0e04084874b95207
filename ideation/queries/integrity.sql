-- list_answer_people: who gave each ranked answer and when, in the order of the ranking's answers
SELECT person_id, department, answered_at AS at FROM ranked_answers($1) ORDER BY survivor_id, person_id;

-- list_authors: the author of each idea
SELECT id, author_id FROM ideas WHERE id = ANY ($1::uuid[]);

-- put_flag: keep a pattern, or refresh what is known of it; a dismissal stays
INSERT INTO integrity_flags (id, challenge_id, kind, fingerprint, people, votes, p_value, reason, effects, found_at,
                             last_seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
ON CONFLICT (challenge_id, fingerprint) DO UPDATE SET
    votes = excluded.votes, p_value = excluded.p_value, reason = excluded.reason, effects = excluded.effects,
    last_seen_at = excluded.last_seen_at;

-- list_flags: patterns of a challenge, those nobody dismissed first, then the latest
SELECT id, challenge_id, kind, people, votes, p_value, reason, effects, found_at, last_seen_at, dismissed_by,
       dismissed_at, dismissal
FROM integrity_flags WHERE challenge_id = $1
ORDER BY dismissed_at IS NOT NULL, p_value, id LIMIT $2;

-- find_flag: one pattern
SELECT id, challenge_id, kind, people, votes, p_value, reason, effects, found_at, last_seen_at, dismissed_by,
       dismissed_at, dismissal
FROM integrity_flags WHERE id = $1;

-- dismiss_flag: say why a pattern is no reason to worry; once
UPDATE integrity_flags SET dismissed_by = $2, dismissal = $3, dismissed_at = $4
WHERE id = $1 AND dismissed_at IS NULL RETURNING id;
