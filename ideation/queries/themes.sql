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

-- progress: how much changed since the last good run, and whether another is under way or about to begin. What is dated
-- after now ($4) was so by a clock that was set back since: it counts when its time has come, not again after every run
SELECT counted.ideas, counted.changed, done.idea_count AS last_ideas, done.finished_at AS last_finished_at,
    extract(epoch FROM done.finished_at - done.started_at)::float8 AS last_seconds,
    EXISTS (
        SELECT FROM analysis_runs
        WHERE challenge_id = $1 AND kind = 'themes' AND finished_at IS NULL
        AND started_at > greatest($2, done.started_at) AND started_at <= $4)
    OR EXISTS (
        SELECT FROM staged_jobs
        WHERE job = 'refresh_themes' AND subject = $1::uuid::text
        AND enqueued_at IS NOT NULL AND started_at IS NULL AND finished_at IS NULL AND failed_at IS NULL) AS under_way
FROM (SELECT $1::uuid AS challenge_id) AS asked
LEFT JOIN LATERAL (
    SELECT idea_count, started_at, finished_at FROM analysis_runs
    WHERE challenge_id = $1 AND kind = 'themes' AND finished_at IS NOT NULL AND error IS NULL AND started_at <= $4
    ORDER BY started_at DESC LIMIT 1) AS done ON true
CROSS JOIN LATERAL (
    SELECT
        (SELECT count(*) FROM (
            SELECT FROM ideas
            WHERE ideas.challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL
            AND state NOT IN ('draft', 'withdrawn') LIMIT $3) AS taking_part) AS ideas,
        (SELECT count(*) FROM ideas
            WHERE ideas.challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL
            AND state NOT IN ('draft', 'withdrawn') AND updated_at BETWEEN done.started_at AND $4) AS changed) AS counted;

-- list_shown: the standing themes of a challenge with the number of their shown ideas
WITH counted AS MATERIALIZED (
    SELECT theme_id, count(*) AS ideas FROM idea_placements JOIN ideas ON ideas.id = idea_id
    WHERE idea_placements.challenge_id = $1
    AND canonical_id IS NULL AND ideas.hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
    GROUP BY theme_id
)
SELECT id, parent_id, label, name, terms, pinned,
    (coalesce(own.ideas, 0) + coalesce(narrower.ideas, 0))::bigint AS idea_count
FROM themes
LEFT JOIN counted AS own ON own.theme_id = themes.id
LEFT JOIN LATERAL (
    SELECT sum(counted.ideas) AS ideas FROM themes AS child JOIN counted ON counted.theme_id = child.id
    WHERE child.parent_id = themes.id) AS narrower ON true
WHERE challenge_id = $1 AND retired_at IS NULL
ORDER BY idea_count DESC, id;

-- list_typical: the shown ideas nearest to the middle of each theme
SELECT themes.id AS theme_id, idea_id, title
FROM themes JOIN LATERAL (
    SELECT idea_id, title, typicality FROM idea_placements JOIN ideas ON ideas.id = idea_id
    WHERE theme_id = themes.id
    AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
    ORDER BY typicality DESC, idea_id LIMIT $2) AS typical ON true
WHERE themes.challenge_id = $1 AND retired_at IS NULL
ORDER BY themes.id, typicality DESC, idea_id;

-- list_outsiders: shown ideas that fit no theme, the newest subject first
SELECT idea_id, title, novelty::float8 AS novelty FROM idea_placements JOIN ideas ON ideas.id = idea_id
WHERE idea_placements.challenge_id = $1 AND theme_id IS NULL
AND canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn')
AND ($2::float8 IS NULL OR (-novelty::float8, idea_id) > (-$2, $3::uuid))
ORDER BY novelty DESC, idea_id LIMIT $4;

-- find_theme: one standing theme
SELECT id, challenge_id, parent_id, label, name, pinned, terms FROM themes WHERE id = $1 AND retired_at IS NULL;

-- edit_theme: what people say of a theme
UPDATE themes SET name = $2, pinned = $3, updated_at = $4 WHERE id = $1 AND retired_at IS NULL;

-- move_ideas: the ideas of some themes, all or those given, go to another
UPDATE idea_placements SET theme_id = $2
WHERE theme_id = ANY ($1::uuid[]) AND ($3::uuid[] IS NULL OR idea_id = ANY ($3));

-- move_children: narrower themes follow
UPDATE themes SET parent_id = $2 WHERE parent_id = ANY ($1::uuid[]);

-- end_themes: themes that became part of another
UPDATE themes SET retired_at = $2, updated_at = $2 WHERE id = ANY ($1::uuid[]);

-- pin_narrow: a theme that people made up of others keeps its ideas; a wider one holds none of its own
UPDATE themes SET pinned = true, updated_at = $2
WHERE id = $1 AND NOT EXISTS (SELECT FROM themes AS child WHERE child.parent_id = $1 AND child.retired_at IS NULL);

-- add_theme: a theme that a person made
INSERT INTO themes (id, challenge_id, parent_id, label, name, terms, pinned, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, true, $7, $7);

-- follow_join: new ideas near an ended theme go to the one it became part of
UPDATE theme_models SET version = version + 1,
    theme_ids = ARRAY(SELECT CASE WHEN theme_id = ANY ($2::uuid[]) THEN $3::uuid ELSE theme_id END
                      FROM unnest(theme_ids) WITH ORDINALITY AS each (theme_id, place) ORDER BY place)
WHERE challenge_id = $1;

-- count_of_theme: how many of these ideas are in the theme, and how many it has
SELECT count(*) FILTER (WHERE idea_id = ANY ($2::uuid[])) AS given, count(*) AS held
FROM idea_placements WHERE theme_id = $1;

-- set_stop_words: words that say nothing in a challenge
UPDATE challenges SET stop_words = $2, updated_at = $3, version = version + 1 WHERE id = $1;
