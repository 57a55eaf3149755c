"""A section is cut into statements where PostgreSQL would cut it."""

import pytest

from storyline.migrations.statements import statements


@pytest.mark.parametrize(
    "statement",
    [
        "select 'a;b''c;';",
        "select E'it\\'s; one';",
        'select 1 as "a;b""c;";',
        "do $$ begin a; b; end $$;",
        "do $x$ $$;$$ $x$;",
        "select 1 -- no; end\n;",
        "select /* one; /* two; */ three; */ 2;",
        "select a$1, b$2;",
        "create function f() returns int begin atomic"
        " select case when true then 1 end; select 2; end;",
        "select $1;",
    ],
)
def test_a_semicolon_within_something_ends_no_statement(statement: str) -> None:
    found = statements(f"select 0;\n{statement}\nselect 9;")
    assert [each.text for each in found] == ["select 0;", statement, "select 9;"]


def test_each_statement_knows_its_line_and_comments_are_none() -> None:
    found = statements("-- migrate:up\n\n/* a */ select 1;;\n-- b;\nselect\n2;\n-- c\n; select 3")
    assert [(each.line, each.text) for each in found] == [
        (3, "select 1;"),
        (5, "select\n2;"),
        (8, "select 3"),
    ]


@pytest.mark.parametrize("text", ["", "-- a;", "/* a; ", ";", "'a", "$$;"])
def test_what_does_not_end_is_left_for_postgresql_to_refuse(text: str) -> None:
    assert len(statements(text)) <= 2
