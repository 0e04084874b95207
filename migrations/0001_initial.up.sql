-- The whole first schema. Invariants that must always hold are constraints here, not promises elsewhere.
CREATE EXTENSION IF NOT EXISTS vector;

-- ------------------------------------------------------------------ people

CREATE TABLE people (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
    department text NOT NULL CHECK (length(department) BETWEEN 1 AND 200),
    site text NOT NULL DEFAULT '' CHECK (length(site) <= 200),
    manager_id uuid REFERENCES people (id),
    -- Everybody is an employee; these are the further roles.
    roles text[] NOT NULL DEFAULT '{}'
        CHECK (roles <@ ARRAY['challenge_owner', 'moderator', 'reviewer', 'administrator']),
    active boolean NOT NULL DEFAULT true,
    -- Set when the personal data was removed; such a row only holds the place that ideas and votes point to.
    erased_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (manager_id <> id),
    CHECK (erased_at IS NULL OR NOT active)
);
CREATE UNIQUE INDEX people_email_key ON people (lower(email));
CREATE INDEX people_manager_idx ON people (manager_id) WHERE manager_id IS NOT NULL;
CREATE INDEX people_department_idx ON people (department);
CREATE INDEX people_name_idx ON people (lower(name), id);
CREATE INDEX people_words_idx ON people USING gin (to_tsvector('simple', name));

