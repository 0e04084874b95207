-- more roles: everything is somebody's to see
UPDATE people SET roles = ARRAY['challenge_owner', 'moderator', 'administrator', 'reviewer'] WHERE id = bench_id(1, 1);
UPDATE access_tokens SET scopes = ARRAY['read', 'take_part', 'review', 'manage', 'administer'];

-- nobody's triggers where there is nothing to count
SET session_replication_role = replica;

-- themes: forty, on a map of round heaps
INSERT INTO themes (id, challenge_id, label, terms, created_at, updated_at)
SELECT bench_id(8, n), bench_id(4, 1), 'Theme ' || n, ARRAY['term', 'of', 'theme'], now(), now()
FROM generate_series(1, 40) AS n;
INSERT INTO idea_placements (idea_id, challenge_id, theme_id, typicality, novelty, x, y, placed_at)
SELECT bench_id(2, n), bench_id(4, 1), CASE WHEN n % 25 > 0 THEN bench_id(8, 1 + n % 40) END, random(), random(),
       cos(n % 40) * (1 + n % 5) / 6 + sqrt(random()) * cos(n) / 8, sin(n % 40) * (1 + n % 5) / 6 + sqrt(random()) * sin(n) / 8,
       now()
FROM generate_series(1, {ideas}) AS n;

-- duplicates: three thousand pairs that wait for a verdict, two thousand ideas merged into others
INSERT INTO duplicate_pairs (id, idea_a, idea_b, challenge_id, probability, evidence, model_version, proposed_at)
SELECT bench_id(9, n), bench_id(2, 10 * n), bench_id(2, 10 * n + 3), bench_id(4, 1), random(),
       '{{"shared_terms": [], "passages": [], "parts": []}}', 'benchmark', now()
FROM generate_series(1, least(3000, {ideas} / 20)) AS n;
SET session_replication_role = DEFAULT;
UPDATE ideas SET canonical_id = bench_id(2, 5) WHERE id IN (SELECT bench_id(2, 100 + 20 * n) FROM generate_series(1, 30) AS n);
UPDATE ideas SET canonical_id = bench_id(2, 20 * n + 7)
FROM generate_series(40, least(2000, {ideas} / 21)) AS n WHERE id = bench_id(2, 20 * n + 1);

-- talk: one comment on every second idea, sixty on the fifth
INSERT INTO comments (id, idea_id, author_id, body, created_at)
SELECT bench_id(10, n), bench_id(2, 2 * n), bench_id(1, 1 + n % 1000), 'What would it cost, and who pays for it?', now()
FROM generate_series(1, {ideas} / 2) AS n
UNION ALL
SELECT bench_id(11, n), bench_id(2, 5), bench_id(1, 1 + n), 'What would it *cost*?', now() FROM generate_series(1, 60) AS n;
INSERT INTO reports (id, idea_id, reporter_id, reason, created_at)
SELECT bench_id(12, n), bench_id(2, n), bench_id(1, 1 + n % 100), 'This is no idea.', now() FROM generate_series(1, 300) AS n;

-- the panel: thirty members, two criteria, two thousand ideas reviewed twice, some reviews still waiting
INSERT INTO criteria (id, challenge_id, key, label, weight, position)
VALUES (bench_id(13, 1), bench_id(4, 1), 'value', 'Value', 0.5, 1), (bench_id(13, 2), bench_id(4, 1), 'effort', 'Effort', 0.5, 2);
INSERT INTO panel_members (challenge_id, person_id, added_by, added_at)
SELECT bench_id(4, 1), bench_id(1, n), bench_id(1, 1), now() FROM generate_series(2, 31) AS n;
INSERT INTO review_assignments (id, challenge_id, idea_id, reviewer_id, position, due_at, assigned_at)
SELECT bench_id(14, n), bench_id(4, 1), bench_id(2, 1 + n / 2 % {ideas}), bench_id(1, 2 + n % 30), n, now() + interval '5 days', now()
FROM generate_series(1, 4000) AS n;
INSERT INTO reviews (id, assignment_id, challenge_id, idea_id, reviewer_id, created_at, updated_at, sent_at)
SELECT id, id, challenge_id, idea_id, reviewer_id, now(), now(), now() FROM review_assignments
WHERE position <= 3600;
INSERT INTO review_scores (review_id, criterion_id, score)
SELECT reviews.id, criteria.id, 1 + abs(hashtext(reviews.id::text || key)) % 5 FROM reviews, criteria;
INSERT INTO shortlists (id, challenge_id, ranking_id, size, price, created_at)
VALUES (bench_id(15, 1), bench_id(4, 1), bench_id(5, 1), 20, json_build_object('cost_share', 0.02, 'themes', 12,
    'themes_by_score_alone', 9, 'over_cap', ARRAY[]::uuid[], 'folded', json_build_object(), 'text', 'Costs 2 %.'), now());
INSERT INTO shortlist_entries (shortlist_id, idea_id, position)
SELECT bench_id(15, 1), idea_id, position FROM ranking_entries WHERE position <= 20;
INSERT INTO decisions (id, challenge_id, idea_id, outcome, reason, decided_by, decided_at)
SELECT bench_id(16, n), bench_id(4, 1), bench_id(2, n), 'declined', 'It was tried in May.', bench_id(1, 1), now()
FROM generate_series(1, {ideas} / 10) AS n;
UPDATE ideas SET state = 'declined' WHERE id IN (SELECT idea_id FROM decisions);

-- what was told and what was done: ten messages for everybody, a long trail, many jobs
SET session_replication_role = replica;
INSERT INTO notifications (id, person_id, kind, message, challenge_id, once_key, created_at)
SELECT bench_id(17, 10 * p + n), bench_id(1, p), 'benchmark', 'Your idea has an answer.', bench_id(4, 1), 'benchmark:' || n, now()
FROM generate_series(1, {people}) AS p, generate_series(0, 9) AS n;
INSERT INTO audit_events (at, actor_id, action, challenge_id, subject_kind, subject_id)
SELECT now(), bench_id(1, 1), 'idea.decided', bench_id(4, 1), 'idea', bench_id(2, n)::text FROM generate_series(1, {ideas}) AS n;
INSERT INTO staged_jobs (id, job, subject, not_before, staged_at, enqueued_at, started_at, finished_at)
SELECT bench_id(18, n), 'find_duplicates', bench_id(2, n)::text, now(), now(), now(), now(), now() FROM generate_series(1, {ideas}) AS n;

SET session_replication_role = DEFAULT;

-- statistics: as autovacuum would have them
VACUUM ANALYZE;
