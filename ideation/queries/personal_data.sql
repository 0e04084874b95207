-- people: my own record
SELECT to_jsonb(people) AS entry FROM people WHERE id = $1 ORDER BY id;

-- access_tokens: my access tokens, without their secrets
SELECT to_jsonb(access_tokens) - '{token_hash}'::text[] AS entry FROM access_tokens WHERE person_id = $1 ORDER BY id;

-- sessions: my sessions, without their secrets
SELECT to_jsonb(sessions) - '{token_hash,csrf_token}'::text[] AS entry FROM sessions WHERE person_id = $1 ORDER BY id;

-- sign_in_links: links made for me, without their secrets
SELECT to_jsonb(sign_in_links) - '{token_hash}'::text[] AS entry FROM sign_in_links WHERE person_id = $1 ORDER BY id;

-- policies: versions of the usage policy that I published
SELECT to_jsonb(policies) AS entry FROM policies WHERE published_by = $1 ORDER BY version;

-- policy_acceptances: versions of the usage policy that I accepted
SELECT to_jsonb(policy_acceptances) AS entry FROM policy_acceptances WHERE person_id = $1 ORDER BY policy_version;

-- challenges: challenges that I own, sponsor or made
SELECT to_jsonb(challenges) AS entry FROM challenges WHERE $1 IN (sponsor_id, owner_id, created_by) ORDER BY id;

-- ideas: my ideas, drafts too
SELECT to_jsonb(ideas) - '{search}'::text[] AS entry FROM ideas WHERE author_id = $1 ORDER BY id;

-- idea_revisions: every text of an idea that I wrote
SELECT to_jsonb(idea_revisions) AS entry FROM idea_revisions WHERE edited_by = $1 ORDER BY idea_id, revision;

-- idea_authors: where I am an author or invited one
SELECT to_jsonb(idea_authors) AS entry FROM idea_authors WHERE $1 IN (person_id, invited_by) ORDER BY idea_id, person_id;

-- comments: my comments
SELECT to_jsonb(comments) AS entry FROM comments WHERE author_id = $1 ORDER BY id;

-- reports: what I reported, and reports that I resolved, without the other person in it
SELECT to_jsonb(reports) || CASE WHEN reporter_id = $1 THEN '{}'::jsonb ELSE '{"reporter_id": null}'::jsonb END
    || CASE WHEN resolved_by = $1 THEN '{}'::jsonb ELSE '{"resolved_by": null}'::jsonb END AS entry
FROM reports WHERE reporter_id = $1 OR resolved_by = $1 ORDER BY id;

-- impressions: cards I was dealt; whether their authors work beside me is known of the authors, not of me
SELECT to_jsonb(impressions) - '{own_department}'::text[] AS entry FROM impressions WHERE person_id = $1 ORDER BY id;

-- integrity_flags: odd voting patterns with votes of mine, and flags I dismissed, without the others, also as a digest, and the ranks
SELECT to_jsonb(integrity_flags) - '{people,fingerprint,effects}'::text[] AS entry FROM integrity_flags
WHERE $1 = ANY (people) OR dismissed_by = $1 ORDER BY id;

-- idea_costs: costs I estimated
SELECT to_jsonb(idea_costs) AS entry FROM idea_costs WHERE given_by = $1 ORDER BY idea_id;

-- review_plans: plans of reviews that I set
SELECT to_jsonb(review_plans) AS entry FROM review_plans WHERE set_by = $1 ORDER BY challenge_id;

-- pairs: pairs of ideas I was asked to compare, and my answers; nothing of their authors
SELECT to_jsonb(pairs) - '{left_own_department,right_own_department}'::text[] AS entry FROM pairs WHERE person_id = $1 ORDER BY id;

-- votes: my votes
SELECT to_jsonb(votes) AS entry FROM votes WHERE person_id = $1 ORDER BY idea_id;

-- duplicate_pairs: duplicates that I proposed or judged
SELECT to_jsonb(duplicate_pairs) AS entry FROM duplicate_pairs WHERE $1 IN (proposed_by, decided_by) ORDER BY id;

-- merges: merges that I made or undid
SELECT to_jsonb(merges) AS entry FROM merges WHERE $1 IN (merged_by, unmerged_by) ORDER BY id;

-- panel_members: panels I am on or added somebody to
SELECT to_jsonb(panel_members) AS entry FROM panel_members WHERE $1 IN (person_id, added_by) ORDER BY challenge_id, person_id;

-- declared_conflicts: conflicts of interest that I declared
SELECT to_jsonb(declared_conflicts) AS entry FROM declared_conflicts WHERE person_id = $1 ORDER BY idea_id;

-- review_assignments: reviews I was asked for or asked somebody for
SELECT to_jsonb(review_assignments) AS entry FROM review_assignments WHERE $1 IN (reviewer_id, assigned_by) ORDER BY id;

-- reviews: my reviews
SELECT to_jsonb(reviews) AS entry FROM reviews WHERE reviewer_id = $1 ORDER BY id;

-- review_scores: the scores in my reviews
SELECT to_jsonb(review_scores) AS entry FROM review_scores JOIN reviews ON reviews.id = review_id
WHERE reviewer_id = $1 ORDER BY review_id, criterion_id;

-- shortlists: shortlists that I made
SELECT to_jsonb(shortlists) AS entry FROM shortlists WHERE created_by = $1 ORDER BY id;

-- shortlist_entries: changes of mine to shortlists
SELECT to_jsonb(shortlist_entries) AS entry FROM shortlist_entries WHERE changed_by = $1 ORDER BY shortlist_id, idea_id;

-- decisions: decisions that I took
SELECT to_jsonb(decisions) AS entry FROM decisions WHERE decided_by = $1 ORDER BY id;

-- unsealings: unsealings of an author that I requested or approved
SELECT to_jsonb(unsealings) AS entry FROM unsealings WHERE $1 IN (requested_by, approved_by) ORDER BY id;

-- notifications: what I was told
SELECT to_jsonb(notifications) AS entry FROM notifications WHERE person_id = $1 ORDER BY id;

-- audit_events: consequential steps that I took or that were taken on my account
SELECT to_jsonb(audit_events) AS entry FROM audit_events WHERE actor_id = $1 OR (subject_kind = 'person' AND subject_id = $1::text) ORDER BY id;

-- idempotency_keys: requests of mine that are remembered for a repeat, without their answers
SELECT to_jsonb(idempotency_keys) - '{headers,body}'::text[] AS entry FROM idempotency_keys WHERE person_id = $1 ORDER BY created_at, key;

-- imports: imports that I started
SELECT to_jsonb(imports) AS entry FROM imports WHERE started_by = $1 ORDER BY id;

-- import_rejections: lines of imports that named me and were not taken; not why, which may tell of the authors of ideas
SELECT jsonb_build_object('import_id', import_id, 'line_number', line_number, 'email', details ->> 'email') AS entry
FROM import_rejections JOIN people ON lower(people.email) = lower(details ->> 'email')
WHERE people.id = $1 ORDER BY import_id, line_number;
