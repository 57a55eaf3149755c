"""For the tests of applications: projections without a database, and databases without a set-up.

`storyline.testing.plugin` is loaded by pytest alone, so importing this needs no pytest.
"""

from storyline.testing.projections import projected

__all__ = ["projected"]
