-- hold_ideas: the ideas of a decision, held until the commit, always in the same order
SELECT id, title, state, canonical_id FROM ideas
WHERE challenge_id = $1 AND id = ANY ($2::uuid[]) AND submitted_at IS NOT NULL
ORDER BY id FOR NO KEY UPDATE;

-- add_decisions: one row for each idea
INSERT INTO decisions (id, challenge_id, idea_id, outcome, reason, lesson, decided_by, decided_at)
SELECT row.id, $1, row.idea_id, $4, $5, $6, $7, $8 FROM unnest($2::uuid[], $3::uuid[]) AS row (id, idea_id);

-- set_states: an idea's state follows its decision
UPDATE ideas SET state = $2, version = version + 1, updated_at = $3 WHERE id = ANY ($1::uuid[]);

-- list_recipients: everybody who wrote one of these ideas, or one merged into it
SELECT DISTINCT wanted.idea_id, author.person_id
FROM unnest($1::uuid[]) AS wanted (idea_id)
JOIN ideas AS idea ON idea.id = wanted.idea_id OR idea.canonical_id = wanted.idea_id
JOIN idea_authors AS author ON author.idea_id = idea.id AND author.agreed_at IS NOT NULL
ORDER BY wanted.idea_id, author.person_id;

-- list_by_id: decisions just made, in the order of their ideas
SELECT decision.id, decision.idea_id, decision.outcome, decision.reason, decision.lesson, decision.decided_by,
       person.name AS decided_by_name, decision.decided_at
FROM decisions AS decision JOIN people AS person ON person.id = decision.decided_by
WHERE decision.id = ANY ($1::uuid[]) ORDER BY array_position($1::uuid[], decision.id);

-- list_of_idea: what was decided about an idea (or the one it was merged into), newest first
SELECT decision.id, decision.idea_id, decision.outcome, decision.reason, decision.lesson, decision.decided_by,
       person.name AS decided_by_name, decision.decided_at
FROM decisions AS decision JOIN people AS person ON person.id = decision.decided_by
WHERE decision.idea_id IN (SELECT coalesce(canonical_id, id) FROM ideas WHERE id = $1)
ORDER BY decision.decided_at DESC, decision.id DESC;

-- list_standing: the latest decision of each of some ideas
SELECT DISTINCT ON (decision.idea_id) decision.id, decision.idea_id, decision.outcome, decision.reason, decision.lesson,
       decision.decided_by, person.name AS decided_by_name, decision.decided_at
FROM decisions AS decision JOIN people AS person ON person.id = decision.decided_by
WHERE decision.challenge_id = $1 AND decision.idea_id = ANY ($2::uuid[])
ORDER BY decision.idea_id, decision.decided_at DESC, decision.id DESC;

-- list_results: the standing decision of each idea, by idea id after $2 ($3: only this outcome)
SELECT * FROM (
    SELECT DISTINCT ON (decision.idea_id) decision.idea_id, idea.title, decision.outcome, decision.reason,
           decision.lesson, decision.decided_at
    FROM decisions AS decision JOIN ideas AS idea ON idea.id = decision.idea_id
    WHERE decision.challenge_id = $1 AND ($2::uuid IS NULL OR decision.idea_id > $2)
      AND idea.hidden_at IS NULL AND idea.state <> 'withdrawn'
    ORDER BY decision.idea_id, decision.decided_at DESC, decision.id DESC
) AS standing
WHERE $3::text IS NULL OR outcome = $3
ORDER BY idea_id LIMIT $4;

-- list_owed: ideas without an answer, the longest waiting first ($6: only of this theme)
-- An answer is owed since the submission or, where that came later, since the close: so whoever submitted first has waited
-- longest. In the order of submissions an index gives a page without looking at the rest, unless most are answered.
WITH owed AS MATERIALIZED (
    SELECT idea.id, greatest(idea.submitted_at, closes_at(challenge)) AS owed_since
    FROM ideas AS idea JOIN challenges AS challenge ON challenge.id = idea.challenge_id
    WHERE idea.challenge_id = $1 AND idea.state NOT IN ('draft', 'withdrawn')
      AND ($6::uuid IS NULL OR EXISTS (SELECT FROM idea_placements WHERE idea_id = idea.id AND theme_id = $6))
      AND (SELECT id FROM decisions WHERE decisions.idea_id IN (idea.id, idea.canonical_id)
                                      AND decisions.outcome <> 'under_review' LIMIT 1) IS NULL
      AND (idea.submitted_at, idea.id)
          > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
    ORDER BY idea.submitted_at, idea.id LIMIT $5
)
SELECT idea.id AS idea_id, idea.title, idea.state, idea.canonical_id, coalesce(themes.name, themes.label) AS theme,
       idea.submitted_at, owed_since, greatest(0, extract(epoch FROM $2 - owed_since) / 3600)::double precision AS age_hours
FROM owed JOIN ideas AS idea USING (id)
LEFT JOIN idea_placements AS placed ON placed.idea_id = idea.id
LEFT JOIN themes ON themes.id = placed.theme_id
ORDER BY idea.submitted_at, idea.id;

-- summarise_answers: answer rate and time to the first answer; the answer of a merged idea is that of its survivor
WITH first_answer AS MATERIALIZED (
    SELECT idea_id, min(decided_at) AS at FROM decisions WHERE challenge_id = $1 AND outcome <> 'under_review'
    GROUP BY idea_id
), answer AS (
    SELECT idea.submitted_at, greatest(idea.submitted_at, closes_at(challenge)) AS owed_since,
           closes_at(challenge) IS NOT NULL AS closes, challenge.answer_by < $2 AS late,
           least(own.at, survivors.at) AS answered_at
    FROM ideas AS idea JOIN challenges AS challenge ON challenge.id = idea.challenge_id
    LEFT JOIN first_answer AS own ON own.idea_id = idea.id
    LEFT JOIN first_answer AS survivors ON survivors.idea_id = idea.canonical_id
    WHERE idea.challenge_id = $1 AND idea.state NOT IN ('draft', 'withdrawn')
)
SELECT count(*) AS ideas, count(answered_at) AS answered, count(*) - count(answered_at) AS owed,
       count(answered_at)::double precision / nullif(count(*), 0) AS answer_rate,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - submitted_at) / 3600)
           AS median_hours_from_submission,
       percentile_cont(0.5) WITHIN GROUP (
           ORDER BY CASE WHEN closes AND answered_at IS NOT NULL
                         THEN greatest(0, extract(epoch FROM answered_at - owed_since) / 3600) END)
           AS median_hours_from_close,
       (max(greatest(0, extract(epoch FROM $2 - owed_since) / 3600)) FILTER (WHERE answered_at IS NULL))::double precision
           AS oldest_owed_hours,
       count(*) FILTER (WHERE answered_at IS NULL AND late) AS overdue
FROM answer;

-- decide_challenge: the version that the person read becomes decided
UPDATE challenges SET stage = 'decided', decided_at = $3, version = version + 1, updated_at = $3
WHERE id = $1 AND version = $2 AND stage = 'published'
RETURNING version;

-- list_participants: everybody who wrote an idea or voted in a challenge
SELECT author.person_id FROM idea_authors AS author JOIN ideas AS idea ON idea.id = author.idea_id
WHERE idea.challenge_id = $1 AND author.agreed_at IS NOT NULL AND idea.state NOT IN ('draft', 'withdrawn')
UNION
SELECT person_id FROM votes WHERE challenge_id = $1;
