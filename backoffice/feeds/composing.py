"""Turn a feed's definition into the statements that admit one of its files.

The rows of the file are split, read and judged once, into the temporary table `feed_row`: typed columns, the number
of the first fault (0 for a good row), and where the line lies. Values that are written as Postgres writes them are
cast directly; only others pay for the readers of 0004_feeds.sql. Instants are read on the session's clock, which must
be the house's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from psycopg import sql

from backoffice.database import HOUSE_CLOCK, statement
from backoffice.feeds.definitions import Column, Feed

#: what people write into a cell that has nothing to say
BLANKS = ("-", "--", "—", "——", "/", "无")
TRUE_SPELLINGS = (
    "是", "有", "√", "✓", "y", "yes", "true", "t", "1", "对",
    "已签", "已签字", "合格", "通过", "已召开", "已开",
)  # fmt: skip
FALSE_SPELLINGS = (
    "否", "无", "×", "✗", "x", "n", "no", "false", "f", "0", "错",
    "未签", "未签字", "不合格", "未通过", "未召开", "未开",
)  # fmt: skip
#: how a line under the table begins that is no row of it
NOTE_WORDS = (
    "注|说明|备注|制表|填表|审核|复核|审批|批准|签字|合计|小计|总计|共计|打印|导出|日期|单位|填报|截至|案场经理"
)
LARGEST_AMOUNT = 10**12
#: what a list shows of a line that is confidential
WITHHELD = "（保密资料，原内容请按行号查报送的文件）"
#: spellings that Postgres reads alone and in one way only: year first, one digit or two
PLAIN_TIMESTAMP = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d{2}(:\d{2})?$"

POSTGRES_TYPES = {
    "text": "text",
    "id": "text",
    "choice": "text",
    "phone": "text",
    "date": "date",
    "roc_date": "date",
    "month": "date",
    "time": "time",
    "timestamp": "timestamptz",
    "integer": "integer",
    "decimal": "numeric",
    "rate": "numeric",
    "boolean": "boolean",
}
WRITTEN_LIKE = {
    "date": ("不是看得懂的日期，或没有这一天", "请写成 2026-10-03 这样的日期"),
    "roc_date": ("不是看得懂的民国日期，或没有这一天", "请写成 1151003 或 115-10-03 这样的日期（年、月、日）"),
    "month": ("不是看得懂的月份，或没有这个月", "请写成 2026-10 这样的月份"),
    "time": ("不是看得懂的时间", "请写成 08:30 这样的时间"),
    "timestamp": ("不是看得懂的时间，或没有这个时刻", "请写成 2026-10-03 08:30 这样的日期和时间"),
    "integer": ("不是整数", "请只填数字"),
    "decimal": ("不是数字", "请只填数字，最多两位小数，例如 1234.50"),
    "rate": ("不是一个看得懂的比率", "请填一个比率，例如 9% 或 0.09"),
    "boolean": ("不是“是”或“否”", "请填 是 或 否"),
    "phone": (
        "不是看得懂的电话号码",
        "请填一个完整的号码：手机11位，例如 13800001111；座机可带区号，例如 0571-88881234；两个号码请分开填",
    ),
}


@dataclass(frozen=True)
class Fault:
    """Why a row is bad: the condition, the column to blame, and what its sender reads ({} stands for the cell)."""

    condition: sql.Composable
    column: str
    position: int
    reason: str
    advice: str
    judge: str = ""
    column_name: str = ""


@dataclass(frozen=True)
class Statements:
    """What admitting one file runs, in order; `conflicting` to `superseding` only for a register.

    `judged` is (number of the fault, column, name of the judge) of what Python judges. `trying` reads the books as they
    would be with the file in; `sending_back` sends one of the rows back that it names.
    """

    read_rows: sql.Composed
    conflicting: sql.Composed | None
    judged: tuple[tuple[int, str, str], ...]
    checking: tuple[sql.Composed, ...]
    trying: tuple[sql.Composable, ...]
    sending_back: sql.Composed | None
    superseding: sql.Composed | None
    inserting: sql.Composed
    quarantining: sql.Composed
    mending: sql.Composed | None
    blanks: sql.Composed


def compose(
    feed: Feed,
    positions: dict[str, int],
    *,
    file_id: int,
    delimiter: str,
    field_count: int | None,
    is_ascii: bool,
    site_id: str | None,
    as_of_on: date,
    last_day: date,
) -> Statements:
    """Compose the statements for one file.

    :param positions: column name to 1-based position in the split line; absent columns are left out.
    :param field_count: number of fields that a line may have, None where more are no fault.
    :param is_ascii: that no line holds anything beyond ASCII, so that nothing needs to be made half-width.
    :param site_id: what a column with `from_folder` is when the file does not say.
    :param last_day: the newest day a row can be about, before the days ahead that its column allows.
    """
    piece = _Pieces(feed, positions, delimiter, is_ascii, site_id, as_of_on, last_day)
    faults = piece.faults(field_count)
    names = [column.name for column in feed.columns]
    is_register = feed.kind == "register"
    read_rows = sql.SQL("""
