-- find_challenge: one challenge with its state at $2
SELECT challenges.*, state_at(challenges, $2) AS state FROM challenges WHERE id = $1;

-- lock_challenge: the same, held against every other change (and against votes and submissions) until the commit
SELECT challenges.*, state_at(challenges, $2) AS state FROM challenges WHERE id = $1 FOR UPDATE;

-- is_panel_member: whether a person sits on the challenge's panel
SELECT EXISTS (SELECT FROM panel_members WHERE challenge_id = $1 AND person_id = $2);
