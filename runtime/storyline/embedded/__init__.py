"""A folder → a private PostgreSQL server in it, for newcomers and tests: start, find, stop.

The parts, leaf first: errors, account (whom it runs as), binaries (which programs), home (which
files), server (what runs). Nothing here knows stories or migrations.
"""

from storyline.embedded.binaries import Origin
from storyline.embedded.errors import EmbeddedServerError
from storyline.embedded.server import RunningServer, running, start, stop

__all__ = ["EmbeddedServerError", "Origin", "RunningServer", "running", "start", "stop"]
