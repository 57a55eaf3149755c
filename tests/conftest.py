"""What all tests share: a PostgreSQL for the session, and a database for each that asks."""

pytest_plugins = ["storyline.testing.plugin"]
