/*  Schema ops: what every workflow stands on.

    Runs and the scope they hold, results by base period, decisions, closes, landed files and rows,
    quarantine, artifacts and the outbox. No business word in here. */

create extension if not exists btree_gist;
create schema ops;

-- A request to compute something, who asked for it, what it may know, and how it ended.
create table ops.run (
    run_id bigint generated always as identity primary key,
    workflow text not null,
    airflow_run_id text not null,
    period daterange not null check (not isempty(period) and not lower_inf(period) and not upper_inf(period)),
    mode text not null check (mode in ('normal', 'trial', 'resume', 'recompute', 'correct')),
    is_scheduled boolean not null default false,
    as_of_on date not null,
    known_at timestamptz not null,
    requested_by text not null,
    reason text not null default '',
    wants_mail boolean not null,
    state text not null default 'running' check (state in (
        'running', 'done', 'done_with_exceptions', 'unchanged', 'awaiting_decision', 'rejected',
        'awaiting_input', 'mail_unclear', 'failed', 'refused', 'taken_over')),
    note text not null default '',
    totals jsonb not null default '{}',
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    unique (workflow, airflow_run_id)
);
comment on column ops.run.period is 'base periods asked for, half-open days of the house clock';
comment on column ops.run.as_of_on is 'business day the run speaks for; day counts run up to and including it';
comment on column ops.run.known_at is 'only facts recorded up to this instant are seen';

-- Live runs of one workflow may not overlap in site and period: the wall behind OPS-05.
create table ops.run_scope (
    run_id bigint not null references ops.run,
    workflow text not null,
    site_id text not null,
    period daterange not null,
    cause text not null check (cause in ('asked', 'late_facts')),
    is_live boolean not null default true,
    computed_at timestamptz,
    primary key (run_id, site_id, period),
    constraint run_scope_held_once
        exclude using gist (workflow with =, site_id with =, period with &&) where (is_live)
);

comment on column ops.run_scope.computed_at is 'when the results of this scope were computed and committed; null: never';

-- The days of a run's scope, one by one: what statements that work by site and day start from.
create view ops.run_day as
select
    run_scope.run_id,
    run_scope.workflow,
    run_scope.site_id,
    run_scope.cause,
    day_at::date as day_on
from ops.run_scope
cross join
    lateral generate_series(
        lower(run_scope.period)::timestamp, upper(run_scope.period) - interval '1 day', interval '1 day'
    ) as day_at;

-- One row per revision of what a workflow says about one base period of one site.
create table ops.result (
    workflow text not null,
    site_id text not null,
    base_on date not null,
    revision integer not null check (revision > 0),
    result_hash text not null,
    state text not null default 'computed' check (state in ('computed', 'held', 'rejected', 'issued')),
    hold_reason text not null default '',
    run_id bigint not null references ops.run,
    as_of_on date not null,
    known_at timestamptz not null,
    row_count integer not null,
    totals jsonb not null default '{}',
    issued_at timestamptz,
    primary key (workflow, site_id, base_on, revision)
);
comment on column ops.result.result_hash is 'over result rows, as_of_on and the rule rows used; never over who, when or known_at';

-- What a workflow said about the days of a site, by the knowledge of one instant: the newest revision known then.
create function ops.known_result(
    of_workflow text, of_site text, first_on date, last_on date, known_by timestamptz
)
returns table (base_on date, totals jsonb)
language sql
stable
as $$
    select distinct on (result.base_on)
        result.base_on,
        result.totals
    from ops.result
    where
        result.workflow = of_workflow
        and result.site_id = of_site
        and result.base_on between first_on and last_on
        and result.known_at <= known_by
    order by result.base_on, result.revision desc
$$;

-- What a person said about exactly one content (bound to the hash), with the obligatory opinion.
create table ops.decision (
    decision_id bigint generated always as identity primary key,
    workflow text not null,
    site_id text not null,
    period daterange not null,
    content_hash text not null,
    verdict text not null check (verdict in ('approved', 'rejected')),
    opinion text not null check (length(trim(opinion)) >= 2),
    decided_by text not null,
    decided_at timestamptz not null,
    run_id bigint not null references ops.run,
    unique (workflow, site_id, period, content_hash)
);

-- A closed period changes no more; what comes later is an adjustment in the open one.
create table ops.period_close (
    workflow text not null,
    site_id text not null,
    period daterange not null,
    closed_at timestamptz not null,
    closed_by text not null,
    run_id bigint references ops.run,
    primary key (workflow, site_id, period),
    exclude using gist (workflow with =, site_id with =, period with &&)
);

