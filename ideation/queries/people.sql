-- add_person: a new person, unless the e-mail address is taken
INSERT INTO people (id, name, email, department, site, manager_id, roles, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT DO NOTHING
RETURNING *;

-- find_person: one person
SELECT * FROM people WHERE id = $1;

-- find_person_by_email: one person, in whatever case the address is written
SELECT * FROM people WHERE lower(email) = lower($1);

-- lock_person: one person, held against other changes until the commit; rows that only name the person are still added
SELECT * FROM people WHERE id = $1 FOR NO KEY UPDATE;

-- list_people: people by name after the key ($7, $8); $9 are words of the name as a text search query
SELECT *, lower(name) AS sort_name FROM people
WHERE ($1::text IS NULL OR department = $1)
  AND ($2::text IS NULL OR site = $2)
  AND ($3::text IS NULL OR $3 = ANY (roles))
  AND ($4::boolean IS NULL OR active = $4)
  AND ($9::text IS NULL OR to_tsvector('simple', name) @@ to_tsquery('simple', $9)
       OR lower(email) = lower($5::text))
  AND ($7::text IS NULL OR (lower(name), id) > ($7, $8::uuid))
ORDER BY lower(name), id
LIMIT $6;

-- change_person: new values for all that a person's page shows, if nobody changed it since version $7
UPDATE people SET name = $2, email = $3, department = $4, site = $5, manager_id = $6,
    version = version + 1, updated_at = $8
WHERE id = $1 AND version = $7
RETURNING *;

-- hold_managers: one change of the reporting lines at a time, so that two together cannot close a circle
SELECT pg_advisory_xact_lock(hashtextextended('people.manager_id', 0));

-- reports_to: whether $1 is $2 or stands anywhere below $2 in the reporting lines
WITH RECURSIVE chain (id, manager_id) AS (
    SELECT id, manager_id FROM people WHERE id = $1
    UNION
    SELECT people.id, people.manager_id FROM people JOIN chain ON people.id = chain.manager_id
)
SELECT EXISTS (SELECT FROM chain WHERE id = $2);

-- hold_administrators: the active administrators, held so that two of them cannot leave at once
SELECT id FROM people WHERE active AND 'administrator' = ANY (roles) ORDER BY id FOR NO KEY UPDATE;

-- set_roles: a person's further roles
UPDATE people SET roles = $2, version = version + 1, updated_at = $3 WHERE id = $1 RETURNING *;

-- set_active: let a person in or keep them out
UPDATE people SET active = $2, version = version + 1, updated_at = $3 WHERE id = $1 RETURNING *;

-- list_department_names: departments with active people, each found by one step along the index
WITH RECURSIVE named AS (
    (SELECT department AS name FROM people WHERE active ORDER BY department LIMIT 1)
    UNION ALL
    SELECT (SELECT department FROM people WHERE active AND department > named.name ORDER BY department LIMIT 1)
    FROM named WHERE name IS NOT NULL
)
SELECT name FROM named WHERE name IS NOT NULL ORDER BY name;

-- list_departments: departments with how many active people they have
SELECT department AS name, count(*)::integer AS people FROM people WHERE active GROUP BY department ORDER BY department;

-- list_sites: sites with how many active people they have
SELECT site AS name, count(*)::integer AS people FROM people WHERE active AND site <> '' GROUP BY site ORDER BY site;