CREATE TABLE access_tokens (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX access_tokens_person_idx ON access_tokens (person_id);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_person_idx ON sessions (person_id);

-- A link that signs a person in; the seam where single sign-on will stand ends in the same session.
CREATE TABLE sign_in_links (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    uses_left integer NOT NULL CHECK (uses_left >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_links_person_idx ON sign_in_links (person_id);

-- ------------------------------------------------------------------ policy

CREATE TABLE policies (
    version integer PRIMARY KEY CHECK (version > 0),
    title text NOT NULL,
    body text NOT NULL,
    body_sha256 text NOT NULL CHECK (length(body_sha256) = 64),
    published_by uuid REFERENCES people (id),
    published_at timestamptz NOT NULL
);

CREATE TABLE policy_acceptances (
    person_id uuid NOT NULL REFERENCES people (id),
    policy_version integer NOT NULL REFERENCES policies (version),
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, policy_version)
);
CREATE INDEX policy_acceptances_version_idx ON policy_acceptances (policy_version, accepted_at);

-- ------------------------------------------------------------------ challenges

CREATE TABLE challenges (
    id uuid PRIMARY KEY,
    question text NOT NULL CHECK (length(question) BETWEEN 1 AND 500),
    brief text NOT NULL DEFAULT '' CHECK (length(brief) <= 20000),
    sponsor_id uuid NOT NULL REFERENCES people (id),
    owner_id uuid NOT NULL REFERENCES people (id),
    -- Empty lists mean everyone; otherwise being in one named department or one named site suffices.
    audience_departments text[] NOT NULL DEFAULT '{}',
    audience_sites text[] NOT NULL DEFAULT '{}',
    -- What people decided; whether a published challenge is scheduled, running or in review follows from its dates.
    stage text NOT NULL DEFAULT 'draft' CHECK (stage IN ('draft', 'published', 'decided', 'archived')),
    submit_opens_at timestamptz,
    submit_closes_at timestamptz,
    vote_opens_at timestamptz,
    vote_closes_at timestamptz,
    review_opens_at timestamptz,
    review_closes_at timestamptz,
    answer_by timestamptz,
    voting_method text NOT NULL DEFAULT 'yes_no'
        CHECK (voting_method IN ('yes_no', 'up_vote', 'stars', 'budget', 'lemons', 'pairwise')),
    -- How many tokens a person spreads over the ideas: for the best (budget) or against the worst (lemons).
    token_budget integer NOT NULL DEFAULT 10 CHECK (token_budget BETWEEN 1 AND 100),
    counts_hidden boolean NOT NULL DEFAULT true,
    blind_review boolean NOT NULL DEFAULT true,
    authorship text NOT NULL DEFAULT 'shown' CHECK (authorship IN ('shown', 'hidden', 'sealed')),
    shortlist_size integer NOT NULL DEFAULT 20 CHECK (shortlist_size BETWEEN 1 AND 500),
    reviews_per_idea integer NOT NULL DEFAULT 3 CHECK (reviews_per_idea BETWEEN 1 AND 20),
    -- The text every form of this challenge starts with; discounted when ideas are compared.
    idea_template text NOT NULL DEFAULT '' CHECK (length(idea_template) <= 20000),
    stop_words text[] NOT NULL DEFAULT '{}',
    -- Side effects already done by the schedule; never what decides whether something is open.
    opened_at timestamptz,
    frozen_at timestamptz,
    decided_at timestamptz,
    trend double precision NOT NULL DEFAULT '-Infinity',
    version integer NOT NULL DEFAULT 1,
    created_by uuid NOT NULL REFERENCES people (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (submit_closes_at > submit_opens_at),
    CHECK (vote_closes_at > vote_opens_at),
    CHECK (review_closes_at > review_opens_at),
    CHECK (stage = 'draft' OR (submit_opens_at IS NOT NULL AND vote_opens_at IS NOT NULL))
);
CREATE INDEX challenges_stage_idx ON challenges (stage, created_at DESC, id DESC);
CREATE INDEX challenges_owner_idx ON challenges (owner_id);
CREATE INDEX challenges_due_idx ON challenges (submit_closes_at, vote_closes_at)
    WHERE stage = 'published' AND frozen_at IS NULL;

-- The moment after which neither ideas nor votes are taken; NULL for an always-on challenge.
CREATE FUNCTION closes_at(challenge challenges) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (challenge).submit_closes_at IS NOT NULL AND (challenge).vote_closes_at IS NOT NULL
                THEN greatest((challenge).submit_closes_at, (challenge).vote_closes_at) END;

-- The state people see: draft, scheduled, running, in_review, decided or archived.
CREATE FUNCTION state_at(challenge challenges, at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (challenge).stage <> 'published' THEN (challenge).stage
                WHEN at < (challenge).submit_opens_at THEN 'scheduled'
                WHEN (challenge).frozen_at IS NOT NULL OR at >= closes_at(challenge) THEN 'in_review'
                ELSE 'running' END;

CREATE FUNCTION takes_ideas(challenge challenges, at timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (challenge).stage = 'published' AND (challenge).frozen_at IS NULL
           AND at >= (challenge).submit_opens_at
           AND ((challenge).submit_closes_at IS NULL OR at < (challenge).submit_closes_at);

CREATE FUNCTION takes_votes(challenge challenges, at timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (challenge).stage = 'published' AND (challenge).frozen_at IS NULL
           AND at >= (challenge).vote_opens_at
           AND ((challenge).vote_closes_at IS NULL OR at < (challenge).vote_closes_at);

CREATE FUNCTION in_audience(challenge challenges, department text, site text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((challenge).audience_departments = '{}' AND (challenge).audience_sites = '{}')
           OR department = ANY ((challenge).audience_departments) OR site = ANY ((challenge).audience_sites);

CREATE TABLE criteria (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,49}$'),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '',
    weight double precision NOT NULL CHECK (weight > 0 AND weight <= 1),
    scale_min smallint NOT NULL DEFAULT 1,
    scale_max smallint NOT NULL DEFAULT 5,
    position smallint NOT NULL,
    UNIQUE (challenge_id, key),
    CHECK (scale_max > scale_min AND scale_max - scale_min <= 100)
);

-- ------------------------------------------------------------------ ideas

CREATE TABLE ideas (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    author_id uuid NOT NULL REFERENCES people (id),
    -- The author's department when the idea was written, for own-department effects and conflicts.
    department text NOT NULL,
    title text NOT NULL CHECK (length(title) <= 200),
    body text NOT NULL DEFAULT '' CHECK (length(body) <= 100000),
    tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'under_review', 'selected', 'planned',
        'implemented', 'declined', 'already_exists', 'withdrawn')),
    -- A merge is this link and nothing else: votes, comments and authors stay on their rows.
    canonical_id uuid REFERENCES ideas (id),
    hidden_at timestamptz,
    revision integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    submitted_at timestamptz,
    search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('simple', title), 'A')
        || setweight(to_tsvector('english', left(body, 20000)), 'B')
        || setweight(to_tsvector('simple', left(body, 20000)), 'C')) STORED,
    CHECK (canonical_id <> id),
    CHECK ((state = 'draft') = (submitted_at IS NULL) OR state = 'withdrawn'),
    CHECK (state = 'draft' OR length(title) >= 1)
);
CREATE INDEX ideas_challenge_idx ON ideas (challenge_id, submitted_at DESC, id DESC);
-- What lists and counts read: submitted, shown, and not merged into another.
CREATE INDEX ideas_listed_idx ON ideas (challenge_id, submitted_at DESC, id DESC)
    WHERE canonical_id IS NULL AND hidden_at IS NULL AND state NOT IN ('draft', 'withdrawn');
CREATE INDEX ideas_author_idx ON ideas (author_id, created_at DESC);
CREATE INDEX ideas_canonical_idx ON ideas (canonical_id) WHERE canonical_id IS NOT NULL;
CREATE INDEX ideas_search_idx ON ideas USING gin (search);

CREATE TABLE idea_revisions (
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    revision integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    tags text[] NOT NULL,
    edited_by uuid NOT NULL REFERENCES people (id),
    edited_at timestamptz NOT NULL,
    PRIMARY KEY (idea_id, revision)
);

-- The author too has a row here, agreed from the start; co-authors count once they agreed.
CREATE TABLE idea_authors (
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people (id),
    invited_by uuid NOT NULL REFERENCES people (id),
    invited_at timestamptz NOT NULL,
    agreed_at timestamptz,
    declined_at timestamptz,
    PRIMARY KEY (idea_id, person_id),
    CHECK (agreed_at IS NULL OR declined_at IS NULL)
);
CREATE INDEX idea_authors_person_idx ON idea_authors (person_id);

-- Counters beside the idea, on narrow rows of their own, so that a vote never rewrites the idea's text.
CREATE TABLE idea_tallies (
    idea_id uuid PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    views integer NOT NULL DEFAULT 0 CHECK (views >= 0),
    yes integer NOT NULL DEFAULT 0 CHECK (yes >= 0),
    no integer NOT NULL DEFAULT 0 CHECK (no >= 0),
    skips integer NOT NULL DEFAULT 0 CHECK (skips >= 0),
    -- Votes that did not come from a dealt card: shown, never ranked.
    supporters integer NOT NULL DEFAULT 0 CHECK (supporters >= 0),
    stars_sum integer NOT NULL DEFAULT 0,
    stars_count integer NOT NULL DEFAULT 0,
    comments integer NOT NULL DEFAULT 0 CHECK (comments >= 0),
    -- Forward decay: log-sum-exp of event times over the time constant; never recomputed.
    trend double precision NOT NULL DEFAULT '-Infinity',
    -- A fixed random place: thousands who draw cards at once start at different places of equally seen ideas.
    shuffle double precision NOT NULL DEFAULT random(),
    -- Whether the idea may be dealt: submitted, not merged, not hidden. Kept by triggers, for the indexes of the feed.
    in_feed boolean NOT NULL DEFAULT false
) WITH (fillfactor = 70);
CREATE INDEX idea_tallies_least_seen_idx ON idea_tallies (challenge_id, views, shuffle) WHERE in_feed;
CREATE INDEX idea_tallies_shuffle_idx ON idea_tallies (challenge_id, shuffle) WHERE in_feed;
CREATE INDEX idea_tallies_trend_idx ON idea_tallies (challenge_id, trend DESC, idea_id DESC);

CREATE FUNCTION belongs_in_feed(idea ideas) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (idea).state = 'submitted' AND (idea).canonical_id IS NULL AND (idea).hidden_at IS NULL;

CREATE FUNCTION enter_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.in_feed := (SELECT belongs_in_feed(ideas) FROM ideas WHERE id = NEW.idea_id);
    RETURN NEW;
END $$;
CREATE TRIGGER idea_tallies_enter_feed BEFORE INSERT ON idea_tallies FOR EACH ROW EXECUTE FUNCTION enter_feed();

CREATE FUNCTION follow_idea() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE idea_tallies SET in_feed = belongs_in_feed(NEW) WHERE idea_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER ideas_enter_or_leave_feed AFTER UPDATE OF state, canonical_id, hidden_at ON ideas FOR EACH ROW
    WHEN (belongs_in_feed(OLD) IS DISTINCT FROM belongs_in_feed(NEW)) EXECUTE FUNCTION follow_idea();

CREATE TABLE idea_vectors (
    idea_id uuid PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    encoder text NOT NULL,
    vector vector(256) NOT NULL
);
CREATE INDEX idea_vectors_vector_idx ON idea_vectors USING hnsw (vector vector_ip_ops);
CREATE INDEX idea_vectors_challenge_idx ON idea_vectors (challenge_id);

-- ------------------------------------------------------------------ comments and moderation

CREATE TABLE comments (
    id uuid PRIMARY KEY,
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    parent_id uuid REFERENCES comments (id),
    author_id uuid NOT NULL REFERENCES people (id),
    body text NOT NULL CHECK (length(body) <= 10000),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    edited_at timestamptz,
    deleted_at timestamptz,
    hidden_at timestamptz
);
CREATE INDEX comments_idea_idx ON comments (idea_id, created_at, id);
CREATE INDEX comments_author_idx ON comments (author_id);
CREATE INDEX comments_parent_idx ON comments (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE reports (
    id uuid PRIMARY KEY,
    idea_id uuid REFERENCES ideas (id) ON DELETE CASCADE,
    comment_id uuid REFERENCES comments (id) ON DELETE CASCADE,
    reporter_id uuid NOT NULL REFERENCES people (id),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    created_at timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('hidden', 'kept')),
    note text NOT NULL DEFAULT '',
    resolved_by uuid REFERENCES people (id),
    resolved_at timestamptz,
    CHECK (num_nonnulls(idea_id, comment_id) = 1),
    CHECK ((outcome IS NULL) = (resolved_at IS NULL))
);
CREATE UNIQUE INDEX reports_once_idx ON reports (reporter_id, coalesce(idea_id, comment_id)) WHERE outcome IS NULL;
CREATE INDEX reports_open_idx ON reports (created_at, id) WHERE outcome IS NULL;

-- ------------------------------------------------------------------ feed and votes

CREATE TABLE impressions (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people (id),
    sitting_id uuid NOT NULL,
    position smallint NOT NULL CHECK (position >= 1),
    dealt_by text NOT NULL CHECK (dealt_by IN ('feed', 'import')),
    own_department boolean NOT NULL,
    shown_count integer NOT NULL DEFAULT 0,
    dealt_at timestamptz NOT NULL,
    UNIQUE (person_id, idea_id, sitting_id)
);
CREATE INDEX impressions_challenge_idx ON impressions (challenge_id, dealt_at);
CREATE INDEX impressions_idea_idx ON impressions (idea_id);
CREATE INDEX impressions_sitting_idx ON impressions (person_id, challenge_id, dealt_at DESC);

CREATE TABLE votes (
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people (id),
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    -- NULL is a skip; 1 or 0 for yes or no; 1 for an up-vote; 1 to 5 for stars; a number of tokens or lemons.
    value smallint CHECK (value BETWEEN 0 AND 100),
    -- The dealt card that was answered; NULL for a vote from anywhere else, which never ranks.
    impression_id uuid UNIQUE REFERENCES impressions (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (idea_id, person_id),
    CHECK (impression_id IS NOT NULL OR value IS NOT NULL)
);
CREATE INDEX votes_person_idx ON votes (person_id, challenge_id);
CREATE INDEX votes_challenge_idx ON votes (challenge_id, updated_at);

-- Counters follow votes and cards here and nowhere else, so that no way of writing them can leave a count behind.
CREATE FUNCTION count_vote(vote votes, sign integer, lifts_trend boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    dealt boolean := (vote).impression_id IS NOT NULL;
    method text := (SELECT voting_method FROM challenges WHERE id = (vote).challenge_id);
    stars boolean := method = 'stars';
    -- Whoever gives tokens counts once among the yes answers, however many they are.
    given smallint := CASE WHEN method IN ('budget', 'lemons') THEN least((vote).value, 1) ELSE (vote).value END;
BEGIN
    UPDATE idea_tallies SET
        yes = yes + sign * (dealt AND NOT stars AND given IS NOT DISTINCT FROM 1)::integer,
        no = no + sign * (dealt AND NOT stars AND given IS NOT DISTINCT FROM 0)::integer,
        skips = skips + sign * (dealt AND given IS NULL)::integer,
        supporters = supporters + sign * (NOT dealt AND given > 0)::integer,
        stars_sum = stars_sum + sign * CASE WHEN dealt AND stars THEN coalesce(given, 0) ELSE 0 END,
        stars_count = stars_count + sign * (dealt AND stars AND given IS NOT NULL)::integer,
        trend = CASE WHEN lifts_trend THEN trend_after(trend, (vote).created_at) ELSE trend END
    WHERE idea_id = (vote).idea_id;
END $$;

-- Nobody spends more tokens on dealt cards than the challenge gives: the person's votes are counted one at a time.
CREATE FUNCTION keep_token_budget() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    budget integer := (SELECT token_budget FROM challenges
                       WHERE id = NEW.challenge_id AND voting_method IN ('budget', 'lemons'));
    spent integer;
BEGIN
    IF budget IS NULL OR NEW.impression_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('tokens' || NEW.challenge_id || NEW.person_id, 0));
    SELECT coalesce(sum(value), 0) INTO spent FROM votes
    WHERE challenge_id = NEW.challenge_id AND person_id = NEW.person_id AND idea_id <> NEW.idea_id
      AND impression_id IS NOT NULL;
    IF spent + NEW.value > budget THEN
        RAISE EXCEPTION 'only % of % tokens are left', budget - spent, budget
            USING ERRCODE = 'check_violation', CONSTRAINT = 'votes_token_budget';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER votes_keep_token_budget BEFORE INSERT OR UPDATE OF value, impression_id ON votes FOR EACH ROW
    WHEN (NEW.value > 0) EXECUTE FUNCTION keep_token_budget();

-- Forward decay with a half-life of a day, kept in logarithms (Cormode et al. 2009), see scoring.trending.
CREATE FUNCTION trend_after(trend double precision, at timestamptz) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(trend, fresh) + ln(1 + exp(greatest(least(trend, fresh) - greatest(trend, fresh), -700)))
    FROM (SELECT extract(epoch FROM at - timestamptz '2020-01-01 00:00+00')::double precision * ln(2) / 86400) AS t (fresh)
$$;

CREATE FUNCTION follow_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM count_vote(OLD, -1, false);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM count_vote(NEW, 1, TG_OP = 'INSERT' AND NEW.value > 0);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER votes_counted AFTER INSERT OR DELETE ON votes FOR EACH ROW EXECUTE FUNCTION follow_vote();
CREATE TRIGGER votes_recounted AFTER UPDATE OF value, impression_id, idea_id ON votes FOR EACH ROW
    WHEN ((OLD.value, OLD.impression_id, OLD.idea_id) IS DISTINCT FROM (NEW.value, NEW.impression_id, NEW.idea_id))
    EXECUTE FUNCTION follow_vote();

-- Comments are counted while they stand: neither deleted nor hidden.
CREATE FUNCTION follow_comment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before integer := (TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL AND OLD.hidden_at IS NULL)::integer;
    after integer := (TG_OP <> 'DELETE' AND NEW.deleted_at IS NULL AND NEW.hidden_at IS NULL)::integer;
BEGIN
    UPDATE idea_tallies SET comments = comments + after - before,
        trend = CASE WHEN TG_OP = 'INSERT' THEN trend_after(trend, NEW.created_at) ELSE trend END
    WHERE idea_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.idea_id ELSE NEW.idea_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER comments_counted AFTER INSERT OR DELETE OR UPDATE OF deleted_at, hidden_at ON comments
    FOR EACH ROW EXECUTE FUNCTION follow_comment();

-- Rows are locked in one order, so that two people dealt the same ideas never wait for each other in a circle.
CREATE FUNCTION follow_impressions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM idea_tallies WHERE idea_id IN (SELECT idea_id FROM dealt) ORDER BY idea_id FOR NO KEY UPDATE;
    UPDATE idea_tallies SET views = views + seen.cards
    FROM (SELECT idea_id, count(*) AS cards FROM dealt GROUP BY idea_id) AS seen
    WHERE idea_tallies.idea_id = seen.idea_id;
    RETURN NULL;
END $$;
CREATE TRIGGER impressions_counted AFTER INSERT ON impressions REFERENCING NEW TABLE AS dealt
    FOR EACH STATEMENT EXECUTE FUNCTION follow_impressions();

-- Two ideas side by side, on a pairwise challenge; the left one is at the left of the screen.
CREATE TABLE pairs (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    person_id uuid NOT NULL REFERENCES people (id),
    left_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    right_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    left_own_department boolean NOT NULL,
    right_own_department boolean NOT NULL,
    dealt_at timestamptz NOT NULL,
    answer text CHECK (answer IN ('left', 'right', 'skip')),
    answered_at timestamptz,
    CHECK (left_id <> right_id),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
-- One person compares two ideas once, whichever side they stand on.
CREATE UNIQUE INDEX pairs_once_idx ON pairs (person_id, least(left_id, right_id), greatest(left_id, right_id));
CREATE INDEX pairs_challenge_idx ON pairs (challenge_id, answered_at);
CREATE INDEX pairs_left_idx ON pairs (left_id);
CREATE INDEX pairs_right_idx ON pairs (right_id);

-- ------------------------------------------------------------------ duplicates and themes

CREATE TABLE duplicate_pairs (
    id uuid PRIMARY KEY,
    idea_a uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    idea_b uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    probability double precision NOT NULL CHECK (probability BETWEEN 0 AND 1),
    evidence jsonb NOT NULL,
    model_version text NOT NULL,
    -- 'proposed' by the worker or a person; a verdict is remembered for ever.
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'confirmed', 'dismissed')),
    proposed_by uuid REFERENCES people (id),
    proposed_at timestamptz NOT NULL,
    decided_by uuid REFERENCES people (id),
    decided_at timestamptz,
    UNIQUE (idea_a, idea_b),
    CHECK (idea_a < idea_b),
    CHECK ((state = 'proposed') = (decided_at IS NULL))
);
CREATE INDEX duplicate_pairs_queue_idx ON duplicate_pairs (challenge_id, probability DESC, id) WHERE state = 'proposed';
CREATE INDEX duplicate_pairs_b_idx ON duplicate_pairs (idea_b);

CREATE TABLE merges (
    id uuid PRIMARY KEY,
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    canonical_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    reason text NOT NULL DEFAULT '',
    merged_by uuid NOT NULL REFERENCES people (id),
    merged_at timestamptz NOT NULL,
    unmerged_by uuid REFERENCES people (id),
    unmerged_at timestamptz,
    CHECK (idea_id <> canonical_id)
);
CREATE UNIQUE INDEX merges_standing_idx ON merges (idea_id) WHERE unmerged_at IS NULL;
CREATE INDEX merges_canonical_idx ON merges (canonical_id);

CREATE TABLE themes (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    parent_id uuid REFERENCES themes (id),
    label text NOT NULL,
    -- A name a person gave; it survives every re-clustering.
    name text CHECK (length(name) BETWEEN 1 AND 200),
    terms text[] NOT NULL DEFAULT '{}',
    pinned boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE INDEX themes_challenge_idx ON themes (challenge_id) WHERE retired_at IS NULL;

CREATE TABLE idea_placements (
    idea_id uuid PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    -- NULL: the idea fits no theme and is listed as such.
    theme_id uuid REFERENCES themes (id) ON DELETE SET NULL,
    typicality real NOT NULL,
    novelty real NOT NULL,
    x real NOT NULL,
    y real NOT NULL,
    placed_at timestamptz NOT NULL
);
CREATE INDEX idea_placements_theme_idx ON idea_placements (theme_id, typicality DESC);
CREATE INDEX idea_placements_challenge_idx ON idea_placements (challenge_id);

-- What places a new idea among the themes without refitting: arrays, and the theme that each centroid stands for.
CREATE TABLE theme_models (
    challenge_id uuid PRIMARY KEY REFERENCES challenges (id) ON DELETE CASCADE,
    -- Counts every change of the themes, by a run or a person: a run that read an older one writes nothing.
    version integer NOT NULL DEFAULT 1,
    encoder text NOT NULL,
    model bytea NOT NULL,
    theme_ids uuid[] NOT NULL,
    -- How many ideas there were when the number of themes was last looked for.
    fitted_ideas integer NOT NULL,
    computed_at timestamptz NOT NULL
);

-- A model of this installation's own verdicts on pairs; the newest one is used.
CREATE TABLE duplicate_models (
    id uuid PRIMARY KEY,
    encoder text NOT NULL,
    model jsonb NOT NULL,
    curve jsonb NOT NULL,
    confirmed integer NOT NULL,
    dismissed integer NOT NULL,
    fitted_at timestamptz NOT NULL
);

-- Every run of an analysis, so that freshness and failure can be shown to people.
CREATE TABLE analysis_runs (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('duplicates', 'themes', 'ranking', 'integrity')),
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    idea_count integer NOT NULL DEFAULT 0,
    details jsonb NOT NULL DEFAULT '{}',
    error text
);
CREATE INDEX analysis_runs_latest_idx ON analysis_runs (challenge_id, kind, started_at DESC);

-- ------------------------------------------------------------------ rankings

CREATE TABLE rankings (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    kind text NOT NULL CHECK (kind IN ('interim', 'closing', 'panel')),
    formula_version text NOT NULL,
    shortlist_size integer NOT NULL,
    seed bigint NOT NULL,
    -- Everything the formula read, compressed, so that the ranking can be recomputed to the last digit.
    inputs bytea NOT NULL,
    inputs_sha256 text NOT NULL,
    summary jsonb NOT NULL DEFAULT '{}',
    idea_count integer NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX rankings_latest_idx ON rankings (challenge_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX rankings_inputs_idx ON rankings (challenge_id, kind, formula_version, inputs_sha256);

CREATE TABLE ranking_entries (
    ranking_id uuid NOT NULL REFERENCES rankings (id) ON DELETE CASCADE,
    idea_id uuid NOT NULL REFERENCES ideas (id),
    position integer NOT NULL CHECK (position >= 1),
    score double precision NOT NULL,
    score_low double precision NOT NULL,
    score_high double precision NOT NULL,
    rank_low integer NOT NULL,
    rank_high integer NOT NULL,
    probability_top double precision NOT NULL CHECK (probability_top BETWEEN 0 AND 1),
    band integer NOT NULL,
    contributions jsonb NOT NULL,
    PRIMARY KEY (ranking_id, idea_id),
    UNIQUE (ranking_id, position),
    CHECK (score_low <= score AND score <= score_high AND rank_low <= rank_high)
);

-- Odd voting patterns in a ranking, with what they do to it. The votes stay; people judge.
CREATE TABLE integrity_flags (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('reciprocal', 'ring', 'burst', 'one_department')),
    -- The people and ideas it is about; the same pattern found again refreshes the row instead of adding one.
    fingerprint text NOT NULL,
    people uuid[] NOT NULL,
    votes integer NOT NULL CHECK (votes >= 1),
    p_value double precision NOT NULL CHECK (p_value BETWEEN 0 AND 1),
    reason text NOT NULL,
    -- For each idea its rank with these votes and without them.
    effects jsonb NOT NULL,
    found_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    dismissed_by uuid REFERENCES people (id),
    dismissed_at timestamptz,
    dismissal text NOT NULL DEFAULT '' CHECK (length(dismissal) <= 2000),
    UNIQUE (challenge_id, fingerprint),
    CHECK ((dismissed_by IS NULL) = (dismissed_at IS NULL)),
    CHECK (dismissed_at IS NULL OR length(dismissal) > 0)
);
CREATE INDEX integrity_flags_list_idx ON integrity_flags (challenge_id, last_seen_at DESC, id DESC);

-- What an idea would cost, as estimated by those who may know; in the currency of the challenge's budget.
CREATE TABLE idea_costs (
    idea_id uuid PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    cost double precision NOT NULL CHECK (cost > 0 AND cost <= 1e12),
    given_by uuid NOT NULL REFERENCES people (id),
    given_at timestamptz NOT NULL
);

-- ------------------------------------------------------------------ panels

CREATE TABLE panel_members (
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people (id),
    max_reviews integer NOT NULL DEFAULT 15 CHECK (max_reviews BETWEEN 1 AND 500),
    added_by uuid NOT NULL REFERENCES people (id),
    added_at timestamptz NOT NULL,
    PRIMARY KEY (challenge_id, person_id)
);
CREATE INDEX panel_members_person_idx ON panel_members (person_id);

CREATE TABLE declared_conflicts (
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    person_id uuid NOT NULL REFERENCES people (id),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    declared_at timestamptz NOT NULL,
    PRIMARY KEY (idea_id, person_id)
);

CREATE TABLE review_assignments (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    reviewer_id uuid NOT NULL REFERENCES people (id),
    -- A reviewer's own order, random, so that nobody is always judged first.
    position integer NOT NULL,
    due_at timestamptz,
    assigned_by uuid REFERENCES people (id),
    assigned_at timestamptz NOT NULL,
    released_at timestamptz,
    UNIQUE (idea_id, reviewer_id)
);
CREATE INDEX review_assignments_reviewer_idx ON review_assignments (reviewer_id, position) WHERE released_at IS NULL;
CREATE INDEX review_assignments_challenge_idx ON review_assignments (challenge_id);

CREATE TABLE reviews (
    id uuid PRIMARY KEY,
    assignment_id uuid NOT NULL UNIQUE REFERENCES review_assignments (id) ON DELETE CASCADE,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    idea_id uuid NOT NULL REFERENCES ideas (id),
    reviewer_id uuid NOT NULL REFERENCES people (id),
    comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 10000),
    wildcard boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Hidden from everybody else until sent; afterwards it no longer changes.
    sent_at timestamptz,
    UNIQUE (idea_id, reviewer_id)
);
CREATE INDEX reviews_challenge_idx ON reviews (challenge_id) WHERE sent_at IS NOT NULL;
CREATE UNIQUE INDEX reviews_wildcard_idx ON reviews (challenge_id, reviewer_id) WHERE wildcard;

CREATE TABLE review_scores (
    review_id uuid NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    criterion_id uuid NOT NULL REFERENCES criteria (id),
    score smallint NOT NULL,
    comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 5000),
    PRIMARY KEY (review_id, criterion_id)
);

CREATE TABLE shortlists (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    ranking_id uuid NOT NULL REFERENCES rankings (id),
    size integer NOT NULL CHECK (size >= 1),
    price jsonb NOT NULL DEFAULT '{}',
    created_by uuid REFERENCES people (id),
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX shortlists_latest_idx ON shortlists (challenge_id, created_at DESC, id DESC);

CREATE TABLE shortlist_entries (
    shortlist_id uuid NOT NULL REFERENCES shortlists (id) ON DELETE CASCADE,
    idea_id uuid NOT NULL REFERENCES ideas (id),
    position integer NOT NULL,
    -- NULL when the formula chose it; a person's change carries that person and a reason.
    changed_by uuid REFERENCES people (id),
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (shortlist_id, idea_id),
    CHECK (changed_by IS NULL OR length(reason) > 0)
);

CREATE TABLE decisions (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id),
    idea_id uuid NOT NULL REFERENCES ideas (id),
    outcome text NOT NULL CHECK (outcome IN ('under_review', 'selected', 'planned', 'implemented', 'declined',
        'already_exists')),
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 5000),
    lesson text NOT NULL DEFAULT '' CHECK (length(lesson) <= 5000),
    decided_by uuid NOT NULL REFERENCES people (id),
    decided_at timestamptz NOT NULL,
    CHECK (outcome NOT IN ('declined', 'already_exists') OR length(reason) > 0)
);
CREATE INDEX decisions_idea_idx ON decisions (idea_id, decided_at DESC);
CREATE INDEX decisions_challenge_idx ON decisions (challenge_id, decided_at);

