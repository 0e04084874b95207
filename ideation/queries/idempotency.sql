-- lock_key: whether this transaction is the only one that answers this key at the moment
SELECT pg_try_advisory_xact_lock(hashtextextended($1::text, 20261));

-- find_answer: the answer kept for a person's key
SELECT request_sha256, status, headers, body FROM idempotency_keys WHERE person_id = $1 AND key = $2;

-- keep_answer: keep an answer in the transaction of its effect
INSERT INTO idempotency_keys (person_id, key, request_sha256, status, headers, body, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (person_id, key) DO NOTHING
RETURNING key;
