"""The domain of the ideation engine: entities, rules, SQL, actions, settings and the command line."""