create temporary table feed_row on commit drop as
select {row_no} line_no, row_at, {typed}, case {faults} else 0 end as fault_no{extra}
from (
    select *, {read}
    from (
        select line_no, ctid as row_at, {clean}{surplus}
        from ops.landing_row
        where file_id = {file_id}
        offset 0
    ) as cell
    offset 0
) as typed""").format(
        row_no=sql.SQL("row_number() over (order by line_no) as row_no," if is_register else ""),
        extra=sql.SQL(
            ", 'new'::text as fate, null::integer as other_line_no, "
            "null::text as said_column, null::text as said_reason, null::text as said_advice"
            if is_register
            else ""
        ),
        typed=_list(piece.final(column) for column in feed.columns),
        faults=sql.SQL(" ").join(
            sql.SQL("when {} then {}").format(fault.condition, sql.Literal(number))
            for number, fault in enumerate(faults, 1)
        ),
        read=_list(
            sql.SQL("{} as {}").format(piece.read(column), sql.Identifier(column.name)) for column in feed.columns
        ),
        clean=_list(sql.SQL("{} as {}").format(piece.clean(column), _cell(column.name)) for column in feed.columns),
        surplus=sql.SQL("")
        if field_count is None
        else sql.SQL(", split_part(raw, {}, {}) as surplus").format(
            sql.Literal(delimiter), sql.Literal(field_count + 1)
        ),
        file_id=sql.Literal(file_id),
    )
    target = sql.Identifier(*feed.table.split("."))
    inserting = sql.SQL("""
insert into {target} ({names}, recorded_at, file_id, line_no)
select {names}, %(recorded_at)s, {file_id}, line_no
from feed_row
where fault_no = 0{only_new}
order by {order}, line_no{conflict}""").format(
        target=target,
        names=_names(names),
        file_id=sql.Literal(file_id),
        only_new=sql.SQL(" and fate <> 'duplicate'" if is_register else ""),
        # In the order of the key neighbouring entries of the index are written together, and two files that
        # overlap wait for each other instead of meeting in a deadlock. What is the same in all rows (the folder's
        # site) is left out: as first column of a sort it would only cost.
        order=_list(_in_byte_order(column) for column in feed.key if column.name in positions or column.default_from),
        conflict=sql.SQL("" if is_register else "\non conflict do nothing"),
    )
    return Statements(
        read_rows=read_rows,
        conflicting=_conflicting(feed, len(faults) + 1) if is_register else None,
        judged=tuple((number, fault.column_name, fault.judge) for number, fault in enumerate(faults, 1) if fault.judge),
        checking=tuple(_checking(feed, check, len(faults) + 2) for check in feed.row_checks),
        trying=tuple(sql.SQL(statement(f"feeds/{trial}")) for trial in feed.trials),
        sending_back=_sending_back(feed, len(faults) + 2) if feed.trials else None,
        superseding=_superseding(feed, target) if is_register else None,
        inserting=inserting,
        quarantining=_quarantining(feed, positions, faults, delimiter, file_id, is_register),
        mending=_mending(feed, file_id) if is_register else None,
        blanks=_blanks(delimiter),
    )


def _conflicting(feed: Feed, fault: int) -> sql.Composed:
    """Same key twice in one file: the same payload again is a duplicate, another one is a fault of the later line."""
    return sql.SQL("""
update feed_row as later
set
    fate = 'duplicate',
    fault_no = case when ({later}) is distinct from ({first}) then {fault} else 0 end,
    other_line_no = first.line_no
from (select distinct on ({key}) * from feed_row where fault_no = 0 order by {key}, row_no) as first
where later.fault_no = 0 and later.row_no > first.row_no and {same_key}""").format(
        later=_qualified("later", feed.payload) or sql.SQL("1"),
        first=_qualified("first", feed.payload) or sql.SQL("1"),
        fault=sql.Literal(fault),
        key=_names([column.name for column in feed.key]),
        same_key=_same_key("later", "first", feed),
    )


def _checking(feed: Feed, check: str, fault: int) -> sql.Composed:
    """Send the rows back that a statement over `feed_row` and other tables names, with its words."""
    return sql.SQL("""
