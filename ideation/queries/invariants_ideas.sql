-- authorless: ideas that nobody wrote
SELECT 'idea ' || ideas.id AS place FROM ideas
WHERE NOT EXISTS (SELECT FROM idea_authors
                  WHERE idea_id = ideas.id AND person_id = ideas.author_id AND agreed_at IS NOT NULL);

-- uncounted: ideas without the row that holds their counters
SELECT 'idea ' || ideas.id AS place FROM ideas
WHERE NOT EXISTS (SELECT FROM idea_tallies WHERE idea_id = ideas.id);

-- miscounted: counters that do not say what the votes, cards and comments say
WITH voted AS (
    SELECT idea_id,
           count(*) FILTER (WHERE dealt AND NOT stars AND given = 1) AS yes,
           count(*) FILTER (WHERE dealt AND NOT stars AND given = 0) AS no,
           count(*) FILTER (WHERE dealt AND given IS NULL) AS skips,
           count(*) FILTER (WHERE NOT dealt AND given > 0) AS supporters,
           coalesce(sum(given) FILTER (WHERE dealt AND stars), 0) AS stars_sum,
           count(given) FILTER (WHERE dealt AND stars) AS stars_count
    FROM (
        SELECT votes.idea_id, votes.impression_id IS NOT NULL AS dealt, voting_method = 'stars' AS stars,
               CASE WHEN voting_method IN ('budget', 'lemons') AND value > 1 THEN 1 ELSE value END AS given
        FROM votes JOIN challenges ON challenges.id = votes.challenge_id
    ) AS vote
    GROUP BY idea_id
), seen AS (
    SELECT idea_id, count(*) AS views, sum(exposure_weight(position)) AS effective_views
    FROM impressions GROUP BY idea_id
), said AS (
    SELECT idea_id, count(*) AS comments FROM comments WHERE deleted_at IS NULL AND hidden_at IS NULL GROUP BY idea_id
), counted AS (
    SELECT tally.idea_id,
           jsonb_build_object('yes', tally.yes, 'no', tally.no, 'skips', tally.skips, 'supporters', tally.supporters,
               'stars_sum', tally.stars_sum, 'stars_count', tally.stars_count, 'views', tally.views,
               'effective_views', tally.effective_views, 'comments', tally.comments) AS stored,
           jsonb_build_object('yes', coalesce(voted.yes, 0), 'no', coalesce(voted.no, 0),
               'skips', coalesce(voted.skips, 0), 'supporters', coalesce(voted.supporters, 0),
               'stars_sum', coalesce(voted.stars_sum, 0), 'stars_count', coalesce(voted.stars_count, 0),
               'views', coalesce(seen.views, 0), 'effective_views', coalesce(seen.effective_views, 0),
               'comments', coalesce(said.comments, 0)) AS real
    FROM idea_tallies AS tally
    LEFT JOIN voted USING (idea_id) LEFT JOIN seen USING (idea_id) LEFT JOIN said USING (idea_id)
)
SELECT format('idea %s: %s is %s, rows say %s', idea_id, item.key, item.value, real -> item.key) AS place
FROM counted CROSS JOIN LATERAL jsonb_each(stored) AS item
WHERE stored <> real AND item.value <> real -> item.key;

-- misdealt: ideas that the feed deals though it must not, or does not though it should
SELECT 'idea ' || ideas.id AS place FROM ideas JOIN idea_tallies ON idea_id = ideas.id
WHERE in_feed <> belongs_in_feed(ideas);

-- merged_twice_over: merged ideas that are shown as one that is itself merged, so that none of them is shown
SELECT format('idea %s is shown as %s', ideas.id, ideas.canonical_id) AS place
FROM ideas JOIN ideas AS survivor ON survivor.id = ideas.canonical_id
WHERE survivor.canonical_id IS NOT NULL OR survivor.challenge_id <> ideas.challenge_id;

-- merged_without_record: a merged idea without the standing record that undoes it, or a record without the merge
SELECT 'idea ' || ideas.id AS place FROM ideas
LEFT JOIN merges ON merges.idea_id = ideas.id AND unmerged_at IS NULL
WHERE (ideas.canonical_id IS NULL) <> (merges.id IS NULL);

-- merged_elsewhere: merged ideas whose records lead to another idea than the one shown, or round in a circle
WITH RECURSIVE chain AS (
    SELECT idea_id AS start, canonical_id AS reached FROM merges WHERE unmerged_at IS NULL
    UNION
    SELECT chain.start, merges.canonical_id
    FROM chain JOIN merges ON merges.idea_id = chain.reached AND unmerged_at IS NULL
), ends AS (
    SELECT start, reached FROM chain
    WHERE NOT EXISTS (SELECT FROM merges WHERE idea_id = chain.reached AND unmerged_at IS NULL)
)
SELECT format('idea %s', started.start) AS place
FROM (SELECT DISTINCT start FROM chain) AS started
JOIN ideas ON ideas.id = started.start
WHERE NOT EXISTS (SELECT FROM ends WHERE ends.start = started.start AND ends.reached = ideas.canonical_id);

-- revisions_lost: edited ideas whose former wordings are not all there, or whose last one is not what is shown
SELECT 'idea ' || ideas.id AS place FROM ideas
LEFT JOIN LATERAL (SELECT count(*) AS kept FROM idea_revisions WHERE idea_id = ideas.id) AS history ON true
LEFT JOIN idea_revisions AS latest ON latest.idea_id = ideas.id AND latest.revision = ideas.revision
WHERE ideas.revision > 1
  AND (kept <> ideas.revision OR (latest.title, latest.body) IS DISTINCT FROM (ideas.title, ideas.body));

