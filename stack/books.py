"""What the launcher shows out of the business database. The only place of it that knows tables."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

ARTIFACTS = """
    select artifact.title, artifact.revision, artifact.file_path, artifact.sha256
    from ops.artifact
    join ops.run using (run_id)
    where run.workflow = %(workflow)s and run.airflow_run_id = %(airflow_run_id)s
    order by artifact.site_id, artifact.period, artifact.title, artifact.revision
"""

# Sums are added up over the run's sites' newest revisions, whichever run made them: a run that finds nothing
# changed shows the same figures as the one before it. Documents about one file have a site `<site>#<file>`.
SITES = """
    with asked as (
        select run_id, workflow, period, state
        from ops.run
        where workflow = %(workflow)s and airflow_run_id = %(airflow_run_id)s
    ),
    newest as (
        select distinct on (result.site_id, result.base_on)
            result.site_id, result.row_count, result.totals
        from ops.result
        join asked on result.workflow = asked.workflow and result.base_on <@ asked.period
        order by result.site_id, result.base_on, result.revision desc
    ),
    counted as (
        select site_id, sum(row_count)::bigint as row_count
        from newest
        group by site_id
    ),
    added as (
        select site_id, jsonb_object_agg(name, amount::text order by name) as totals
        from (
            select newest.site_id, total.key as name, sum((total.value #>> '{}')::numeric) as amount
            from newest
            cross join lateral jsonb_each(newest.totals) as total
            where total.value #>> '{}' ~ '^-?[0-9]+([.][0-9]+)?$'
            group by newest.site_id, total.key
        ) as figures
        group by site_id
    ),
    papers as (
        select
            split_part(artifact.site_id, '#', 1) as site_id,
            count(*) filter (where artifact.file_path is not null) as file_count
        from ops.artifact
        join asked using (run_id)
        group by split_part(artifact.site_id, '#', 1)
    ),
    letters as (
        select
            split_part(artifact.site_id, '#', 1) as site_id,
            count(*) filter (where outbox.state = 'sent') as sent_count,
            count(*) filter (where outbox.state <> 'sent') as open_count
        from ops.outbox
        join asked on outbox.run_id = asked.run_id
        left join ops.artifact using (artifact_id)
        group by split_part(artifact.site_id, '#', 1)
    ),
    sites as (
        select site_id from counted
        union
        select site_id from papers
        union
        select site_id from letters
    )
    select
        coalesce(sites.site_id, '') as site_id,
        coalesce(counted.row_count, 0) as row_count,
        coalesce(added.totals, '{}') as totals,
        coalesce(papers.file_count, 0) as file_count,
        coalesce(letters.sent_count, 0) as sent_count,
        coalesce(letters.open_count, 0) as open_count
    from sites
    left join counted on counted.site_id = sites.site_id
    left join added on added.site_id = sites.site_id
    left join papers on papers.site_id = sites.site_id
    left join letters on letters.site_id is not distinct from sites.site_id
    order by site_id
"""


@dataclass(frozen=True)
class Artifact:
    """A document that a run made; `file_path` is relative to the files folder, None until it was written."""

    title: str
    revision: int
    file_path: str | None
    sha256: str | None


@dataclass(frozen=True)
class SiteFigures:
    """What a run's period says about one site; `site_id` is empty for letters about no document.

    :param totals: sums by name as decimal text, so that 30.30 stays 30.30 (money in yuan).
    """

    site_id: str
    row_count: int
    totals: dict
    file_count: int
    sent_count: int
    open_count: int


def ask(dsn: str, query: str, shape: type, workflow: str, airflow_run_id: str) -> list:
    """Return the rows of `query` as `shape`; [] while the business schema has no such table."""
    with psycopg.connect(dsn) as connection, connection.cursor(row_factory=class_row(shape)) as cursor:
        try:
            cursor.execute(query, {"workflow": workflow, "airflow_run_id": airflow_run_id})
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName):
            return []
        return cursor.fetchall()


def artifacts(dsn: str, workflow: str, airflow_run_id: str) -> list[Artifact]:
    """Return the documents that one Airflow run made."""
    return ask(dsn, ARTIFACTS, Artifact, workflow, airflow_run_id)


def site_figures(dsn: str, workflow: str, airflow_run_id: str) -> list[SiteFigures]:
    """Return figures by site for the period of one Airflow run."""
    return ask(dsn, SITES, SiteFigures, workflow, airflow_run_id)
