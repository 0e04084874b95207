-- list_answer_people: who gave each ranked answer and when, in the order of the ranking's answers
WITH RECURSIVE folded AS (
    SELECT id, id AS survivor_id FROM ideas
    WHERE challenge_id = $1 AND canonical_id IS NULL AND state NOT IN ('draft', 'withdrawn') AND hidden_at IS NULL
    UNION ALL
    SELECT ideas.id, folded.survivor_id FROM ideas JOIN folded ON ideas.canonical_id = folded.id
), authors AS (
    SELECT DISTINCT folded.survivor_id, idea_authors.person_id
    FROM idea_authors JOIN folded ON folded.id = idea_authors.idea_id WHERE agreed_at IS NOT NULL
), answers AS (
    SELECT DISTINCT ON (folded.survivor_id, votes.person_id)
           folded.survivor_id, votes.person_id, people.department, votes.updated_at AS at
    FROM votes
    JOIN folded ON folded.id = votes.idea_id
    JOIN impressions ON impressions.id = votes.impression_id
    JOIN people ON people.id = votes.person_id
    LEFT JOIN authors ON authors.survivor_id = folded.survivor_id AND authors.person_id = votes.person_id
    WHERE votes.challenge_id = $1 AND authors.person_id IS NULL
    ORDER BY folded.survivor_id, votes.person_id, votes.idea_id <> folded.survivor_id, votes.updated_at DESC,
             votes.idea_id
)
SELECT person_id, department, at FROM answers ORDER BY survivor_id, person_id;

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