-- replies_elsewhere: replies to a comment on another idea
SELECT 'comment ' || reply.id AS place
FROM comments AS reply JOIN comments AS parent ON parent.id = reply.parent_id
WHERE parent.idea_id <> reply.idea_id;

-- undecided: ideas in the state of a decision that nobody took, or decided ones that look open
SELECT format('idea %s is %s', ideas.id, ideas.state) AS place FROM ideas
WHERE (state IN ('selected', 'planned', 'implemented', 'declined', 'already_exists')
       AND NOT EXISTS (SELECT FROM decisions WHERE idea_id = ideas.id AND outcome = ideas.state))
   OR (state = 'submitted' AND EXISTS (SELECT FROM decisions WHERE idea_id = ideas.id));

-- misfiled: rows that name another challenge than their idea does
SELECT format('%s of idea %s', part, filed.idea_id) AS place FROM (
    SELECT 'counters' AS part, idea_id, challenge_id FROM idea_tallies
    UNION ALL SELECT 'vector', idea_id, challenge_id FROM idea_vectors
    UNION ALL SELECT 'placement', idea_id, challenge_id FROM idea_placements
    UNION ALL SELECT 'card', idea_id, challenge_id FROM impressions
    UNION ALL SELECT 'vote', idea_id, challenge_id FROM votes
    UNION ALL SELECT 'pair', left_id, challenge_id FROM pairs
    UNION ALL SELECT 'pair', right_id, challenge_id FROM pairs
    UNION ALL SELECT 'suggested duplicate', idea_a, challenge_id FROM duplicate_pairs
    UNION ALL SELECT 'suggested duplicate', idea_b, challenge_id FROM duplicate_pairs
    UNION ALL SELECT 'assignment', idea_id, challenge_id FROM review_assignments
    UNION ALL SELECT 'review', idea_id, challenge_id FROM reviews
    UNION ALL SELECT 'decision', idea_id, challenge_id FROM decisions
    UNION ALL SELECT 'place in ranking', idea_id, challenge_id FROM ranking_entries JOIN rankings ON id = ranking_id
    UNION ALL SELECT 'place on shortlist', idea_id, challenge_id FROM shortlist_entries JOIN shortlists ON id = shortlist_id
) AS filed
JOIN ideas ON ideas.id = filed.idea_id
WHERE filed.challenge_id <> ideas.challenge_id;

-- misplaced: ideas placed in a theme that was retired or belongs to another challenge
SELECT 'idea ' || idea_id AS place FROM idea_placements JOIN themes ON themes.id = theme_id
WHERE themes.challenge_id <> idea_placements.challenge_id OR retired_at IS NOT NULL;

-- import_orphans: imported rows that are remembered and no longer exist
SELECT format('%s %s', kind, external_id) AS place FROM external_ids
WHERE NOT EXISTS (SELECT FROM ideas WHERE kind = 'idea' AND id = internal_id)
  AND NOT EXISTS (SELECT FROM comments WHERE kind = 'comment' AND id = internal_id)
  AND NOT EXISTS (SELECT FROM reviews WHERE kind = 'review' AND id = internal_id);

-- unindexed: vectors set aside for the job that puts them into the index, without such a job
SELECT 'idea ' || idea_id AS place FROM idea_vectors
WHERE NOT indexed
  AND NOT EXISTS (SELECT FROM staged_jobs WHERE job = 'find_duplicates' AND subject = idea_id::text
                  AND finished_at IS NULL AND failed_at IS NULL);

-- refined_astray: refined vectors of no idea, of a draft, or of a wording that their idea never had
SELECT 'idea ' || idea_id AS place FROM refined_vectors AS refined
WHERE NOT EXISTS (SELECT FROM ideas
                  WHERE id = refined.idea_id AND state <> 'draft' AND refined.revision BETWEEN 1 AND ideas.revision);

-- refined_by_another: refined vectors of another encoder than $1
SELECT format('idea %s (%s)', idea_id, encoder) AS place FROM refined_vectors WHERE encoder <> $1;

-- unrefined: compared ideas that stood for an hour without a vector of their wording by encoder $1, and nothing at work on it
SELECT 'idea ' || ideas.id AS place FROM ideas
WHERE ideas.state NOT IN ('draft', 'withdrawn') AND canonical_id IS NULL AND hidden_at IS NULL
  AND ideas.updated_at < now() - interval '1 hour'
  AND NOT EXISTS (SELECT FROM refined_vectors AS refined
                  WHERE idea_id = ideas.id AND refined.revision = ideas.revision AND encoder = $1)
  AND NOT EXISTS (SELECT FROM staged_jobs WHERE finished_at IS NULL AND failed_at IS NULL
                  AND (job, subject) IN (('find_duplicates', ideas.id::text), ('refine_ideas', ideas.challenge_id::text),
                                         ('refresh_themes', ideas.challenge_id::text)));

-- list_unvectored: compared ideas without a vector whose comparison is neither waiting nor under way, after a given one
SELECT ideas.id, ideas.challenge_id, revision, title, left(body, 32000) AS body, idea_template
FROM ideas JOIN challenges ON challenges.id = ideas.challenge_id
WHERE ideas.state NOT IN ('draft', 'withdrawn') AND canonical_id IS NULL AND hidden_at IS NULL
  AND ($1::uuid IS NULL OR ideas.id > $1)
  AND NOT EXISTS (SELECT FROM idea_vectors WHERE idea_id = ideas.id)
  AND NOT EXISTS (SELECT FROM staged_jobs WHERE finished_at IS NULL AND failed_at IS NULL
                  AND (job, subject) IN (('find_duplicates', ideas.id::text), ('refresh_themes', ideas.challenge_id::text)))
ORDER BY ideas.id LIMIT $2;
