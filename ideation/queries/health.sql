-- count_staged_jobs: jobs that wait, run or have failed for good, and since when (seconds) the oldest due one waits
SELECT count(*) FILTER (WHERE finished_at IS NULL AND failed_at IS NULL AND enqueued_at IS NULL)::integer AS waiting,
    count(*) FILTER (WHERE finished_at IS NULL AND failed_at IS NULL AND enqueued_at IS NOT NULL)::integer AS handed_over,
    count(*) FILTER (WHERE failed_at IS NOT NULL)::integer AS failed,
    coalesce(greatest(0, extract(epoch FROM $1 - min(not_before) FILTER (
        WHERE finished_at IS NULL AND failed_at IS NULL AND enqueued_at IS NULL
    ))), 0)::double precision AS oldest_waiting_seconds
FROM staged_jobs
WHERE finished_at IS NULL OR failed_at IS NOT NULL;

-- list_schedule_runs: when each scheduled job last started and last ended well
SELECT name, last_started_at, last_succeeded_at FROM schedule_runs ORDER BY name;

-- read_server: what doctor says about the database server
SELECT current_setting('server_version_num')::integer AS version_number,
    current_setting('server_version') AS version,
    (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector,
    clock_timestamp() AS clock,
    current_setting('max_connections')::integer AS max_connections;
