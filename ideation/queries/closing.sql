-- freeze_challenge: from here on neither idea nor vote enters; a row only for whoever froze it ($3: also one without end)
UPDATE challenges SET frozen_at = $2, opened_at = coalesce(opened_at, submit_opens_at), updated_at = $2
WHERE id = $1 AND stage = 'published' AND frozen_at IS NULL AND (closes_at(challenges) <= $2 OR $3::boolean AND closes_at(challenges) IS NULL)
RETURNING question, owner_id, sponsor_id;

-- mark_opened: the opening's side effects are done once; a row only for whoever does them
UPDATE challenges SET opened_at = $2, updated_at = $2
WHERE id = $1 AND stage = 'published' AND opened_at IS NULL AND submit_opens_at <= $2
RETURNING question, owner_id, sponsor_id;

-- list_due_to_close: challenges whose last window has ended
SELECT id FROM challenges
WHERE stage = 'published' AND frozen_at IS NULL AND closes_at(challenges) <= $1
ORDER BY closes_at(challenges), id LIMIT 1000;

-- list_due_to_open: challenges whose first window has begun
SELECT id FROM challenges
WHERE stage = 'published' AND opened_at IS NULL AND submit_opens_at <= $1
ORDER BY submit_opens_at, id LIMIT 1000;

-- has_panel: whether anybody sits on the challenge's panel
SELECT EXISTS (SELECT FROM panel_members WHERE challenge_id = $1);
