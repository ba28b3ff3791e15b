"""What an export needs before its rows can be read by headings: a feed names its adapter (key `adapter`).

An adapter is handed the rows of a CSV or of a sheet, taken apart and with the numbers of their lines, and hands rows
on. What a definition can say by headings, defaults and rules needs none.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from backoffice.feeds.headings import spellings

Records = Iterator[tuple[int, list[str]]]
#: name of the file, its heading, its rows → heading and rows as the definition knows them
Adapter = Callable[[str, tuple[str, ...], Records], tuple[tuple[str, ...], Records]]

#: how exports say that a cell has nothing to say
NOTHING = ("", "-", "--", "—", "未打卡")
#: a tap of 企业微信, whose day stands in another column: 09:36, 次日00:12
_TAP = re.compile(r"(次日|昨日|前日)?\s*(\d{1,2}:\d{2}(?::\d{2})?)")
_OTHER_DAY = {"次日": 1, "昨日": -1, "前日": -1}
_DAY = re.compile(r"(20\d\d)[/.-](\d{1,2})[/.-](\d{1,2})")
#: the tap that an application is about, in its own words: 02-12 09:30
_ASKED = re.compile(r"(\d{1,2})[/.-](\d{1,2})\s*(?:次日|昨日|前日)?\s*(\d{1,2}):(\d{2})")
#: words of a tap's state after which it is no tap that speaks for itself
_WECOM_DOUBTS = ("补卡", "地点异常", "设备异常")
_DINGTALK_DOUBTS = ("补卡", "打卡范围", "改为")

PROJECT_HEADING = "建案名稱"
ENGLISH_HEADING = "serial number"


def presale(file: str, header: tuple[str, ...], records: Records) -> tuple[tuple[str, ...], Records]:
    """The open register of presales of Taiwan, `<county>_lvr_land_b.csv`.

    * Its second heading, in English, is no row.
    * A project is known by its name within its county: 建案名稱 becomes its number, `presale-a-信義之森`.
    * A row with more cells than headings has a comma in one of them that nobody quoted; where the cell beyond is
      empty a comma is put there, so that the row goes back and not into the wrong columns.
    """
    county = re.split(r"[_.]", file, maxsplit=1)[0].lower()
    place = header.index(PROJECT_HEADING) if PROJECT_HEADING in header else len(header)

    def rows() -> Records:
        for number, (line_no, cells) in enumerate(records):
            if number == 0 and ENGLISH_HEADING in cells:
                continue
            if len(cells) > len(header) and not cells[len(header)].strip():
                cells[len(header)] = ","
            if place < min(len(cells), len(header)) and (name := cells[place].strip()):
                cells[place] = f"presale-{county}-{name}"
            yield line_no, cells

    return header, rows()


def wecom(_file: str, header: tuple[str, ...], records: Records) -> tuple[tuple[str, ...], Records]:
    """The sheet 打卡详情 of 企业微信: the day in one column, ``2026/02/28 星期六``, the hour in another, ``次日00:12``.

    * A row without an hour says that a tap was due and not made: it is no row.
    * Day and hour become one instant in 实际打卡时间.
    * An approved 补卡 comes as a tap of the hour asked for, and may be called 迟到 instead of 补卡: its application in
      the same row names day and hour. It, and a tap at a doubtful place or from a doubtful device, goes back, with
      what it is behind the instant.
    """
    places = _places(header, "日期", "实际打卡时间", "打卡状态", "假勤申请")

    def rows() -> Records:
        for line_no, cells in records:
            hour, on = _told(cells, places["实际打卡时间"]), _told(cells, places["日期"])
            if not any(cell.strip() for cell in cells):
                yield line_no, cells
            elif hour not in NOTHING:
                instant = _instant(on, hour)
                application = _slip_of(_told(cells, places["假勤申请"]), on, instant)
                cells[places["实际打卡时间"]] = instant + _doubt(
                    _WECOM_DOUBTS, _told(cells, places["打卡状态"]), application
                )
                yield line_no, cells

    return header, rows()


def _places(header: tuple[str, ...], *names: str) -> dict[str, int]:
    """Where headings stand, known as a definition knows them (实际打卡时间* is one); behind the last if they do not."""
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        for plain in spellings(heading):
            found.setdefault(plain, place)
    return {name: found.get(name, len(header)) for name in names}


def _told(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _instant(day: str, hour: str) -> str:
    """``2026/02/28 星期六`` and ``次日00:12`` as 2026-03-01 00:12; what cannot be read is left to be sent back."""
    on, tap = _DAY.match(day), _TAP.fullmatch(hour)
    if on is None or tap is None:
        return f"{day} {hour}"
    try:
        date_ = date(*map(int, on.groups())) + timedelta(_OTHER_DAY.get(tap[1], 0))
    except ValueError:
        return f"{day} {hour}"
    return f"{date_} {'0' * (tap[2][1] == ':')}{tap[2]}"


def _slip_of(application: str, day: str, instant: str) -> str:
    """``补卡申请`` where the application is one for this very tap: 补卡申请（02-12 09:30）.

    Of a tap after midnight it may name either day, the one of the tap or the one that it is listed under.
    """
    if "补卡" not in application:
        return ""
    try:
        tap = datetime.fromisoformat(instant)
    except ValueError:
        return ""
    on = _DAY.match(day)
    for month, day_, hour, minute in _ASKED.findall(application):
        if (int(hour), int(minute)) == (tap.hour, tap.minute) and (int(month), int(day_)) in (
            (tap.month, tap.day),
            (int(on[2]), int(on[3])),
        ):
            return "补卡申请"
    return ""


def _doubt(doubts: tuple[str, ...], *said: str) -> str:
    """What is said of a tap, in brackets, where it may not stand by itself; else nothing."""
    return next((f"（{text}）" for text in said if any(word in text for word in doubts)), "")


def dingtalk(_file: str, header: tuple[str, ...], records: Records) -> tuple[tuple[str, ...], Records]:
    """The sheet 原始记录 of 钉钉: a row without 打卡时间 is no tap; one that somebody approved or changed goes back."""
    places = _places(header, "打卡时间", "打卡设备", "打卡结果")
    time, device = places["打卡时间"], places["打卡设备"]

    def rows() -> Records:
        for line_no, cells in records:
            is_blank = not any(cell.strip() for cell in cells)
            if not is_blank:
                if _told(cells, time) in NOTHING:
                    continue
                cells[time] += _doubt(_DINGTALK_DOUBTS, _told(cells, places["打卡结果"]))
                if device < len(cells):
                    cells[device] = cells[device].strip() or "钉钉"
            yield line_no, cells

    return header, rows()


ADAPTERS: dict[str, Adapter] = {"presale": presale, "wecom": wecom, "dingtalk": dingtalk}
