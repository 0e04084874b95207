-- voted_twice: people with several votes on one idea
SELECT format('idea %s, person %s', idea_id, person_id) AS place
FROM votes GROUP BY idea_id, person_id HAVING count(*) > 1;

-- card_of_another: votes that answer somebody else's card, or the card of another idea
SELECT format('idea %s, person %s', votes.idea_id, votes.person_id) AS place
FROM votes JOIN impressions ON impressions.id = impression_id
WHERE (impressions.idea_id, impressions.person_id) <> (votes.idea_id, votes.person_id);

-- card_answered_twice: cards with several answers
SELECT 'card ' || impression_id AS place FROM votes
WHERE impression_id IS NOT NULL GROUP BY impression_id HAVING count(*) > 1;

-- answer_unknown: answers that the challenge's way of voting does not have
SELECT format('idea %s, person %s: %s', idea_id, person_id, value) AS place
FROM votes JOIN challenges ON challenges.id = votes.challenge_id
WHERE value IS NOT NULL AND NOT CASE voting_method
    WHEN 'yes_no' THEN value IN (0, 1)
    WHEN 'stars' THEN value BETWEEN 1 AND 5
    WHEN 'budget' THEN value BETWEEN 0 AND token_budget
    WHEN 'lemons' THEN value BETWEEN 0 AND token_budget
    ELSE value = 1 END;

-- overspent: people who gave more tokens than the challenge has
SELECT format('person %s in challenge %s: %s of %s', person_id, challenge_id, sum(value), token_budget) AS place
FROM votes JOIN challenges ON challenges.id = challenge_id
WHERE voting_method IN ('budget', 'lemons') AND impression_id IS NOT NULL
GROUP BY person_id, challenge_id, token_budget HAVING sum(value) > token_budget;

-- own_vote: votes of authors on what they had written by then
SELECT format('idea %s, person %s', votes.idea_id, votes.person_id) AS place
FROM votes JOIN idea_authors USING (idea_id, person_id)
WHERE agreed_at <= votes.updated_at;

-- late: ideas and votes from after the end of their window or the freeze; imports bring their own dates
WITH ended AS (
    SELECT id, submit_closes_at, vote_closes_at, frozen_at,
           -- Whoever closes early waits for requests under way, which may have begun a moment later.
           CASE WHEN EXISTS (SELECT FROM audit_events WHERE challenge_id = challenges.id
                             AND action IN ('challenge.closed_early', 'challenge.decide', 'challenge.archived'))
                THEN interval '1 minute' ELSE interval '0' END AS grace,
           EXISTS (SELECT FROM imports WHERE challenge_id = challenges.id) AS imported
    FROM challenges
), written AS (
    SELECT challenge_id, format('idea %s of %s', id, submitted_at) AS place, submitted_at AS at, 'idea' AS kind
    FROM ideas
    WHERE submitted_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM external_ids
                      WHERE challenge_id = ideas.challenge_id AND kind = 'idea' AND internal_id = ideas.id)
    UNION ALL
    SELECT votes.challenge_id, format('vote of %s on idea %s of %s', votes.person_id, votes.idea_id, updated_at),
           updated_at, 'vote'
    FROM votes LEFT JOIN impressions ON impressions.id = impression_id
    JOIN ended ON ended.id = votes.challenge_id
    WHERE dealt_by = 'feed' OR (dealt_by IS NULL AND NOT imported)
    UNION ALL
    SELECT challenge_id, format('choice %s of %s', id, answered_at), answered_at, 'vote'
    FROM pairs WHERE answered_at IS NOT NULL
)
SELECT place FROM written JOIN ended ON ended.id = challenge_id
WHERE at >= CASE kind WHEN 'idea' THEN submit_closes_at ELSE vote_closes_at END + grace OR at >= frozen_at + grace;

-- unaccepted: people who took part without having accepted the policy then in force; imports bring other people's rows
WITH took_part AS (
    SELECT author_id AS person_id, submitted_at AS at, format('idea %s', id) AS what FROM ideas
    WHERE submitted_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM external_ids
                      WHERE challenge_id = ideas.challenge_id AND kind = 'idea' AND internal_id = ideas.id)
    UNION ALL
    SELECT votes.person_id, votes.created_at, format('vote on idea %s', votes.idea_id)
    FROM votes JOIN impressions ON impressions.id = impression_id AND dealt_by = 'feed'
    UNION ALL
    SELECT comments.author_id, comments.created_at, format('comment %s', comments.id)
    FROM comments JOIN ideas ON ideas.id = comments.idea_id
    WHERE NOT EXISTS (SELECT FROM external_ids WHERE external_ids.challenge_id = ideas.challenge_id
                      AND kind = 'comment' AND internal_id = comments.id)
)
SELECT format('%s by %s, policy %s', what, took_part.person_id, in_force.version) AS place
FROM took_part
CROSS JOIN LATERAL (
    -- A request that had begun when the policy was published knew nothing of it yet.
    SELECT max(version) AS version FROM policies WHERE published_at < at - interval '1 minute'
) AS in_force
WHERE in_force.version IS NOT NULL
  AND NOT EXISTS (SELECT FROM policy_acceptances
                  WHERE policy_acceptances.person_id = took_part.person_id AND policy_version >= in_force.version);
