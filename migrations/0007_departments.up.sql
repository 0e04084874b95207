-- The departments there are, with how many active people each has, without reading everybody's row.
CREATE INDEX people_departments_idx ON people (department) WHERE active;
