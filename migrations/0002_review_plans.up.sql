-- How far directed reviewing goes by itself: batch after batch, until the target or the budget is reached.
CREATE TABLE review_plans (
    challenge_id uuid PRIMARY KEY REFERENCES challenges (id) ON DELETE CASCADE,
    -- The sponsor's target: wrong ins and outs of the top k that may still be expected.
    target_wrong_calls double precision NOT NULL CHECK (target_wrong_calls BETWEEN 0 AND 500),
    review_budget integer NOT NULL CHECK (review_budget BETWEEN 1 AND 100000),
    batch_size integer NOT NULL CHECK (batch_size BETWEEN 1 AND 1000),
    set_by uuid NOT NULL REFERENCES people (id),
    set_at timestamptz NOT NULL
);
