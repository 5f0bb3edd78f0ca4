"""What a terminal is told it does not obey."""

from argparse import Namespace

from explorer.commands.terminal import Terminal, answer

TEXT = "a name\x1b[2J that clears\x9b2J\rthe line\nand goes on"
SHOWN = "a name\ufffd[2J that clears\ufffd2J\ufffdthe line\nand goes on\n"


def test_a_result_holds_nothing_that_a_terminal_would_obey(capsys):
    answer(Namespace(json=False), TEXT, {})
    assert capsys.readouterr().out == SHOWN


def test_neither_does_what_is_said_or_how_far_work_is(capsys):
    with Terminal() as terminal:
        terminal.say("embed", TEXT)
        terminal.report("embed")(1.0, TEXT)
    assert capsys.readouterr().err == SHOWN * 2
