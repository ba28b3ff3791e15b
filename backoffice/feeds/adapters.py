"""What an export needs before its rows can be read by headings: a feed names its adapter (key `adapter`).

An adapter is handed the rows of a CSV, taken apart and with the numbers of their lines, and hands rows on. What a
definition can say by headings, defaults and rules needs none.
"""

import re
from collections.abc import Callable, Iterator

Records = Iterator[tuple[int, list[str]]]
#: name of the file, its heading, its rows → heading and rows as the definition knows them
Adapter = Callable[[str, tuple[str, ...], Records], tuple[tuple[str, ...], Records]]

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


ADAPTERS: dict[str, Adapter] = {"presale": presale}
