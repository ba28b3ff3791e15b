/*  The sheet 外出登记: outings of the document's people and days, spot checks, and what was said of both.

    Grain:  one row per outing, and per spot check that no outing covers.
    Rerun:  safe; only reads facts known at `known_at`.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

away as (
    select
        outing.*,
        coalesce(outing.back_at, (outing.out_at::date + 1)::timestamptz) as until_at
    from attendance.outing
    inner join document
        on
            outing.recorded_at <= document.known_at
            and document.known_at < outing.superseded_at
            and outing.out_at >= document.starts_on
            and outing.out_at < document.last_on + 1
),

looked as (
    select
        spot_check.employee_id,
        spot_check.checked_at,
        spot_check.finding,
        to_char(spot_check.checked_at, 'MM-DD HH24:MI') || spot_check.finding || '（' || spot_check.checker || '）'
        || coalesce(spot_check.note, '') as finding_text
    from attendance.spot_check
    inner join document
        on
            spot_check.recorded_at <= document.known_at
            and document.known_at < spot_check.superseded_at
            and spot_check.checked_at >= document.starts_on
            and spot_check.checked_at < document.last_on + 1
),

entry as (
    select
        away.employee_id,
        away.out_at as happened_at,
        away.outing_kind,
        away.approver,
        away.out_at,
        away.back_at,
        away.destination,
        concat_ws(
            '；',
            away.check_result,
            (
                select string_agg(looked.finding_text, '；' order by looked.checked_at)
                from looked
                where
                    looked.employee_id = away.employee_id
                    and looked.checked_at >= away.out_at
                    and looked.checked_at < away.until_at
            )
        ) as check_result,
        '外出' || to_char(away.out_at, 'YYYY-MM-DD HH24:MI:SS') as source_no,
        '正常' as verdict_otherwise
    from away
    union all
    select
        looked.employee_id,
        looked.checked_at,
        '查岗',
        null,
        null,
        null,
        null,
        looked.finding_text,
        '查岗' || to_char(looked.checked_at, 'YYYY-MM-DD HH24:MI:SS'),
        case looked.finding
            when '在岗' then '正常'
            when '违纪' then '以违纪单为准'
            else '不计'
        end
    from looked
    where
        not exists (
            select from away
            where
                away.employee_id = looked.employee_id
                and looked.checked_at >= away.out_at
                and looked.checked_at < away.until_at
        )
)

select
    attendance_day.employee_name,
    entry.outing_kind,
    entry.approver,
    entry.out_at,
    entry.back_at,
    entry.destination,
    nullif(entry.check_result, '') as check_result,
    coalesce(judged.verdict, entry.verdict_otherwise) as verdict
from entry
cross join document
inner join attendance.attendance_day
    on
        entry.employee_id = attendance_day.employee_id
        and attendance_day.work_on = entry.happened_at::date
        and attendance_day.site_id = document.site_id
left join lateral (
    select
        string_agg(
            case
                when offence.offence_kind = '用餐超时' and entry.back_at is null then '用餐时长不明，仅登记'
                when offence.absent_days > 0 then offence.offence_kind || '，旷工' || trim_scale(offence.absent_days) || '天'
                else offence.offence_kind || '，仅登记'
            end, '；' order by offence.work_on
        ) as verdict
    from attendance.offence
    where offence.employee_id = entry.employee_id and offence.source_no = entry.source_no
) as judged on true
order by entry.happened_at, entry.employee_id, entry.outing_kind
