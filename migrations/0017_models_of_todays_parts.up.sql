-- Models of verdicts weigh the parts of a pair's score by place; from now on these are other parts, so they begin anew.
DELETE FROM duplicate_models;
