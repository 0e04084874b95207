DROP INDEX people_departments_idx;
