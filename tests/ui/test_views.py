import asyncio

import gradio as gr
import pytest

from explorer.errors import ConfigError, sentence
from explorer.ui.views import Page, as_toast, explained, make_view


def wrong() -> None:
    raise ConfigError("The size <b>must</b> be 1.")


def broken() -> None:
    raise KeyError("a fault of ours")


def steps(wrong_at: int):
    for number in range(3):
        if number == wrong_at:
            raise OSError(28, "No space left on device")
        yield number


def test_what_a_person_can_mend_is_a_sentence_without_markup():
    with pytest.raises(gr.Error) as caught:
        explained(wrong)()
    assert caught.value.message == "The size &lt;b&gt;must&lt;/b&gt; be 1."
    assert not caught.value.print_exception


def test_the_page_names_settings_by_the_labels_of_their_fields_and_programs_by_their_names():
    def crowded() -> None:
        raise ConfigError("Lower student_batch, or image_size; my_own stays.")

    said = []
    for handler in (explained(crowded), explained(crowded, sentence)):
        with pytest.raises(gr.Error) as caught:
            handler()
        said.append(caught.value.message)
    assert said == [
        "Lower “Student batch”, or “Image size”; my_own stays.",
        "Lower student_batch, or image_size; my_own stays.",
    ]


def test_a_fault_of_ours_stays_one():
    with pytest.raises(KeyError):
        explained(broken)()


def test_a_handler_answers_as_before_and_keeps_its_name():
    def double(number: int) -> int:
        return 2 * number

    assert explained(double)(4) == 8
    assert explained(double).__name__ == "double"


def test_a_handler_that_yields_is_explained_where_it_breaks():
    told = explained(steps)(2)
    assert [next(told), next(told)] == [0, 1]
    with pytest.raises(gr.Error, match="The disk is full"):
        next(told)
    assert list(explained(steps)(9)) == [0, 1, 2]


def test_quotation_marks_of_a_message_stay_as_they_are():
    assert as_toast("""There is no 'a' & "b".""").message == """There is no 'a' &amp; "b"."""


def test_a_view_begins_empty_and_names_its_script_and_its_events():
    with gr.Blocks():
        view = make_view("map/map", "map", events=("again", "cancel"))
    assert view.value == {}
    assert view.elem_id == "map"
    assert view.html_template == "<div class='map-view'></div>"
    assert "/map/map.js" in view.js_on_load
    assert "['again', 'cancel']" in view.js_on_load


def test_a_value_that_no_field_can_hold_is_a_short_sentence():
    with Page() as page:
        field = gr.Dropdown(["a boat"])
        field.change(lambda value: value, field, None)
    asked = page.preprocess_data(page.fns[0], ["x" * 5000], None)
    with pytest.raises(gr.Error, match="cannot hold what was sent") as caught:
        asyncio.run(asked)
    assert len(caught.value.message) <= 500
