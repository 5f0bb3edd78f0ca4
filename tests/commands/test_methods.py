"""Methods and their settings, on the command line."""

import json

from explorer.__main__ import main


def test_methods_are_told_with_their_settings(capsys):
    assert main(["methods", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["methods"]
    (pds,) = [each for each in told if each["name"] == "pds"]
    assert pds.keys() == {"name", "label", "family", "tasks", "paper", "settings"}
    assert pds["settings"]["guidance"]["default"] == 5.0
    assert all(each["help"] for method in told for each in method["settings"].values())


def test_a_method_that_is_named_is_told_with_its_options_and_their_defaults(capsys):
    assert main(["methods", "pds"]) == 0
    head, *settings = capsys.readouterr().out.splitlines()
    assert head.startswith("pds: ")
    (guidance,) = [line.split() for line in settings if line.startswith("  --guidance ")]
    assert guidance[:2] == ["--guidance", "5.0"]
    assert main(["methods", "no-such"]) == 2
    assert "No method 'no-such'" in capsys.readouterr().err
