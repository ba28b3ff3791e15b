/*  Case sites to measure on: `bench.contracts` contracts in forty projects over 260 weeks, made up by arithmetic, so
    that they are the same on every machine.

    Of the contracts one in fifty was corrected, one in thirty is shared by two or three consultants, one in fifty is in
    the group's register, too (half of those with another amount), one in forty comes back, is swapped or amended; one in
    ten has a receipt. Days before and after the weeks are there as well. */
set session_replication_role = replica;

create temporary table book (
    recorded_at timestamptz not null,
    file_id integer not null,
    line_no integer not null
);
insert into book values ('2020-01-01', 1, 1);

insert into book.rule_set (rule_set, rule_set_name, rank, recorded_at, file_id, line_no)
select 'anchang', '案场管理制度', 1, book.* from book;

insert into book.rule (rule_set, parameter, value, rule_id, clause, valid_from, recorded_at, file_id, line_no)
select 'anchang', 'contract_source', '项目', 'SAL-20', '以项目台账为准', date '2020-01-01', book.* from book;

insert into book.site_rule_set (site_id, rule_set, valid_from, recorded_at, file_id, line_no)
select
    'P' || to_char(project_no, 'FM00'),
    'anchang',
    date '2020-01-01',
    book.*
from generate_series(1, 40) as project_no
cross join book;

insert into sales.project (
    site_id, project_name, group_id, group_name, opens_on, contact, recorded_at, file_id, line_no
)
select
    'P' || to_char(project_no, 'FM00'),
    '项目' || project_no,
    'GROUP',
    '集团',
    date '2021-01-04',
    '案场',
    book.*
from generate_series(1, 40) as project_no
cross join book;

insert into sales.consultant (
    consultant_id, effective_from, consultant_name, site_id, grade, recorded_at, file_id, line_no
)
select
    'G' || to_char(consultant_no, 'FM000'),
    date '2020-01-01',
    '顾问' || consultant_no,
    'P' || to_char(consultant_no % 40 + 1, 'FM00'),
    '置业顾问',
    book.*
from generate_series(1, 400) as consultant_no
cross join book;

insert into sales.unit (
    site_id, unit_no, building_no, product_type, area, floor_amount, internal_amount, wholesale_amount, list_amount,
    released_on, recorded_at, file_id, line_no
)
select
    'P' || to_char(contract_no % 40 + 1, 'FM00'),
    'U' || contract_no,
    ((contract_no / 40) % 12 + 1)::text,
    (array['住宅', '商铺', '车位'])[contract_no % 7 / 3 + 1],
    80 + contract_no % 60,
    800000,
    900000,
    1000000,
    1100000,
    date '2021-01-01',
    book.*
from generate_series(1, current_setting('bench.contracts')::integer) as contract_no
cross join book;

-- days in no order, from four weeks before the first to four weeks after the last
create temporary table drawn as
select
    contract_no,
    'P' || to_char(contract_no % 40 + 1, 'FM00') as site_id,
    date '2020-12-07' + (contract_no::bigint * 7919 % 1876)::integer as signed_on,
    800000 + (contract_no::bigint * 104729 % 120000000)::numeric / 100 as amount,
    contract_no % 40 + 40 * (contract_no / 40 % 10) as consultant_no
from generate_series(1, current_setting('bench.contracts')::integer) as contract_no;

insert into sales.contract (
    site_id, contract_no, source, unit_no, customer_name, phone, signed_on, area, amount, channel, consultant_id,
    recorded_at, superseded_at, file_id, line_no
)
select
    drawn.site_id,
    'HT' || drawn.contract_no,
    version.source,
    'U' || drawn.contract_no,
    '客户',
    '139' || to_char(drawn.contract_no % 100000000, 'FM00000000'),
    drawn.signed_on,
    80 + drawn.contract_no % 60,
    drawn.amount + version.added_amount,
    (array['自然到访', '网络', '老带新', '中介', '外展'])[drawn.contract_no % 11 / 2 % 5 + 1],
    'G' || to_char(drawn.consultant_no + 1, 'FM000'),
    version.recorded_at,
    version.superseded_at,
    1,
    drawn.contract_no
from drawn
cross join
    lateral (
        select
            '项目' as source,
            0 as added_amount,
            drawn.signed_on::timestamptz + interval '20 hours' as recorded_at,
            'infinity'::timestamptz as superseded_at
        where drawn.contract_no % 50 <> 1
        union all
        select '项目', 5000, drawn.signed_on::timestamptz + interval '20 hours', drawn.signed_on::timestamptz + interval '5 days'
        where drawn.contract_no % 50 = 1
        union all
        select '项目', 0, drawn.signed_on::timestamptz + interval '5 days', 'infinity'
        where drawn.contract_no % 50 = 1
        union all
        select '集团', case when drawn.contract_no % 100 = 2 then 1000 else 0 end, drawn.signed_on::timestamptz + interval '1 day', 'infinity'
        where drawn.contract_no % 50 = 2
    ) as version;

insert into sales.contract_share (site_id, contract_no, consultant_id, share, recorded_at, file_id, line_no)
select
    drawn.site_id,
    'HT' || drawn.contract_no,
    'G' || to_char((drawn.consultant_no + 40 * sharer.nth) % 400 + 1, 'FM000'),
    sharer.share,
    drawn.signed_on::timestamptz + interval '20 hours',
    1,
    drawn.contract_no
from drawn
cross join
    lateral (
        select nth, 0.5 as share from generate_series(0, 1) as nth where drawn.contract_no % 60 = 3
        union all
        select nth, 0.333333 from generate_series(0, 2) as nth where drawn.contract_no % 60 = 33
    ) as sharer;

insert into sales.change (
    site_id, change_no, change_kind, contract_no, new_unit_no, area, amount, applied_on, approved_on, reason, recorded_at,
    file_id, line_no
)
select
    drawn.site_id,
    'BG' || drawn.contract_no,
    kind.change_kind,
    'HT' || drawn.contract_no,
    case when kind.change_kind = '换房' then 'U' || greatest(drawn.contract_no - 40 * 3, drawn.contract_no % 40 + 40) end,
    case when kind.change_kind = '退房' then 80 + drawn.contract_no % 60 else 0 end,
    case kind.change_kind when '退房' then drawn.amount when '换房' then 20000.01 else -10000.01 end,
    drawn.signed_on + 20,
    -- one in ten is not approved yet
    case when drawn.contract_no % 400 <> 4 then drawn.signed_on + 30 end,
    '客户原因',
    drawn.signed_on::timestamptz + interval '31 days',
    1,
    drawn.contract_no
from drawn
cross join lateral (select (array['退房', '换房', '补充协议'])[drawn.contract_no / 40 % 3 + 1] as change_kind) as kind
where drawn.contract_no % 40 = 4;

insert into sales.receipt (
    site_id, receipt_no, contract_no, receipt_kind, amount, value_on, recorded_at, file_id, line_no
)
select
    drawn.site_id,
    'SK' || drawn.contract_no,
    'HT' || drawn.contract_no,
    case when drawn.contract_no % 200 = 5 then '退款' else '首付' end,
    case when drawn.contract_no % 200 = 5 then -30000.01 else round(drawn.amount * 0.3, 2) end,
    drawn.signed_on + 7,
    drawn.signed_on::timestamptz + interval '8 days',
    1,
    drawn.contract_no
from drawn
where drawn.contract_no % 10 = 5;

drop table drawn;
drop table book;
set session_replication_role = origin;
