"""The thin half: it executes statements, and decides nothing that a pure module could decide."""
