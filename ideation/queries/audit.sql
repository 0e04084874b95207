-- add_audit_event: append one row to the trail
INSERT INTO audit_events (at, actor_id, action, challenge_id, subject_kind, subject_id, details, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- list_audit_events: steps newest first, before id $8; who acted is withheld where that would name a sealed author
-- What others do to an idea is told whoever does it: withheld of an author alone, it would say that they are one.
SELECT event.id, at, CASE WHEN NOT sealed THEN actor_id END AS actor_id,
    CASE WHEN NOT sealed THEN people.name END AS actor_name, sealed AS actor_sealed,
    action, event.challenge_id, subject_kind, subject_id, details, request_id
FROM audit_events AS event
LEFT JOIN people ON people.id = event.actor_id
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM idea_authors
        JOIN ideas ON ideas.id = idea_id
        JOIN challenges ON challenges.id = ideas.challenge_id
        WHERE person_id = event.actor_id
          AND idea_id = CASE WHEN subject_kind = 'idea' AND pg_input_is_valid(subject_id, 'uuid')
                             THEN subject_id::uuid END
          AND authorship = 'sealed'
          AND action <> ALL ($10::text[])
          AND NOT EXISTS (SELECT FROM unsealings WHERE unsealings.idea_id = ideas.id AND approved_at IS NOT NULL)
    ) AS sealed
) AS seal
WHERE ($1::uuid IS NULL OR (event.actor_id = $1 AND NOT sealed))
  AND ($2::text IS NULL OR starts_with(action, $2))
  AND ($3::text IS NULL OR subject_kind = $3)
  AND ($4::text IS NULL OR subject_id = $4)
  AND ($5::uuid IS NULL OR event.challenge_id = $5)
  AND ($6::timestamptz IS NULL OR at >= $6)
  AND ($7::timestamptz IS NULL OR at < $7)
  AND ($8::bigint IS NULL OR event.id < $8)
ORDER BY event.id DESC
LIMIT $9;
