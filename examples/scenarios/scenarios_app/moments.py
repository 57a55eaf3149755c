"""The two ends of time. Else no moment stands in this code: each is an argument, or in an event."""

from datetime import UTC, datetime

NEVER = datetime.min.replace(tzinfo=UTC)
ALWAYS = datetime.max.replace(tzinfo=UTC)
