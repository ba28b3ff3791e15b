"""The office of the feeds' tests, and files that are written for it from real ones."""

from collections.abc import Iterable
from datetime import date

import pytest

from tests.feeds.conftest import Office, feeds_dsn, office  # noqa: F401

#: after every file that a test lands, whatever the machine's clock says
KNOWN_AT = "2999-01-01 08:00"


def write(office: Office, name: str, heading: str, rows: Iterable[Iterable[object]]) -> None:  # noqa: F811
    """Put a CSV of these rows into the inbox."""
    lines = [",".join(str(cell) for cell in row) for row in rows]
    office.drop(f"{name}.csv", "\n".join([heading, *lines]))


def told(office: Office, name: str) -> tuple[int, int, int, int, int]:  # noqa: F811
    """(rows, admitted, duplicates, superseding, quarantined) of a file, which add up.

    :raises AssertionError: if they do not.
    """
    [row] = office.books.query(
        """select row_count, admitted_count, duplicate_count, superseding_count, quarantined_count
        from ops.landing_file where file_name = %(name)s""",
        name=f"{name}.csv",
    )
    rows, *fates = row.values()
    assert rows == sum(fates), f"{name}: {row}"
    return (rows, *fates)


def sent_back(office: Office, name: str) -> dict[tuple[str, str], int]:  # noqa: F811
    """(heading, reason) → rows of a file that are in quarantine."""
    return {
        (row["column_name"], row["reason"]): row["row_count"]
        for row in office.books.query(
            """select quarantine.column_name, quarantine.reason, count(*) as row_count
            from ops.quarantine inner join ops.landing_file using (file_id)
            where landing_file.file_name = %(name)s
            group by quarantine.column_name, quarantine.reason""",
            name=f"{name}.csv",
        )
    }


@pytest.fixture
def build(office: Office):  # noqa: F811
    """Write the files of a tower with its payees and prices."""

    def write_tower(site_id: str, opens_with: date, jump_limit: str = "50%") -> None:
        write(
            office,
            "楼宇登记",
            "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,环比预警比例,咨询电话",
            [(site_id, "测试大厦", "业主方", "OWN", "WY", f"{opens_with:%Y-%m}", jump_limit, "010-8000")],
        )
        write(
            office,
            "收款单位",
            "收款单位编号,生效日期,户名,开户行,账号",
            [
                ("OWN", "2010-01-01", "业主方", "工商银行", "0200001001000000001"),
                ("WY", "2010-01-01", "物业公司", "建设银行", "1100001001000000002"),
            ],
        )
        write(
            office,
            "收费标准",
            "费项,适用楼宇,生效日期,失效日期,单价,税率,规则编号,条款原文",
            [("电费", "*", "2010-01-01", "", "0.8245", "13%", "FE-C2", "电费每度0.8245元")],
        )

    return write_tower
