/*  The rows of one file that go back to its sender (资料退回表, outputs 6.6).

    Grain:  one row per quarantined row; a file refused as a whole without a row to blame has one row without a line.
    Rules:  the identity 总行数=入账+重复+更正+退回 stands on every row. */
with run as (
    select %(file_id)s::integer as file_id
),

file as (
    select landing_file.*
    from ops.landing_file
    cross join run
    where landing_file.file_id = run.file_id
)

select
    file.file_name,
    file.received_at,
    file.row_count,
    file.admitted_count,
    file.duplicate_count,
    file.superseding_count,
    file.quarantined_count,
    quarantine.line_no,
    replace(quarantine.raw, U&'\001F', ' | ') as raw,
    coalesce(quarantine.column_name, '') as column_name,
    coalesce(quarantine.reason, file.refusal) as reason,
    coalesce(quarantine.advice, '请按说明改好后重新放入收件夹') as advice,
    coalesce(quarantine.effect, '整份文件没有入账') as effect,
    file.resend_by as resend_on,
    case
        when quarantine.state = 'signed_off' then '已签字'
        when quarantine.mended_file_id is not null then '已补正，待签字'
        else '未处理'
    end as state,
    quarantine.signed_off_by,
    quarantine.opinion,
    quarantine.quarantine_id
from file
left join ops.quarantine on quarantine.file_id = file.file_id
where file.state = 'refused' or quarantine.quarantine_id is not null
order by quarantine.line_no, quarantine.quarantine_id