create table ops.landing_file (
    file_id integer generated always as identity primary key,
    feed text not null,
    site_id text,
    file_name text not null,
    sha256 text not null,
    byte_count bigint not null,
    encoding text not null default '',
    delimiter text not null default '',
    header text[] not null default '{}',
    archive_path text not null default '',
    received_at timestamptz not null default clock_timestamp(),
    run_id bigint,
    state text not null check (state in ('landed', 'admitted', 'same_file', 'refused')),
    refusal text not null default '',
    blank_count integer not null default 0,
    row_count integer not null default 0,
    admitted_count integer not null default 0,
    duplicate_count integer not null default 0,
    superseding_count integer not null default 0,
    quarantined_count integer not null default 0,
    constraint landing_file_adds_up check (
        state not in ('admitted', 'same_file')
        or row_count = admitted_count + duplicate_count + superseding_count + quarantined_count)
);
create unique index landing_file_once on ops.landing_file (feed, coalesce(site_id, ''), sha256)
    where state in ('landed', 'admitted');

-- Rows as they came. `raw` is the line (or the cells joined by the file's delimiter).
create table ops.landing_row (
    file_id integer not null,
    line_no integer not null,
    raw text not null
);
create index landing_row_by_file on ops.landing_row using brin (file_id) with (pages_per_range = 16, autosummarize = on);

create table ops.quarantine (
    quarantine_id bigint generated always as identity primary key,
    file_id integer not null references ops.landing_file,
    line_no integer not null,
    raw text not null,
    column_name text not null default '',
    reason text not null,
    advice text not null,
    state text not null default 'open' check (state in ('open', 'signed_off')),
    signed_off_by text,
    signed_off_at timestamptz,
    opinion text,
    unique (file_id, line_no),
    check ((state = 'signed_off') = (signed_off_by is not null and signed_off_at is not null))
);

-- A document that people hold in their hands: workbook or notice, by revision.
create table ops.artifact (
    artifact_id bigint generated always as identity primary key,
    workflow text not null,
    document_kind text not null,
    site_id text not null,
    period daterange not null,
    revision integer not null check (revision > 0),
    content_hash text not null,
    title text not null,
    as_of_on date not null,
    known_at timestamptz not null,
    run_id bigint not null references ops.run,
    file_path text,
    sha256 text,
    byte_count bigint,
    row_count integer,
    totals jsonb not null default '{}',
    issued_at timestamptz not null default clock_timestamp(),
    unique (document_kind, site_id, period, revision)
);
comment on column ops.artifact.content_hash is 'of what says more than the release beside which it goes out: that, a colon, and the content of the release';
comment on column ops.artifact.file_path is 'relative to the files folder; null until the document was written';

-- One letter per document, revision, kind and recipient: the key says that nothing is mailed twice.
create table ops.outbox (
    outbox_id bigint generated always as identity primary key,
    letter_kind text not null,
    document_key text not null,
    revision integer not null,
    recipient text not null,
    recipient_name text not null default '',
    artifact_id bigint references ops.artifact,
    run_id bigint references ops.run,
    subject text,
    body_html text,
    body_text text,
    state text not null default 'reserved' check (state in (
        'reserved', 'ready', 'sending', 'sent', 'unclear', 'refused', 'cancelled')),
    message_id text not null,
    lease_until timestamptz,
    sent_at timestamptz,
    sent_to text,
    last_error text not null default '',
    resolved_by text,
    resolved_at timestamptz,
    resolution text not null default '',
    reserved_at timestamptz not null default clock_timestamp(),
    unique (letter_kind, document_key, revision, recipient),
    check (state in ('reserved', 'cancelled') or (subject is not null and body_html is not null))
);
create index outbox_open on ops.outbox (state) where state in ('reserved', 'ready', 'sending', 'unclear', 'refused');

-- What happened that a person may ask about later: take-overs, refusals, resolved letters, reprints.
create table ops.event (
    event_id bigint generated always as identity primary key,
    happened_at timestamptz not null default clock_timestamp(),
    run_id bigint,
    actor text not null,
    kind text not null,
    detail text not null
);

-- Site and day of a run's scope of which nothing was heard: left out of the results, waited for (待资料).
create table ops.run_gap (
    run_id bigint not null references ops.run,
    site_id text not null,
    base_on date not null,
    missing text not null,
    primary key (run_id, site_id, base_on)
);
