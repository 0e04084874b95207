UPDATE staged_jobs SET queue = 'analysis' WHERE queue = 'large';
ALTER TABLE staged_jobs DROP CONSTRAINT staged_jobs_queue_check,
    ADD CONSTRAINT staged_jobs_queue_check CHECK (queue IN ('default', 'analysis'));
