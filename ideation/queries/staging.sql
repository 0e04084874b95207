-- stage_job: a repeat merges with the row still waiting; the update locks it, so the drain cannot hand it over before we commit
INSERT INTO staged_jobs (id, job, subject, arguments, queue, request_id, not_before, staged_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (job, subject) WHERE enqueued_at IS NULL
DO UPDATE SET not_before = least(staged_jobs.not_before, excluded.not_before), arguments = excluded.arguments,
    queue = excluded.queue
RETURNING id;
