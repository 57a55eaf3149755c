"""Course subscriptions: a small asynchronous application on the story in `schemas/courses`."""
