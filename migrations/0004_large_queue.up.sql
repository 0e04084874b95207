-- Whole analyses of large challenges stand in a queue of their own.
ALTER TABLE staged_jobs DROP CONSTRAINT staged_jobs_queue_check,
    ADD CONSTRAINT staged_jobs_queue_check CHECK (queue IN ('default', 'analysis', 'large'));