update feed_row
set
    fault_no = {fault},
    said_column = coalesce(meant.title, ''),
    said_reason = offender.reason,
    said_advice = offender.advice
from ({check}) as offender
left join (values {titles}) as meant (name, title) on offender.column_name = meant.name
where feed_row.row_no = offender.row_no and feed_row.fault_no = 0""").format(
        fault=sql.Literal(fault),
        check=sql.SQL(statement(f"feeds/{check}")),
        titles=_titles(feed),
    )


def _sending_back(feed: Feed, fault: int) -> sql.Composed:
    """Send one row back that a trial named; parameters as the columns that it returns."""
    return sql.SQL("""
update feed_row
set
    fault_no = {fault},
    said_column = coalesce(
        (select meant.title from (values {titles}) as meant (name, title) where meant.name = %(column_name)s), ''
    ),
    said_reason = %(reason)s,
    said_advice = %(advice)s
where feed_row.row_no = %(row_no)s""").format(fault=sql.Literal(fault), titles=_titles(feed))


def _titles(feed: Feed) -> sql.Composed:
    return _list(
        sql.SQL("({}, {})").format(sql.Literal(column.name), sql.Literal(column.title)) for column in feed.columns
    )


def _superseding(feed: Feed, target: sql.Composable) -> sql.Composed:
    """Close the rows that a new payload replaces, and tell rows that say nothing new; counts of both."""
    return sql.SQL("""
with known as (
    update feed_row
    set fate = case when ({held}) is distinct from ({row}) then 'superseding' else 'duplicate' end
    from {target} as held
    where feed_row.fault_no = 0 and feed_row.fate = 'new' and held.superseded_at = 'infinity' and {same_key}
    returning feed_row.fate, {row_key}
)

update {target} as held
set superseded_at = %(recorded_at)s
from known
where known.fate = 'superseding' and held.superseded_at = 'infinity' and {known_key}""").format(
        held=_qualified("held", feed.payload) or sql.SQL("1"),
        row=_qualified("feed_row", feed.payload) or sql.SQL("1"),
        target=target,
        same_key=_same_key("held", "feed_row", feed),
        row_key=_qualified("feed_row", feed.key),
        known_key=_same_key("held", "known", feed),
    )


def _quarantining(
    feed: Feed, positions: dict[str, int], faults: Sequence[Fault], delimiter: str, file_id: int, is_register: bool
) -> sql.Composed:
    """Write bad rows with column, reason, advice and effect; the cell is quoted so that its sender finds it."""
    reasons = [
        (number, fault.position, fault.column, fault.reason, fault.advice) for number, fault in enumerate(faults, 1)
    ]
    if is_register:
        keys = "、".join(column.title for column in feed.key)
        reasons.append(
            (
                len(faults) + 1,
                0,
                feed.key[0].title,
                f"与第[]行是同一{keys}，但内容不同",
                "同一份文件里请只保留正确的一行",
            )
        )
        reasons.append((len(faults) + 2, 0, "", "", ""))
    subjects = [
        (column.title, positions[column.name])
        for column in feed.key
        if column.name in positions and column.kind in ("id", "text", "date", "choice") and column.default is None
    ][:2]
    return sql.SQL("""
insert into ops.quarantine (file_id, line_no, raw, column_name, reason, advice, effect, row_key)
select
    {file_id},
    feed_row.line_no,
    {shown},
    coalesce(feed_row.said_column, said.column_name),
    coalesce(feed_row.said_reason, replace(
        replace(
            said.reason, '{{}}',
            case when said.position > 0 then {cell} else '' end
        ),
        '[]', coalesce(feed_row.other_line_no::text, '')
    )),
    coalesce(feed_row.said_advice, said.advice),
    btrim({subject} || {effect}),
    {row_key}
