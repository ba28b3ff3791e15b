/*  Schema book: what several subjects share -- sites, people, calendar, recipients.

    Every fact table carries the same four columns: recorded_at (when it became known), superseded_at
    (when a correction replaced it; infinity while it holds), and the file and line it came from.
    A row is seen by a run when  recorded_at <= known_at and known_at < superseded_at. */

create schema book;

create table book.site (
    site_id text not null,
    site_name text not null,
    region text,
    is_admitting_unknown boolean not null default false,
    fined_share_limit numeric(5, 4) not null default 0.3 check (fined_share_limit > 0 and fined_share_limit <= 1),
    opened_on date,
    closed_on date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index site_holds on book.site (site_id) where superseded_at = 'infinity';

create table book.employee (
    employee_id text not null,
    effective_from date not null,
    employee_name text not null,
    site_id text not null,
    department text,
    post text,
    badge_no text,
    joined_on date not null,
    left_on date check (left_on is null or left_on >= joined_on),
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index employee_holds on book.employee (employee_id, effective_from) where superseded_at = 'infinity';

create table book.calendar_day (
    day_on date not null,
    year_no integer not null,
    day_name text not null,
    is_off boolean not null,
    is_statutory boolean not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null,
    check (is_off or not is_statutory)
);
create unique index calendar_day_holds on book.calendar_day (day_on) where superseded_at = 'infinity';
comment on column book.calendar_day.is_statutory is 'a statutory holiday (三倍日), as opposed to a day off in lieu or a moved weekend';

-- Whether the State Council's calendar, as known at `known_at`, makes a day a working day: the notice where it speaks
-- (days off and make-up working days), else Monday to Friday. Who needs a year never announced must stop before.
create function book.is_workday(of_day date, known_at timestamptz)
returns boolean
language sql
stable
as $$
    select coalesce(
        (
            select not calendar_day.is_off
            from book.calendar_day
            where calendar_day.day_on = of_day
                and calendar_day.recorded_at <= $2
                and $2 < calendar_day.superseded_at
        ),
        extract(isodow from of_day) < 6
    )
$$;

-- Last working day of the month in which `of_day` lies (OPS-20).
create function book.last_workday(of_day date, known_at timestamptz)
returns date
language sql
stable
as $$
    select max(day_at)::date
    from generate_series(
        date_trunc('month', of_day::timestamp),
        date_trunc('month', of_day::timestamp) + interval '1 month' - interval '1 day',
        interval '1 day'
    ) as day_at
    where book.is_workday(day_at::date, $2)
$$;

-- Where somebody worked on a day, as known at an instant: at the site of the roll's newest entry by then; before the first entry at
-- the site of that one. Null for somebody whom the roll does not know.
create function book.site_on(of_employee text, on_day date, known_at timestamptz)
returns text
language sql
stable
as $$
    select employee.site_id
    from book.employee
    where employee.employee_id = of_employee
        and employee.recorded_at <= $3
        and $3 < employee.superseded_at
    order by employee.effective_from <= on_day desc, abs(employee.effective_from - on_day)
    limit 1
$$;

-- Who receives which document; site_id '*' means every site.
create table book.recipient (
    document_kind text not null,
    site_id text not null,
    address text not null check (address ~ '^[^@\s]+@[^@\s]+$'),
    recipient_name text not null,
    department text,
    valid_from date not null,
    valid_to date,
    recorded_at timestamptz not null,
    superseded_at timestamptz not null default 'infinity',
    file_id integer not null,
    line_no integer not null
);
create unique index recipient_holds on book.recipient (document_kind, site_id, address, valid_from) where superseded_at = 'infinity';
