/*  Lists who gets the follow-up of a day that is only about him: one letter per consultant with anything to do.

    Grain:  one row per consultant; without an address for who has none, or has left.
    Rerun:  safe; only reads.
    Rules:  SAL-21 nobody sees another's customers. The manager has the whole, he gets none. A later edition goes to those to
            whom it says something else, also to who has nothing to do any more (OPS-12).  */
with document as (
    select
        artifact.site_id,
        artifact.period,
        artifact.revision,
        artifact.known_at,
        lower(artifact.period) as base_on
    from ops.artifact
    where artifact.artifact_id = %(artifact_id)s
),

edition as (
    select distinct on (artifact.revision)
        artifact.revision,
        result.revision as result_revision
    from document
    inner join ops.artifact
        on
            document.site_id = artifact.site_id
            and document.period = artifact.period
            and artifact.document_kind = 'customer_followup'
            and artifact.revision in (document.revision, document.revision - 1)
    inner join ops.result
        on
            artifact.workflow = result.workflow
            and artifact.site_id = result.site_id
            and document.base_on = result.base_on
            and md5(result.base_on::text || result.result_hash) = artifact.content_hash
    order by artifact.revision, result.revision desc
),

said as (
    select
        letter_content.consultant_id,
        max(letter_content.content_hash) filter (where edition.revision = document.revision) as now_hash,
        max(letter_content.content_hash) filter (where edition.revision < document.revision) as before_hash
    from document
    cross join edition
    inner join sales.letter_content
        on
            document.site_id = letter_content.site_id
            and document.base_on = letter_content.base_on
            and edition.result_revision = letter_content.revision
    group by letter_content.consultant_id
)

select
    concat_ws('/', 'customer_letter', document.site_id, document.base_on, said.consultant_id) as document_key,
    document.revision,
    case when coalesce(staff.left_on > document.base_on, true) then lower(trim(staff.address)) end as address,
    coalesce(staff.consultant_name, said.consultant_id) as recipient_name,
    said.consultant_id
from document
cross join said
left join sales.staff_on(document.base_on, document.known_at) as staff on said.consultant_id = staff.consultant_id
where
    coalesce(staff.grade, '置业顾问') <> '经理'
    and (
        said.now_hash is distinct from said.before_hash
        -- or the edition before was never meant for him: its run was to send nothing
        or (
            said.now_hash is not null
            and not exists (
                select from ops.outbox
                where
                    outbox.letter_kind = 'customer_letter'
                    and outbox.document_key
                    = concat_ws('/', 'customer_letter', document.site_id, document.base_on, said.consultant_id)
                    and outbox.revision < document.revision
                    and outbox.state <> 'cancelled'
            )
        )
    )
order by document_key
