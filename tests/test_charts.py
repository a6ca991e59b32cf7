"""Charts as values: bars in proportion, columns as high as they are many, and nothing drawn out of nothing."""

from itertools import pairwise

from consent import charts


def test_the_longest_bar_is_as_wide_as_the_page_and_its_part_in_proportion():
    found = charts.bars([("Veins", 8, "2 of 8", "25 %"), ("Infection", 4, "4 of 4", "100 %")], [2, 4])
    assert [(bar.width, bar.dark) for bar in found.bars] == [("100.00%", "25.00%"), ("50.00%", "50.00%")]
    assert found.bars[1].bar_y - found.bars[0].bar_y == charts.STEP
    assert found.height == 2 * charts.STEP


def test_a_label_leaves_room_for_its_number():
    [bar] = charts.bars([("Maria Konstantina Papadopoulou-Vandenberghe", 1, "1", "")]).bars
    assert len(bar.label) <= charts.LONGEST_LABEL
    assert bar.label.endswith("…")


def test_columns_stand_on_the_line_side_by_side():
    found = charts.series([("1 Jan", 4), ("8 Jan", 0), ("15 Jan", 2)])
    assert [column.height for column in found.columns] == [charts.TALL, 0, charts.TALL // 2]
    assert all(column.y + column.height == found.base for column in found.columns)
    starts = [float(column.x.rstrip("%")) for column in found.columns]
    assert starts == sorted(starts)
    assert starts[-1] + float(found.columns[-1].width.rstrip("%")) <= 100


def test_a_year_of_weeks_has_few_labels_at_even_steps():
    marked = sorted(charts.marks(53))
    assert len(marked) <= charts.MOST_MARKS
    assert len({later - earlier for earlier, later in pairwise(marked)}) == 1
    assert charts.marks(1) == {0}


def test_nothing_is_drawn_of_nothing():
    assert charts.bars([]).bars == ()
    assert charts.bars([("Deferred", 0, "0", "0 %")]).bars[0].width == "0%"
    assert charts.series([("1 Jan", 0)]).columns[0].height == 0
