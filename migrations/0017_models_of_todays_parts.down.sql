-- The models before could not weigh today's parts either: they begin anew.
DELETE FROM duplicate_models;