from (
    select feed_row.*, landing_row.raw as raw_text{other}
    from feed_row
    inner join ops.landing_row on feed_row.row_at = landing_row.ctid
    where feed_row.fault_no <> 0
) as feed_row
inner join (values {reasons}) as said (fault_no, position, column_name, reason, advice)
    on feed_row.fault_no = said.fault_no""").format(
        file_id=sql.Literal(file_id),
        # Whoever may know is handed the line's number, and finds it in the file that he sent.
        shown=sql.Literal(WITHHELD) if feed.is_confidential else sql.SQL("feed_row.raw_text"),
        cell=sql.Literal("…")
        if feed.is_confidential
        else sql.SQL("left(btrim(split_part(feed_row.raw_text, {}, said.position)), 60)").format(
            sql.Literal(delimiter)
        ),
        subject=sql.SQL("concat({})").format(
            _list(
                sql.SQL("{} || nullif(btrim(split_part(feed_row.raw_text, {}, {})), '') || ' '").format(
                    sql.Literal(title), sql.Literal(delimiter), sql.Literal(place)
                )
                for title, place in subjects
            )
        )
        if subjects
        else sql.Literal(""),
        effect=sql.Literal(feed.effect),
        row_key=_key_text("feed_row", feed) if is_register else sql.SQL("null"),
        other=sql.SQL(
            ""
            if is_register
            else ", null::integer as other_line_no, null as said_column, null as said_reason, null as said_advice"
        ),
        reasons=_list(sql.SQL("({})").format(_list(map(sql.Literal, row))) for row in reasons),
    )


def _mending(feed: Feed, file_id: int) -> sql.Composed:
    """Note on open quarantined rows of earlier files that a good row with their key has come."""
    return sql.SQL("""
update ops.quarantine
set mended_file_id = {file_id}, mended_line_no = mended.line_no
from (select {key_text} as row_key, min(line_no) as line_no from feed_row where fault_no = 0 group by 1) as mended
where
    quarantine.state = 'open'
    and quarantine.row_key = mended.row_key
    and quarantine.file_id < {file_id}
    and quarantine.file_id in (
        select landing_file.file_id from ops.landing_file where landing_file.feed = {feed}
    )""").format(file_id=sql.Literal(file_id), key_text=_key_text("feed_row", feed), feed=sql.Literal(feed.name))


def _blanks(delimiter: str) -> sql.Composed:
    """Drop what is no row: lines of nothing but delimiters, and notes under the table."""
    return sql.SQL("""
