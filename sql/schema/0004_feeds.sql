/*  What the feeds need of the database: readers of Chinese cells, and a few columns beside the landing tables.

    The functions are asked only for values that are not already written as Postgres writes them; all return
    null for what they cannot read, so that a row goes to quarantine and never stops the file. */

-- Full-width letters, digits and spaces become ASCII (the typist's keyboard was in Chinese mode), ends are trimmed.
-- Punctuation stays: in a text it is meant. Zero-width characters and marks of order vanish.
create function ops.half_width(value text) returns text
language sql immutable strict parallel safe
return btrim(translate(
    value,
    '０１２３４５６７８９'
    || 'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ'
    || 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ'
    || U&'\3000\00A0\2007\202F\200B\200C\200D\FEFF\200E\200F',
    '0123456789'
    || 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    || 'abcdefghijklmnopqrstuvwxyz'
    || '    '
), E' \t\r\n');

-- An id as text: without the apostrophe or ="…" by which Excel is kept from turning it into a number.
create function ops.read_id(value text) returns text
language sql immutable strict parallel safe
return nullif(btrim(
    case
        when value ~ '^="[^"]*"$' then substr(value, 3, length(value) - 3)
        when value like '''%' then substr(value, 2)
        else value
    end
), '');

-- The year, of the one before, the same and the one after as_of_on's, that brings month and day nearest to as_of_on.
create function ops.nearest_day(month_no integer, day_no integer, as_of_on date) returns date
language sql immutable strict parallel safe
begin atomic
    select spelled.day_text::date
    from (
        select to_char(extract(year from as_of_on) + shift, 'FM0000')
            || '-' || to_char(month_no, 'FM00') || '-' || to_char(day_no, 'FM00') as day_text
        from generate_series(-1, 1) as shift
        offset 0
    ) as spelled
    where pg_input_is_valid(spelled.day_text, 'date')
    order by abs(spelled.day_text::date - as_of_on), spelled.day_text
    limit 1;
end;

-- Dates: 2026-10-03, 2026/10/3, 2026.10.3, 20261003, 2026年10月3日, 10月3日, serial 46298 (1900 system), each with
-- 星期六 or a time of day behind it or not. Serials count from 1899-12-30 because of the 29 Feb 1900 that never was.
create function ops.read_date(value text, as_of_on date) returns date
language sql stable strict parallel safe
begin atomic
    select
        case
            when form.year_first is not null then
                case when pg_input_is_valid(form.iso, 'date') then form.iso::date end
            when form.month_first is not null then
                ops.nearest_day(form.month_first[1]::integer, form.month_first[2]::integer, as_of_on)
            when form.serial is not null then date '1899-12-30' + form.serial[1]::integer
        end
    from (
        select
            parts.year_first,
            parts.year_first[1] || '-' || lpad(parts.year_first[2], 2, '0') || '-' || lpad(parts.year_first[3], 2, '0') as iso,
            parts.month_first,
            parts.serial
        from (
            select
                coalesce(
                    regexp_match(plain.day_text, '^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$'),
                    regexp_match(plain.day_text, '^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?$'),
                    regexp_match(plain.day_text, '^(\d{4})(\d{2})(\d{2})$')
                ) as year_first,
                regexp_match(plain.day_text, '^(\d{1,2})月(\d{1,2})[日号]?$') as month_first,
                regexp_match(plain.day_text, '^([2-7]\d{4})(?:\.\d+)?$') as serial
            from (
                select regexp_replace(
                    translate(value, '／－—．：', '/--.:'),
                    '\s*[（(]?(?:星期|周)[一二三四五六日天][)）]?|(?:(?<=\d)T|\s+|(?<=[日号]))\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$',
                    '', 'g'
                ) as day_text
            ) as plain
            offset 0
        ) as parts
        offset 0
    ) as form;
end;

-- Times of day: 8:47, 08:47:10, 8：47, 8点47分, 下午2:05, 24:00 (= 00:00), and Excel's fraction of a day (0.3659722 = 08:47).
create function ops.read_time(value text) returns time
language sql stable strict parallel safe
begin atomic
    select
        case
            when form.fraction is not null then
                time '00:00' + round(form.fraction::numeric * 86400) * interval '1 second'
            when form.iso = '24:00:00' then time '00:00'
            when form.hands is not null and pg_input_is_valid(form.iso, 'time') then form.iso::time
        end
    from (
        select
            parts.hands,
            parts.fraction,
            lpad(
                case
                    when parts.half_day in ('下午', '晚上', 'PM') and parts.hands[1]::integer < 12
                        then (parts.hands[1]::integer + 12)::text
                    when parts.half_day in ('上午', '凌晨', 'AM') and parts.hands[1]::integer = 12 then '0'
                    else parts.hands[1]
                end, 2, '0'
            ) || ':' || lpad(parts.hands[2], 2, '0') || ':' || lpad(coalesce(parts.hands[3], '0'), 2, '0') as iso
        from (
            select
                coalesce(
                    regexp_match(plain.time_text, '^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?$'),
                    regexp_match(plain.time_text, '^(\d{1,2})[点时](\d{1,2})分?(?:(\d{1,2})秒)?$')
                ) as hands,
                plain.half_day,
                case when plain.time_text ~ '^0?\.\d+$' or plain.time_text = '0' then plain.time_text end as fraction
            from (
                select
                    btrim(regexp_replace(translate(value, '：．', ':.'), '上午|下午|晚上|凌晨|AM|PM', '', 'i')) as time_text,
                    upper(substring(value from '(?i)上午|下午|晚上|凌晨|AM|PM')) as half_day
            ) as plain
            offset 0
        ) as parts
        offset 0
    ) as form;
end;

-- Instants on the clock of the house, without zone: a date and a time of day in any spelling above, or one serial
-- with a fraction (46298.3659722), to the nearest second. A date alone is no instant.
create function ops.read_timestamp(value text, as_of_on date) returns timestamp
language sql stable strict parallel safe
begin atomic
    select
        case
            when value ~ '^[2-7]\d{4}\.\d+$' then
                timestamp '1899-12-30' + round(value::numeric * 86400) * interval '1 second'
            else
                ops.read_date(form.parts[1], as_of_on) + ops.read_time(form.parts[2])
                + case when form.parts[2] like '24:00%' then interval '1 day' else interval '0' end
        end
    from (
        select regexp_match(
            regexp_replace(translate(value, '／－—．：', '/--.:'), '\s*[（(]?(?:星期|周)[一二三四五六日天][)）]?\s*', ' '),
            '^(.*?\d[日号]?)(?:\s+|T|(?<=[日号]))((?:上午|下午|晚上|凌晨|AM|PM)?\s*\d{1,2}[:点时]\d{1,2}.*)$'
        ) as parts
        offset 0
    ) as form;
end;

-- Numbers: 1,234.50, ￥1234.5, 12元, -22.27, (22.27) is minus.
create function ops.read_number(value text) returns numeric
language sql stable strict parallel safe
begin atomic
    select
        case when plain.number_text ~ '^[-+]?\d+(?:\.\d+)?$' and length(plain.number_text) < 40
            then plain.number_text::numeric end
    from (
        select regexp_replace(
            regexp_replace(
                regexp_replace(translate(value, '，．－＋（）￥', ',.-+()¥'), '^(-?)[¥$]\s*|\s*元$', '\1', 'g'),
                '^\((.*)\)$', '-\1'
            ),
            '(?<=\d),(?=\d{3}(?:\D|$))', '', 'g'
        ) as number_text
        offset 0
    ) as plain;
end;

-- A matrix (one column per day) makes many rows of one line, so a line may be sent back more than once.
alter table ops.quarantine drop constraint quarantine_file_id_line_no_key;
create index quarantine_by_file on ops.quarantine (file_id, line_no);

alter table ops.quarantine
    add column row_key text,
    add column effect text not null default '',
    add column mended_file_id integer,
    add column mended_line_no integer;
create index quarantine_by_key on ops.quarantine (row_key) where state = 'open' and row_key is not null;
comment on column ops.quarantine.row_key is 'key of the row where it could be read: a later good row with this key is the mended one';
comment on column ops.quarantine.effect is 'what was left out because of this row (影响)';
comment on column ops.quarantine.mended_file_id is 'later file with a good row of the same key (已补正); a person still signs';

alter table ops.landing_file
    add column resend_by date,
    add column note text not null default '',
    add column is_ascii boolean not null default false;
comment on column ops.landing_file.is_ascii is 'no row holds anything beyond ASCII: nothing needs to be made half-width';
comment on column ops.landing_file.resend_by is 'day until which mended rows are wanted (截止重交)';
comment on column ops.landing_file.note is 'what a person should know about a file that was taken, e.g. a calendar not announced yet';

-- Every parameter that a rule set may state: the one list behind loading and judging.
create table attendance.rule_parameter (
    parameter text primary key,
    value_type text not null check (value_type in ('choice', 'boolean', 'integer', 'amount', 'days', 'text')),
    allowed text not null default '' check ((value_type = 'choice') = (allowed <> '')),
    meaning text not null
);
comment on column attendance.rule_parameter.allowed is 'of a choice: its values, divided by |';

insert into attendance.rule_parameter (parameter, value_type, allowed, meaning) values
('works_calendar', 'choice', 'roster|official', '工作日依据：roster=排班表，official=国家法定工作日历'),
('seconds_mode', 'choice', 'minute_floor|exact_second', '迟到按分钟（舍去秒）还是按秒计算'),
('is_in_required', 'boolean', '', '是否要求上班打卡'),
('is_out_required', 'boolean', '', '是否要求下班打卡'),
('late_limit_minutes', 'integer', '', '迟到罚款的上限分钟（含）；超过按旷工'),
('late_fine_amount', 'amount', '', '每次迟到罚款（元）'),
('late_over_absent_days', 'days', '', '迟到超过上限时记旷工天数'),
('early_fine_amount', 'amount', '', '每次早退罚款（元）'),
('no_show_absent_days', 'days', '', '无打卡又无假条时记旷工天数'),
('missing_punch_absent_days', 'days', '', '缺卡未补时记旷工天数'),
('missed_punch_quota', 'integer', '', '每人每月可补卡次数'),
('missed_punch_signer_level', 'text', '', '补卡须由哪一级签字'),
('missed_punch_deadline_days', 'integer', '', '补卡单须在几天内交'),
('leave_checks_request', 'boolean', '', '是否核对请假的申请时间和申请人'),
('leave_slip_days', 'integer', '', '假条须在请假后几天内交'),
('leave_level1_days', 'days', '', '第一级可批的最多天数'),
('leave_level2_days', 'days', '', '第二级可批的最多天数'),
('invalid_leave_absent_days', 'days', '', '请假不合规时记旷工天数'),
('joining_day_exempt', 'boolean', '', '入职、离职当天是否免计迟到'),
('debounce_minutes', 'integer', '', '几分钟内的重复打卡视为一次'),
('close_workday', 'integer', '', '每月第几个工作日关账'),
('call_fine_factor', 'amount', '', '收费电话按话费的几倍罚款'),
('late_work_slip_amount', 'amount', '', '工作拖延或差错违纪单金额（元）'),
('seated_slip_amount', 'amount', '', '坐着接待客户违纪单金额（元）'),
('rest_day_rotation', 'text', '', '轮休日范围，例如 1-5（周一至周五）');

-- Whether a value can be what the parameter asks for; 是/否 or true/false for a boolean.
create function attendance.is_rule_value(value text, value_type text, allowed text) returns boolean
language sql immutable parallel safe
return case value_type
    when 'choice' then value = any (string_to_array(allowed, '|'))
    when 'boolean' then lower(value) in ('是', '否', 'true', 'false')
    when 'integer' then value ~ '^\d{1,6}$'
    when 'amount' then value ~ '^\d{1,10}(\.\d{1,2})?$'
    when 'days' then value ~ '^\d{1,4}(\.\d{1,2})?$'
    when 'text' then length(btrim(value)) > 0
    else false
end;