-- Two people in two different roles open a sealed author; the record stays.
CREATE TABLE unsealings (
    id uuid PRIMARY KEY,
    idea_id uuid NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    requested_by uuid NOT NULL REFERENCES people (id),
    requested_role text NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by uuid REFERENCES people (id),
    approved_role text,
    approved_at timestamptz,
    CHECK (approved_by <> requested_by AND approved_role <> requested_role)
);
CREATE INDEX unsealings_idea_idx ON unsealings (idea_id);

-- ------------------------------------------------------------------ telling people

CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind text NOT NULL,
    message text NOT NULL,
    challenge_id uuid REFERENCES challenges (id) ON DELETE CASCADE,
    idea_id uuid REFERENCES ideas (id) ON DELETE CASCADE,
    -- Telling twice is worse than telling late: one row per person and this key.
    once_key text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    UNIQUE (person_id, once_key)
);
CREATE INDEX notifications_person_idx ON notifications (person_id, created_at DESC, id DESC);

-- ------------------------------------------------------------------ jobs, audit, requests

CREATE TABLE staged_jobs (
    id uuid PRIMARY KEY,
    job text NOT NULL,
    subject text NOT NULL,
    arguments jsonb NOT NULL DEFAULT '{}',
    queue text NOT NULL DEFAULT 'default' CHECK (queue IN ('default', 'analysis')),
    request_id text,
    not_before timestamptz NOT NULL,
    staged_at timestamptz NOT NULL,
    enqueued_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    -- Set when no further attempt will be made; shown to the owner with its age.
    failed_at timestamptz,
    error text
);
-- Repeats merge while the job still waits; once handed over, a new change stages a new row.
CREATE UNIQUE INDEX staged_jobs_waiting_idx ON staged_jobs (job, subject) WHERE enqueued_at IS NULL;
CREATE INDEX staged_jobs_due_idx ON staged_jobs (not_before, staged_at) WHERE enqueued_at IS NULL;
CREATE INDEX staged_jobs_running_idx ON staged_jobs (enqueued_at) WHERE enqueued_at IS NOT NULL AND finished_at IS NULL;
CREATE INDEX staged_jobs_done_idx ON staged_jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX staged_jobs_failed_idx ON staged_jobs (failed_at) WHERE failed_at IS NOT NULL;
CREATE INDEX staged_jobs_list_idx ON staged_jobs (staged_at DESC, id DESC);

