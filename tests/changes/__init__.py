"""Changes of released stories, allowed and refused, each a story of its own."""

from changes.change import Change as Change
from changes.of_names import NAMES
from changes.of_presence import PRESENCE
from changes.of_types import TYPES
from changes.refused import REFUSED as REFUSED

ALLOWED = [*TYPES, *PRESENCE, *NAMES]
