"""What is taken out of a list is read as people write it, and nothing is guessed."""

from datetime import UTC, datetime

import pytest

from backoffice import answers

ITEMS = [{"item_no": "PG-2026-001"}, {"item_no": "PG-2026-002"}]


def read(taken_out, *, is_approved=True, opinion="已核实"):
    answer = answers.read(
        is_approved=is_approved,
        opinion=opinion,
        decided_by="x",
        decided_at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC),
        taken_out=taken_out,
        items=ITEMS,
    )
    return [(out["item_no"], out["reason"]) for out in answer.taken_out]


@pytest.mark.parametrize(
    "line",
    [
        "PG-2026-001 单价不符",
        "PG-2026-001\t单价不符",
        "PG-2026-001,单价不符",
        "PG-2026-001，单价不符",
        "PG-2026-001:单价不符",
        "PG-2026-001：单价不符",
        "PG-2026-001\u3000单价不符",
        "  pg-2026-001 ： 单价不符  ",
        "ＰＧ－２０２６－００１ 单价不符",
        "\n\nPG-2026-001 单价不符\n\n",
    ],
)
def test_number_and_reason_are_told_apart_however_they_are_separated(line):
    assert read(line) == [("PG-2026-001", "单价不符")]


def test_a_reason_may_contain_what_separates():
    assert read("PG-2026-002 单价不符：合同价12.50，报价 15.00") == [
        ("PG-2026-002", "单价不符：合同价12.50，报价 15.00")
    ]


@pytest.mark.parametrize("reason", ["", "x", "。。", "不同意", "\u200b\u200b"])
def test_a_reason_has_two_letters_of_its_own(reason):
    with pytest.raises(answers.AnswerVoid, match="没有写原因"):
        read(f"PG-2026-001 {reason}")
    assert read("PG-2026-001 重复") == [("PG-2026-001", "重复")]


def test_nothing_is_taken_out_by_an_empty_field():
    assert read("") == read(" \n ") == []


def test_all_may_be_taken_out():
    assert len(read("PG-2026-001 重复\nPG-2026-002 重复")) == 2


def test_the_day_of_an_answer_is_that_of_the_house_clock():
    answer = answers.Answer(True, "x", "x", datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    assert answer.decided_on.isoformat() == "2026-11-01"
