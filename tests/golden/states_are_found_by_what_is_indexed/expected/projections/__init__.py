"""The projections of the application."""

from storyline import ProjectionsIn

PROJECTIONS = ProjectionsIn(__name__)
"""What `storyline projections run` keeps up to date: all that this package defines."""
