"""PostgreSQL and Redis on this machine, for the demo and the tests; production names its own servers."""
