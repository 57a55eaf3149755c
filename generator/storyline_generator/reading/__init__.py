"""Files on disk → documents: TOML values, and a place for each of their keys."""
