"""The pure core of the projector: who runs which shards, what a batch does to states, which SQL.

Values in, values out: no connection, no clock.
"""