delete from feed_row
using ops.landing_row
where
    feed_row.fault_no <> 0
    and feed_row.row_at = landing_row.ctid
    and (
        btrim(translate(landing_row.raw, {signs}, '')) = ''
        or (
            feed_row.line_no > (select coalesce(max(good.line_no), 0) from feed_row as good where good.fault_no = 0)
            and ltrim(translate(landing_row.raw, {signs}, '')) ~ {notes}
        )
    )""").format(
        signs=sql.Literal(delimiter + " \t\u3000\u00a0"),
        notes=sql.Literal(f"^[（(*※]*({NOTE_WORDS})"),
    )


class _Pieces:
    """Expressions for the columns of one file, from the split line outwards."""

    def __init__(
        self,
        feed: Feed,
        positions: dict[str, int],
        delimiter: str,
        is_ascii: bool,
        site_id: str | None,
        as_of_on: date,
        last_day: date,
    ) -> None:
        self.feed = feed
        self.positions = positions
        self.delimiter = sql.Literal(delimiter)
        self.is_ascii = is_ascii
        self.site_id = site_id
        self.last_day = last_day
        self.as_of_on = sql.Literal(as_of_on)

    def clean(self, column: Column) -> sql.Composable:
        """The cell as text, tidied; null when empty; what stands in for it when the definition says so."""
        fallback = self.site_id if column.from_folder and self.site_id is not None else column.default
        if column.name not in self.positions:
            return sql.SQL("{}::text").format(sql.Literal(fallback))
        cut = sql.SQL("split_part(raw, {}, {})").format(self.delimiter, sql.Literal(self.positions[column.name]))
        tidy = "btrim({}, E' \\t\\r\\n')" if self.is_ascii else "ops.half_width({})"
        text = sql.SQL(f"nullif({tidy}, '')").format(cut)
        # An id of a register may be left open with a dash, too (a receipt that no contract claims yet).
        may_be_open = column.kind != "text" and (column.kind != "id" or self.feed.kind == "register")
        if may_be_open and not column.must_be_in_file:
            text = sql.SQL("case when {text} not in ({blanks}) then {text} end").format(
                text=text, blanks=_list(map(sql.Literal, BLANKS if column.kind != "boolean" else BLANKS[:-1]))
            )
        return text if fallback is None else sql.SQL("coalesce({}, {})").format(text, sql.Literal(fallback))

    def read(self, column: Column) -> sql.Composable:
        """The typed value of the cell, null when it cannot be read."""
        cell = _cell(column.name)
        if column.name not in self.positions and column.default is None and not column.from_folder:
            return sql.SQL("null::{}").format(sql.SQL(POSTGRES_TYPES[column.kind]))
        choices = [
            sql.SQL("when {} in ({}) then {}").format(cell, _list(map(sql.Literal, spellings)), sql.Literal(value))
            for value, spellings in column.choices.items()
        ]
        return sql.SQL(_READERS[column.kind]).format(
            cell=cell,
            as_of_on=self.as_of_on,
            clock=sql.Literal(HOUSE_CLOCK),
            plain=sql.Literal(PLAIN_TIMESTAMP),
            yes=_list(map(sql.Literal, TRUE_SPELLINGS)),
            no=_list(map(sql.Literal, FALSE_SPELLINGS)),
            choices=sql.SQL(" ").join(choices),
        )

    def final(self, column: Column) -> sql.Composable:
        """The value that becomes a fact."""
        value = sql.Identifier(column.name)
        if column.default_from:
            value = sql.SQL("coalesce({}, {})").format(value, sql.Identifier(column.default_from))
        return sql.SQL("{} as {}").format(value, sql.Identifier(column.name))

    def faults(self, field_count: int | None) -> list[Fault]:
        """Every way in which a row can be bad, in the order in which they are told."""
        faults = []
        if field_count is not None:
            faults.append(
                Fault(
                    sql.SQL("surplus <> ''"),
                    "",
                    0,
                    f"比表头多出了列（表头{field_count}列）",
                    "内容里如有逗号，请加引号或改用 Excel 文件",
                )
            )
        for column in self.feed.columns:
            faults.extend(self._faults_of(column))
        for rule in self.feed.rows:
            title, place = self.feed.column(rule.column).title, self.positions.get(rule.column, 0)
            condition = sql.SQL("({}) is false").format(sql.SQL(rule.must or "true"))
            faults.append(Fault(condition, title, place, rule.reason, rule.advice, rule.judge, rule.column))
        return faults

    def _faults_of(self, column: Column) -> list[Fault]:
        cell, value = _cell(column.name), sql.Identifier(column.name)
        place = self.positions.get(column.name, 0)

        def fault(condition: str, reason: str, advice: str, **parts: sql.Composable) -> Fault:
            return Fault(
                sql.SQL(condition).format(cell=cell, value=value, **parts), column.title, place, reason, advice
            )

        faults = []
        if column.is_required and not (column.default_from or column.default is not None):
            faults.append(fault("{cell} is null", "没有填", column.advice or f"请补上{column.title}"))
        if place == 0:
            return faults
        if column.kind == "choice":
            faults.append(
                fault(
                    "{value} is null and {cell} is not null",
                    "“{}”不在可填的内容里",
                    column.advice or f"请填：{'、'.join(_told(column))}",
                )
            )
        elif column.kind in WRITTEN_LIKE:
            reason, advice = WRITTEN_LIKE[column.kind]
            faults.append(fault("{value} is null and {cell} is not null", f"“{{}}”{reason}", column.advice or advice))
        if column.kind == "id":
            faults.append(
                fault(
                    "{cell} like '%E+%' and {cell} ~ '^[0-9](\\.[0-9]+)?E\\+[0-9]+$'",
                    "“{}”是科学计数法，号码已经失真",
                    "请在 Excel 里把这一列设为文本，重新填写后再导出",
                )
            )
        if column.kind in ("decimal", "rate"):
            faults.append(
                fault(
                    "scale(trim_scale({value})) > {scale} or abs({value}) >= {most}",
                    f"“{{}}”的小数多于{column.scale}位，或数字过大",
                    f"请改成最多{column.scale}位小数的"
                    + ("金额" if column.kind == "decimal" and column.scale == 2 else "数"),
                    scale=sql.Literal(column.scale),
                    most=sql.Literal(LARGEST_AMOUNT),
                )
            )
        postgres_type = sql.SQL(POSTGRES_TYPES[column.kind])
        if column.low is not None:
            faults.append(
                fault(
                    "{value} < {low}::{type}",
                    f"“{{}}”早于或小于{column.low}，不合情理",
                    "请核对后改正",
                    low=sql.Literal(column.low),
                    type=postgres_type,
                )
            )
        if column.high is not None:
            faults.append(
                fault(
                    "{value} > {high}::{type}",
                    f"“{{}}”大于{column.high}，不合情理",
                    "请核对后改正",
                    high=sql.Literal(column.high),
                    type=postgres_type,
                )
            )
        if column.days_ahead is not None:
            faults.append(
                fault(
                    "{value} >= {first_day_beyond}::{type}",
                    "“{}”在将来，不合情理",
                    "请核对日期（或设备的时钟）后改正",
                    first_day_beyond=sql.Literal((self.last_day + timedelta(days=column.days_ahead + 1)).isoformat()),
                    type=postgres_type,
                )
            )
        if column.from_folder and self.site_id is not None:
            faults.append(
                fault(
                    "{cell} <> {site}",
                    f"“{{}}”与所在文件夹（{self.site_id}）不一致",
                    "请放到该案场自己的文件夹，或改正案场编号",
                    site=sql.Literal(self.site_id),
                )
            )
        return faults


#: how a cell becomes a value: the way Postgres writes it first, the patient readers for everything else
_READERS = {
    "text": "{cell}",
    "id": "case when ascii({cell}) in (39, 61) then ops.read_id({cell}) else {cell} end",
    "date": """case
        when {cell} like '____-__-__' and pg_input_is_valid({cell}, 'date') then {cell}::date
        else ops.read_date({cell}, {as_of_on}::date)
    end""",
    # 民國 years are counted from 1911: 1100827, 110/8/27, 民國110年8月27日 are 2021-08-27
    "roc_date": """case
        when {cell} ~ '^[0-9]{{6,7}}$'
            then ops.read_date(concat(left({cell}, -4)::integer + 1911, right({cell}, 4)), {as_of_on}::date)
        when {cell} ~ '^(民[国國])? *[0-9]{{2,3}}[-/.年]'
            then ops.read_date(
                concat(
                    substring({cell} from '[0-9]+')::integer + 1911,
                    regexp_replace({cell}, '^[^0-9]*[0-9]+', '')
                ),
                {as_of_on}::date
            )
    end""",
    "month": "ops.read_month({cell})",
    "time": """case
        when {cell} like '__:__' and {cell} < '24' and pg_input_is_valid({cell}, 'time') then {cell}::time
        else ops.read_time({cell})
    end""",
    "timestamp": """case
        when
            ({cell} like '____-__-__ __:__:__' or {cell} ~ {plain})
            and pg_input_is_valid({cell}, 'timestamptz')
            then {cell}::timestamptz
        else ops.read_timestamp({cell}, {as_of_on}::date) at time zone {clock}
    end""",
    "integer": "case when {cell} ~ '^[-+]?[0-9]{{1,9}}([.]0+)?$' then {cell}::numeric::integer end",
    "decimal": "ops.read_number({cell})",
    "rate": "ops.read_rate({cell})",
    "boolean": "case when lower({cell}) in ({yes}) then true when lower({cell}) in ({no}) then false end",
    "choice": "case {choices} end",
    # Every spelling becomes the same digits: they are the key of a customer (SAL-06).
    "phone": "ops.read_phone(ops.read_id({cell}))",
}


# Spelling ------------------------------------------------------------------------------------------------------


def _told(column: Column) -> list[str]:
    """The choices as a sender reads them: where the canonical value is a code, its first spelling."""
    return [
        spellings[1] if value.isascii() and len(spellings) > 1 else value for value, spellings in column.choices.items()
    ]


def _cell(name: str) -> sql.Identifier:
    return sql.Identifier(f"{name} cell")


def _list(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def _names(names: Sequence[str]) -> sql.Composed:
    return _list(map(sql.Identifier, names))


def _qualified(table: str, columns: Sequence[Column]) -> sql.Composed | None:
    return _list(sql.Identifier(table, column.name) for column in columns) if columns else None


def _same_key(left: str, right: str, feed: Feed) -> sql.Composed:
    return sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier(left, column.name), sql.Identifier(right, column.name))
        for column in feed.key
    )


def _key_text(table: str, feed: Feed) -> sql.Composed:
    """The key as one text, null as soon as a part of it is missing."""
    return sql.SQL(" || E'\\x1f' || ").join(
        sql.SQL("{}::text").format(sql.Identifier(table, column.name)) for column in feed.key
    )


def _in_byte_order(column: Column) -> sql.Composed:
    collated = POSTGRES_TYPES[column.kind] == "text"
    return sql.SQL('{} collate "C"' if collated else "{}").format(sql.Identifier(column.name))
