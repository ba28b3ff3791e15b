from tests.rules.timesheets.conftest import day, fill, line, reckon


def test_try(house):
    fill(house, "ann", "节节节休√√√休迟早×半事病年假调公夜缺√√√休√√√√√√?")
    fill(house, "bob", "○○○○○○○○○○√")
    reckon(house)
    found = line(house, "ann")
    for key, value in found.items():
        print(key, value)
    print(house.query("select hold_reason from ops.result where workflow = 'monthly_attendance'"))
    assert 0
