"""Conversations about images."""

import json

from tests.data.greys import (
    found_in,
    levels,
    said,
)


def test_conversations_cost_a_conversation_at_most_and_further_answers_are_counted(tmp_path):
    def talk(image: object, *turns: object) -> str:
        return json.dumps({"image": image, "conversations": turns, "source": "here"})

    asked, further = {"from": "human", "value": "What?"}, {"from": "gpt", "value": "More."}
    rows = [
        talk("0.png", asked, {"from": "gpt", "value": "level 10"}, asked, further, further),
        talk(["1.png", "2.png"], asked, further),
        talk("3.png", asked, {"from": "gpt", "value": 7}, "odd"),
        '{"image": "2.png"}',
        "7",
    ]
    found = found_in(tmp_path, "talk.json", f"[{', '.join(rows)}]")
    assert levels(found.splits["train"]) == said(10)
    assert found.left_out.told() == (
        "answers behind the first of a conversation (2), conversations about no image, or about "
        "several (2), conversations without an answer (2), images that no table names (3)"
    )
