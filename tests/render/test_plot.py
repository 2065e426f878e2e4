"""Lines and dots over axes."""

from __future__ import annotations

import re
from math import inf, nan
from xml.etree import ElementTree as ET

import pytest

from irlib.render import plot

SPACE = "{http://www.w3.org/2000/svg}"


def _texts(picture: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(picture).iter(f"{SPACE}text")]


def _points(picture: str) -> list[tuple[float, float]]:
    line = next(ET.fromstring(picture).iter(f"{SPACE}polyline"))
    return [(float(x), float(y)) for x, y in (p.split(",") for p in line.attrib["points"].split())]


def test_points_stand_at_their_places() -> None:
    made = _points(plot({"a": [(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)]}))
    (x0, y0), (x1, y1), (x2, y2) = made
    assert x1 - x0 == pytest.approx(x2 - x1)
    assert y0 - y1 == pytest.approx(2 * (y0 - y2), abs=0.2)


def test_a_logarithmic_axis_makes_decades_equal() -> None:
    (_, y0), (_, y1), (_, y2) = _points(plot({"a": [(1, 1.0), (2, 10.0), (3, 100.0)]}))
    assert y0 - y1 == pytest.approx(y1 - y2, abs=0.2)
    (x0, _), (x1, _), (x2, _) = _points(plot({"a": [(1, 1.0), (10, 2.0), (100, 3.0)]}, x_log=True))
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)


def test_what_has_no_place_is_left_out() -> None:
    line = [(1.0, 1.0), (2.0, nan), (3.0, inf), (4.0, -1.0), (0.0, 3.0), (5.0, 2.0)]
    assert len(_points(plot({"a": line}, y_log=False))) == 4
    assert len(_points(plot({"a": line}, x_log=True, y_log=True))) == 2


@pytest.mark.parametrize("points", [[], [(3.0, 3.0)], [(0.0, 0.0)], [(nan, 1.0)], [(-2.0, -2.0)]])
@pytest.mark.parametrize("log", [False, True])
def test_few_points_or_none_make_a_picture(points: list[tuple[float, float]], log: bool) -> None:
    ET.fromstring(plot({"a": points}, dots={"b": points}, x_log=log, y_log=log or None))


def test_numbers_below_are_whole_where_points_are() -> None:
    below = [
        t for t in _texts(plot({"a": [(k, k + 1.0) for k in range(1, 5)]}, y_log=False)) if re.match(r"[\d.]+$", t)
    ]
    assert {"1", "2", "3", "4"} <= set(below)
    assert "1.5" not in below[-6:]


def test_the_last_value_stands_behind_the_name_where_it_is_asked_for() -> None:
    line = {"loss": [(1, 3.0), (2, 2.5)]}
    assert "loss 2.5" in _texts(plot(line, last=True))
    assert "loss" in _texts(plot(line))


def test_a_name_cannot_leave_its_label() -> None:
    name = '</text><script>alert("x")</script>'
    picture = plot({name: [(1, 1.0), (2, 2.0)]}, title=name, x_name=name)
    assert _texts(picture).count(name) == 3
    assert not list(ET.fromstring(picture).iter(f"{SPACE}script"))
