-- find_comment: one comment by its id
SELECT * FROM comments WHERE id = $1;

-- add_comment: a comment, or a reply to a standing comment on the same idea; no row when there is no such comment
INSERT INTO comments (id, idea_id, parent_id, author_id, body, created_at)
SELECT $1, $2, $3, $4, $5, $6
WHERE $3::uuid IS NULL OR EXISTS (
    SELECT FROM comments WHERE id = $3 AND idea_id = $2 AND deleted_at IS NULL AND hidden_at IS NULL)
RETURNING id;

-- edit_comment: a new wording, guarded by the version its author read
UPDATE comments SET body = $3, edited_at = $4, version = version + 1
WHERE id = $1 AND version = $2 AND deleted_at IS NULL AND hidden_at IS NULL
RETURNING version;

-- delete_comment: the text goes; the row stays for replies and reports
UPDATE comments SET body = '', deleted_at = $3, version = version + 1
WHERE id = $1 AND version = $2 AND deleted_at IS NULL
RETURNING version;

-- set_hidden: hide a comment ($2 a moment) or show it again ($2 NULL); no row when it is so already
UPDATE comments SET hidden_at = $2, version = version + 1
WHERE id = $1 AND (hidden_at IS NULL) <> ($2::timestamptz IS NULL)
RETURNING version;

-- list_comments: the comments on an idea, the earliest first; a deleted one only as the place its replies hang on
SELECT comments.id, comments.idea_id, parent_id, comments.author_id, people.name AS author_name,
    EXISTS (SELECT FROM idea_authors WHERE idea_id = comments.idea_id AND person_id = comments.author_id
        AND agreed_at IS NOT NULL) AS by_idea_author,
    body, comments.version, comments.created_at, edited_at, deleted_at, hidden_at
FROM comments JOIN people ON people.id = comments.author_id
WHERE comments.idea_id = $1
AND (deleted_at IS NULL OR EXISTS (SELECT FROM comments AS reply WHERE reply.parent_id = comments.id))
AND (comments.created_at, comments.id) > (coalesce($2::timestamptz, '-infinity'), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))
ORDER BY comments.created_at, comments.id LIMIT $4;

-- read_comment: one comment as the list shows it
SELECT comments.id, comments.idea_id, parent_id, comments.author_id, people.name AS author_name,
    EXISTS (SELECT FROM idea_authors WHERE idea_id = comments.idea_id AND person_id = comments.author_id
        AND agreed_at IS NOT NULL) AS by_idea_author,
    body, comments.version, comments.created_at, edited_at, deleted_at, hidden_at
FROM comments JOIN people ON people.id = comments.author_id
WHERE comments.id = $1;

-- thread_participants: who wrote what a reply answers, up to the top, and who replied to the same comment
WITH RECURSIVE above AS (
    SELECT id, parent_id, author_id FROM comments WHERE id = $1
    UNION
    SELECT comments.id, comments.parent_id, comments.author_id
    FROM comments JOIN above ON comments.id = above.parent_id
)
SELECT author_id FROM above UNION SELECT author_id FROM comments WHERE parent_id = $1;
