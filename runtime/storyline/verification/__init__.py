"""A log that is in use → what is wrong with it: `storyline verify`, and the tests of Storyline.

`oracle` judges recorded decisions and knows no database, `log` reads a log in bounded memory, and
`objects` looks at what protects and serves it.
"""
