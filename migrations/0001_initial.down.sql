DROP TABLE idea_costs, integrity_flags, pairs, schedule_runs, external_ids, import_rejections, imports, idempotency_keys, audit_events, staged_jobs,
    notifications, unsealings, decisions, shortlist_entries, shortlists, review_scores, reviews, review_assignments,
    declared_conflicts, panel_members, ranking_entries, rankings, analysis_runs, duplicate_models, theme_models,
    idea_placements, themes, merges, duplicate_pairs, votes, impressions, reports, comments, idea_vectors, idea_tallies, idea_authors, idea_revisions,
    ideas, criteria, policy_acceptances, policies, sign_in_links, sessions, access_tokens CASCADE;
DROP FUNCTION closes_at(challenges), state_at(challenges, timestamptz), takes_ideas(challenges, timestamptz),
    takes_votes(challenges, timestamptz), in_audience(challenges, text, text) CASCADE;
DROP TABLE challenges, people CASCADE;
DROP FUNCTION refuse_change(), announce_staged_job(), follow_comment(), follow_vote(), keep_token_budget(), follow_impressions(),
    enter_feed(), follow_idea(),
    trend_after(double precision, timestamptz);
DROP EXTENSION vector;
