-- erase_person: a placeholder in place of the person; the row itself stays, since ideas and votes point to it
UPDATE people SET name = 'Former colleague', email = 'erased-' || id || '@erased.invalid',
    department = 'Former colleagues', site = '', manager_id = NULL, roles = '{}', active = false, erased_at = $2,
    version = version + 1, updated_at = $2
WHERE id = $1
RETURNING *;

-- release_reports: whoever reported to the person has no manager for now
UPDATE people SET manager_id = NULL, version = version + 1, updated_at = $2 WHERE manager_id = $1;

-- delete_tokens: the person's access tokens
DELETE FROM access_tokens WHERE person_id = $1;

-- delete_sessions: the person's sessions
DELETE FROM sessions WHERE person_id = $1;

-- delete_links: the person's sign-in links
DELETE FROM sign_in_links WHERE person_id = $1;

-- delete_notifications: what the person was told
DELETE FROM notifications WHERE person_id = $1;

-- delete_remembered_answers: answers to the person's requests that are kept for a repeat
DELETE FROM idempotency_keys WHERE person_id = $1;

-- delete_invitations: invitations to be a co-author that the person never accepted
DELETE FROM idea_authors WHERE person_id = $1 AND agreed_at IS NULL;

-- delete_drafts: drafts that nobody but the person ever saw
DELETE FROM ideas WHERE author_id = $1 AND state = 'draft'
  AND NOT EXISTS (
      SELECT FROM idea_authors WHERE idea_id = ideas.id AND person_id <> $1 AND agreed_at IS NOT NULL
  );

-- empty_deleted_comments: the text of comments that the person had deleted
UPDATE comments SET body = '' WHERE author_id = $1 AND deleted_at IS NOT NULL AND body <> '';

-- forget_rejected_lines: the person's e-mail address in the reasons why lines of imports were not taken
UPDATE import_rejections SET reason = replace(reason, details ->> 'email', 'erased-' || people.id || '@erased.invalid'),
    details = jsonb_set(details, '{email}', to_jsonb('erased-' || people.id || '@erased.invalid'))
FROM people WHERE people.id = $1 AND lower(details ->> 'email') = lower(people.email);
