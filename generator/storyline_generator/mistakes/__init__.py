"""What the loader, the resolver and the values can say. Each function is one code.

`unknown_key` makes the diagnostic `unknown-key`; its docstring is what `storyline explain
unknown-key` prints. So a message, its code and its explanation stand in one place. Nothing here
decides anything.
"""
