import pytest

from storyline_generator.plan.sql.text import dollar_quote, identifier, literal, literals


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ("'; drop table events; --", "'''; drop table events; --'"),
        ("back\\slash", r"E'back\x5cslash'"),
        ("x\n-- migrate:down", r"E'x\x0a-- migrate:down'"),
        ("größe", "'größe'"),
    ],
)
def test_a_literal_means_its_text_and_stays_on_one_line(text: str, quoted: str) -> None:
    assert literal(text) == quoted


def test_literals_are_sorted_so_that_an_index_and_a_query_spell_the_same() -> None:
    assert literals(["B", "A"]) == literals(["A", "B"]) == "'A', 'B'"


def test_an_identifier_is_quoted_whatever_it_holds() -> None:
    assert identifier('user"s Table') == '"user""s Table"'


@pytest.mark.parametrize("name", ["", "a" * 64, "ä" * 32, "a\0b"])
def test_a_name_that_postgresql_would_change_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        identifier(name)


def test_nul_is_refused_in_a_literal() -> None:
    with pytest.raises(ValueError, match="NUL"):
        literal("a\0")


def test_the_quote_of_a_body_occurs_nowhere_in_the_body() -> None:
    assert dollar_quote("select 1") == "$body$"
    assert dollar_quote('"$body$"', '"$body1$"') == "$body2$"
