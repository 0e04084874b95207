-- list_themes: the standing themes of a challenge
SELECT id, parent_id, label, name, terms, pinned FROM themes
WHERE challenge_id = $1 AND retired_at IS NULL ORDER BY created_at, id;

-- find_model: what places new ideas among the themes
SELECT version, encoder, model, theme_ids, fitted_ideas, computed_at FROM theme_models WHERE challenge_id = $1;

-- hold_model: the same, held against every change of the themes until the commit
SELECT version, encoder, model, theme_ids, fitted_ideas, computed_at FROM theme_models
WHERE challenge_id = $1 FOR UPDATE;

-- hold_themes: whoever changes the themes of a challenge does so alone, also before there is a model
SELECT pg_advisory_xact_lock(hashtextextended('themes:' || $1::uuid::text, 0));

-- store_model: the model of a run
INSERT INTO theme_models (challenge_id, encoder, model, theme_ids, fitted_ideas, computed_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (challenge_id) DO UPDATE SET version = theme_models.version + 1, encoder = excluded.encoder,
    model = excluded.model, theme_ids = excluded.theme_ids, fitted_ideas = excluded.fitted_ideas,
    computed_at = excluded.computed_at;

-- store_theme: a theme of a run; its name and pin are people's
INSERT INTO themes (id, challenge_id, parent_id, label, terms, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, label = excluded.label, terms = excluded.terms,
    retired_at = NULL,
    updated_at = CASE WHEN (themes.parent_id, themes.label, themes.terms)
        IS DISTINCT FROM (excluded.parent_id, excluded.label, excluded.terms)
        THEN excluded.updated_at ELSE themes.updated_at END;

-- retire_themes: those that no run continues and no person named or pinned
UPDATE themes SET retired_at = $3, updated_at = $3
WHERE challenge_id = $1 AND retired_at IS NULL AND id <> ALL ($2::uuid[]) AND NOT pinned AND name IS NULL;

-- free_kept_themes: a theme that people keep though no run continues it stands on its own
UPDATE themes SET parent_id = NULL
WHERE challenge_id = $1 AND retired_at IS NULL AND id <> ALL ($2::uuid[]) AND parent_id IS NOT NULL;

-- store_placements: where ideas stand
INSERT INTO idea_placements (idea_id, challenge_id, theme_id, typicality, novelty, x, y, placed_at)
SELECT idea_id, $1, theme_id, typicality, novelty, x, y, $8
FROM unnest($2::uuid[], $3::uuid[], $4::real[], $5::real[], $6::real[], $7::real[])
    AS placed (idea_id, theme_id, typicality, novelty, x, y)
ON CONFLICT (idea_id) DO UPDATE SET theme_id = excluded.theme_id, typicality = excluded.typicality,
    novelty = excluded.novelty, x = excluded.x, y = excluded.y, placed_at = excluded.placed_at;

-- progress: how much changed since the last good run
SELECT counted.ideas, counted.changed, done.idea_count AS last_ideas, done.finished_at AS last_finished_at,
    extract(epoch FROM done.finished_at - done.started_at)::float8 AS last_seconds
FROM (SELECT $1::uuid AS challenge_id) AS asked
LEFT JOIN LATERAL (
    SELECT idea_count, started_at, finished_at FROM analysis_runs
    WHERE challenge_id = $1 AND kind = 'themes' AND finished_at IS NOT NULL AND error IS NULL
    ORDER BY started_at DESC LIMIT 1) AS done ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS ideas, count(*) FILTER (WHERE done.started_at IS NULL OR updated_at >= done.started_at) AS changed
    FROM ideas
    WHERE ideas.challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL
    AND state NOT IN ('draft', 'withdrawn')) AS counted;
