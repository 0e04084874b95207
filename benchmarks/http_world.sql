-- identifiers: every row's id follows from its kind and number, so that requests can be written without reading
CREATE FUNCTION bench_id(kind integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid;

-- pairs: number the pairs of a person and an idea that is not the person's own; {people}, {ideas} divisible by 20
CREATE FUNCTION bench_person(pair bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    1 + pair % ({people} * ({ideas} / 20)) % {people};
CREATE FUNCTION bench_idea(pair bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    1 + (bench_person(pair) + pair / ({people} * ({ideas} / 20))) % 20
      + 20 * (pair % ({people} * ({ideas} / 20)) / {people});

-- people: those who vote, and {newcomers} who have not seen a card yet
INSERT INTO people (id, name, email, department, site, roles, created_at, updated_at)
SELECT bench_id(1, n), 'Person ' || n, 'person-' || n || '@example.org', 'Department ' || n % 7, 'Site ' || n % 3,
       CASE n WHEN 1 THEN ARRAY['challenge_owner', 'moderator'] ELSE '{{}}' END, now(), now()
FROM generate_series(1, {people} + {newcomers}) AS n;

-- tokens: one for everybody
INSERT INTO access_tokens (id, person_id, name, token_hash, scopes, created_at, expires_at)
SELECT bench_id(6, n), bench_id(1, n), 'benchmark', sha256(convert_to('idt_benchmark_' || n, 'UTF8')),
       ARRAY['read', 'take_part', 'manage'], now(), now() + interval '1 day'
FROM generate_series(1, {people} + {newcomers}) AS n;

-- policy: in force, and accepted by everybody
INSERT INTO policies (version, title, body, body_sha256, published_by, published_at)
VALUES (1, 'Usage policy', 'Be kind.', repeat('0', 64), bench_id(1, 1), now());
INSERT INTO policy_acceptances (person_id, policy_version, accepted_at) SELECT id, 1, now() FROM people;

-- challenge: running
INSERT INTO challenges (id, question, sponsor_id, owner_id, created_by, stage, submit_opens_at, submit_closes_at,
                        vote_opens_at, vote_closes_at, counts_hidden, opened_at, created_at, updated_at)
VALUES (bench_id(4, 1), 'What should we do better?', bench_id(1, 1), bench_id(1, 1), bench_id(1, 1), 'published',
        now() - interval '9 days', now() + interval '9 days', now() - interval '9 days', now() + interval '9 days',
        false, now() - interval '9 days', now() - interval '10 days', now() - interval '10 days');

-- ideas: from the texts; nobody's triggers, the counters are added up below
SET session_replication_role = replica;
INSERT INTO ideas (id, challenge_id, author_id, department, title, body, state, created_at, updated_at, submitted_at)
SELECT bench_id(2, n), bench_id(4, 1), bench_id(1, 1 + (n - 1) % {people}), 'Department ' || n % 7, title, body,
       'submitted', at, at, at
FROM benchmark_texts, LATERAL (SELECT now() - interval '9 days' + n * interval '700000 seconds' / {ideas} AS at) AS time;
INSERT INTO idea_authors (idea_id, person_id, invited_by, invited_at, agreed_at)
SELECT id, author_id, author_id, created_at, created_at FROM ideas;

-- cards and votes: {cards} cards dealt two hours ago, the first {votes} of them answered
INSERT INTO impressions (id, challenge_id, idea_id, person_id, sitting_id, position, dealt_by, own_department,
                         dealt_at)
SELECT bench_id(3, k), bench_id(4, 1), bench_id(2, bench_idea(k)), bench_id(1, bench_person(k)),
       bench_id(7, bench_person(k)), 1 + k % 10, 'feed', false, now() - interval '2 hours'
FROM generate_series(0, {cards} - 1) AS k;
INSERT INTO votes (idea_id, person_id, challenge_id, value, impression_id, created_at, updated_at)
SELECT idea_id, person_id, challenge_id, (hashtext(id::text) & 3 = 0)::integer, id, dealt_at, dealt_at
FROM impressions WHERE id < bench_id(3, {votes});
SET session_replication_role = DEFAULT;

-- counters: as the triggers would have counted
INSERT INTO idea_tallies (idea_id, challenge_id, views, effective_views, yes, no, trend)
SELECT ideas.id, bench_id(4, 1), coalesce(seen.cards, 0), coalesce(seen.weight, 0), coalesce(given.yes, 0), coalesce(given.no, 0),
       trend_after('-Infinity', submitted_at)
FROM ideas
LEFT JOIN (SELECT idea_id, count(*) AS cards, sum(exposure_weight(position)) AS weight FROM impressions GROUP BY idea_id) AS seen ON seen.idea_id = ideas.id
LEFT JOIN (SELECT idea_id, count(*) FILTER (WHERE value = 1) AS yes, count(*) FILTER (WHERE value = 0) AS no
           FROM votes GROUP BY idea_id) AS given ON given.idea_id = ideas.id;

-- ranking: a snapshot of all ideas
INSERT INTO rankings (id, challenge_id, kind, formula_version, shortlist_size, seed, inputs, inputs_sha256, idea_count,
                      summary, created_at)
VALUES (bench_id(5, 1), bench_id(4, 1), 'interim', 'crowd-1', 20, 1, '', '', {ideas},
        jsonb_build_object('expected_wrong_calls', 6.5, 'grey_zone', 30, 'bands', 1, 'always_see', jsonb_build_array()),
        now());
INSERT INTO ranking_entries (ranking_id, idea_id, position, score, score_low, score_high, rank_low, rank_high,
                             probability_top, band, contributions)
SELECT bench_id(5, 1), idea_id, row_number() OVER (ORDER BY yes DESC, idea_id), 0.5, 0.4, 0.6, 1, {ideas}, 0.1, 1,
       jsonb_build_object('views', views, 'answers', yes + no, 'yes', yes, 'no', no, 'skips', 0, 'supporters', 0,
                          'mean', 0.31, 'prior', -0.8, 'evidence', 0.42)
FROM idea_tallies;

-- statistics: as autovacuum would have them
VACUUM ANALYZE;
