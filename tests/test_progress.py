from explorer.progress import Progress, Throttle, within


def test_a_line_has_the_count_the_rate_and_the_time_left():
    lines, now = [], [0.0]
    progress = Progress(
        lambda share, text: lines.append((round(share, 3), text)),
        "Embedding images",
        6000,
        clock=lambda: now[0],
    )
    now[0] = 3.0
    progress.add(1230)
    assert lines == [
        (0.0, "Embedding images: 0 of 6,000"),
        (0.205, "Embedding images: 1,230 of 6,000, 410/s, 12 s left"),
    ]


def test_what_an_earlier_call_did_does_not_count_for_the_rate():
    lines, now = [], [0.0]
    progress = Progress(
        lambda share, text: lines.append(text), "Drawing", 10, already=6, clock=lambda: now[0]
    )
    now[0] = 4.0
    progress.add(2)
    assert lines[-1] == "Drawing: 8 of 10, 2.0 s each, 4 s left"
    assert progress.measured == (4.0, 2)


def test_a_part_of_a_thing_shows_but_is_not_counted():
    shares = []
    progress = Progress(lambda share, text: shares.append(share), "Drawing", 4)
    progress.partly(0.5)
    progress.add(1)
    assert shares == [0, 0.125, 0.25]


def test_a_part_of_longer_work_reports_shares_of_the_whole():
    shares = []
    report = within(lambda share, text: shares.append(share), 0.5, 0.75)
    report(0.0, "")
    report(1.0, "")
    assert shares == [0.5, 0.75]


def test_lines_about_something_new_always_pass():
    throttle = Throttle(seconds=1000)
    lines = ["Loading", "Embedding: 1 of 9", "Embedding: 2 of 9", "Drawing: 1 of 9"]
    assert [throttle.lets(line) for line in lines] == [True, True, False, True]
    assert all(Throttle(seconds=0).lets(line) for line in lines)