CREATE FUNCTION job_state(job staged_jobs) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (job).failed_at IS NOT NULL THEN 'failed'
                WHEN (job).finished_at IS NOT NULL THEN 'finished'
                WHEN (job).started_at IS NOT NULL THEN 'running'
                ELSE 'waiting' END;

CREATE FUNCTION announce_staged_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('staged_jobs', '');
    RETURN NULL;
END $$;
CREATE TRIGGER staged_jobs_announce AFTER INSERT ON staged_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION announce_staged_job();

CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid REFERENCES people (id),
    action text NOT NULL,
    challenge_id uuid,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    request_id text
);
CREATE INDEX audit_events_challenge_idx ON audit_events (challenge_id, id DESC);
CREATE INDEX audit_events_actor_idx ON audit_events (actor_id, id DESC);
CREATE INDEX audit_events_subject_idx ON audit_events (subject_kind, subject_id, id DESC);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rankings_immutable BEFORE UPDATE ON rankings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ranking_entries_immutable BEFORE UPDATE ON ranking_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE ON decisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE idempotency_keys (
    person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    request_sha256 text NOT NULL,
    status smallint,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, key)
);
CREATE INDEX idempotency_keys_age_idx ON idempotency_keys (created_at);

-- ------------------------------------------------------------------ import

CREATE TABLE imports (
    id uuid PRIMARY KEY,
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    format text NOT NULL CHECK (format IN ('jsonl', 'csv')),
    source_name text NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished', 'failed')),
    lines_done bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    started_by uuid NOT NULL REFERENCES people (id),
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    error text
);
CREATE INDEX imports_challenge_idx ON imports (challenge_id, started_at DESC);

CREATE TABLE import_rejections (
    import_id uuid NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line_number bigint NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (import_id, line_number)
);

-- What a row was called where it came from: importing the same file again finds it instead of doubling it.
CREATE TABLE external_ids (
    challenge_id uuid NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('idea', 'comment', 'review')),
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    internal_id uuid NOT NULL,
    PRIMARY KEY (challenge_id, kind, external_id)
);

-- When a scheduled job last ended well, for /health and doctor.
CREATE TABLE schedule_runs (
    name text PRIMARY KEY,
    last_started_at timestamptz NOT NULL,
    last_succeeded_at timestamptz
);
