-- add_audit_event: append one row to the trail
INSERT INTO audit_events (at, actor_id, action, challenge_id, subject_kind, subject_id, details, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);
