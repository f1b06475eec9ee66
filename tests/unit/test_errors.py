import pytest

from evalkit.errors import Collector, InputError, Mistake, nearest

FIRST = Mistake("a.yml, line 3", "unknown key `stge`", 'Did you mean "stage"?')
SECOND = Mistake("units.csv", "the column `unit` is missing", "Add it.")


def test_a_mistake_names_place_fault_and_cure():
    assert str(FIRST) == 'a.yml, line 3: unknown key `stge`\n    Did you mean "stage"?'


def test_an_input_error_carries_every_mistake_once():
    error = InputError([FIRST, SECOND, FIRST])
    assert error.mistakes == (FIRST, SECOND)
    assert str(error) == f"{FIRST}\n{SECOND}"


def test_a_notebook_shows_the_message_and_no_stack():
    assert InputError([FIRST])._render_traceback_() == [str(FIRST)]


def test_the_collector_goes_on_after_a_mistake_and_raises_all_at_the_end():
    mistakes = Collector()
    with mistakes():
        raise InputError([FIRST])
    with mistakes():
        raise InputError([SECOND])
    with pytest.raises(InputError) as caught:
        mistakes.check()
    assert caught.value.mistakes == (FIRST, SECOND)


def test_the_collector_is_silent_without_mistakes():
    mistakes = Collector()
    with mistakes():
        pass
    mistakes.check()
    assert mistakes.mistakes == []


def test_the_collector_lets_other_errors_through():
    mistakes = Collector()
    with pytest.raises(ZeroDivisionError), mistakes():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("lanxy", ["lanxi", "jinhua"], 'Did you mean "lanxi"?'),
        (
            "8001",
            ["08001", "08002"],
            'Did you mean "08001"? Codes are text: keep the leading zero (format the column as text).',
        ),
        ("zzz", ["lanxi", "jinhua"], "Known: jinhua, lanxi."),
        ("zzz", [f"u{i:02}" for i in range(13)], f"Known: {', '.join(f'u{i:02}' for i in range(12))}, …."),
        ("zzz", [], "Make one."),
    ],
)
def test_nearest_says_what_to_write_instead(word, known, told):
    assert nearest(word, known, none="Make one.") == told
