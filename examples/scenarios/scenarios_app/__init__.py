"""Five well-known rules, each a story of its own: see the README beside."""
