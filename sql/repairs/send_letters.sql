/*  Numbers the letters that contractors are due today, one paper per contract and kind, and keeps what each is about.

    Grain:  one row per letter and order.
    Rerun:  safe; an order about which a letter of the kind stands gets no second one, a day gives a paper once.
    Paper:  to a contractor without an address it goes by hand, and counts when 施工单位函件 says so (mark_standing).
    Rules:  WAR-05 维修通知 before the repair, of an emergency also after it began; WA-D8 扣款确认函 after the audit, by the audit department; who said he would
            repair and did not, or who did not answer, is reminded once (催办函). Nothing concludes from a reminder.  */
with policy as materialized (
    select policy.*
    from ops.run
    cross join lateral repairs.policy(%(site_id)s, run.known_at) as policy
    where
        run.run_id = %(run_id)s
        -- a run that mails nothing sends no letter either: the next day's run does
        and run.wants_mail
        and %(released_on)s::date between policy.valid_from and policy.valid_to
),

due as materialized (
    select
        standing.contractor_id,
        standing.contract_no,
        standing.order_no,
        kind.paper_kind,
        kind.letter_kind,
        case when kind.paper_kind = 'QR' then standing.contractor_amount + standing.management_amount end as amount,
        %(released_on)s::date + case when kind.paper_kind = 'QR' then policy.confirm_days else policy.notice_days end as deadline_on
    from repairs.standing
    cross join policy
    -- nobody is told about what was done, or taken back, since that day
    inner join repairs.work_order
        on
            standing.order_no = work_order.order_no
            and work_order.superseded_at = 'infinity'
            and work_order.status = '有效'
    cross join
        lateral (
            select
                case
                    when
                        standing.stop = '待维修通知' and standing.notice_state = '待通知'
                        and (work_order.started_on is null or work_order.is_emergency)
                        then 'TZ'
                    when standing.stop = '待扣款确认' and standing.stop_rule = 'WA-D8' and standing.confirm_state = '待发函' then 'QR'
                    when
                        standing.stop = '待维修通知' and standing.notice_state = '自行维修'
                        and standing.notice_deadline_on < standing.base_on
                        then 'CB'
                    when standing.confirm_state = '已升级' then 'CB'
                end as paper_kind
        ) as chosen
    inner join (values ('TZ', '维修通知'), ('QR', '扣款确认函'), ('CB', '催办函')) as kind (paper_kind, letter_kind)
        on chosen.paper_kind = kind.paper_kind
    where
        standing.workflow = 'repair_orders'
        and standing.site_id = %(site_id)s
        and standing.base_on = %(base_on)s
        and standing.order_class = 'A'
        and not exists (
            select from repairs.letter
            left join repairs.paper on letter.run_id = paper.run_id and letter.letter_no = paper.paper_no
            left join repairs.work_order as told
                on
                    letter.order_no = told.order_no
                    and told.recorded_at <= letter.recorded_at
                    and letter.recorded_at < told.superseded_at
            left join repairs.contract as told_contract
                on
                    told.contract_no = told_contract.contract_no
                    and told_contract.recorded_at <= letter.recorded_at
                    and letter.recorded_at < told_contract.superseded_at
            where
                letter.order_no = standing.order_no
                and letter.letter_kind = kind.letter_kind
                and letter.superseded_at = 'infinity'
                -- whose the order turned out to be was not told yet
                and coalesce(paper.contractor_id, told_contract.contractor_id, standing.contractor_id) = standing.contractor_id
                -- a confirmation of another amount, or from another deposit, has to be asked for anew
                and (
                    kind.paper_kind <> 'QR'
                    or (
                        letter.amount = standing.contractor_amount + standing.management_amount
                        and coalesce(paper.contract_no, told.contract_no, standing.contract_no) = standing.contract_no
                    )
                )
        )
),

numbered as (
    select
        due.paper_kind,
        due.contractor_id,
        due.contract_no,
        max(due.deadline_on) as deadline_on,
        coalesce(sum(due.amount), 0) as amount,
        row_number() over (partition by due.paper_kind order by due.contractor_id, due.contract_no) as sequence_no
    from due
    where
        not exists (
            select from repairs.paper
            where
                paper.paper_kind = due.paper_kind
                and paper.site_id = %(site_id)s
                and paper.base_on = %(base_on)s
                and paper.contract_no = due.contract_no
        )
    group by due.paper_kind, due.contractor_id, due.contract_no
),

given as (
    insert into repairs.paper (
        paper_no, paper_kind, workflow, site_id, base_on, contractor_id, contract_no, sequence_no, issued_on, deadline_on, amount, run_id
    )
    select
        concat_ws('-', numbered.paper_kind, %(site_id)s, to_char(%(base_on)s::date, 'YYYYMMDD'), lpad(place.number::text, 3, '0')),
        numbered.paper_kind,
        'repair_orders',
        %(site_id)s,
        %(base_on)s,
        numbered.contractor_id,
        numbered.contract_no,
        place.number,
        %(released_on)s,
        numbered.deadline_on,
        numbered.amount,
        %(run_id)s
    from numbered
    cross join
        lateral (
            select
                numbered.sequence_no + coalesce(max(paper.sequence_no), 0) as number
            from repairs.paper
            where
                paper.paper_kind = numbered.paper_kind
                and paper.site_id = %(site_id)s
                and paper.base_on = %(base_on)s
        ) as place
    returning paper_no, paper_kind, contract_no
)

insert into repairs.letter (
    letter_no, order_no, letter_kind, sent_on, deadline_on, channel, amount, recorded_at, run_id
)
select
    given.paper_no as letter_no,
    due.order_no,
    due.letter_kind,
    %(released_on)s::date as sent_on,
    due.deadline_on,
    case when contractor.address is null then '待书面送达' else '邮件' end as channel,
    due.amount,
    clock_timestamp() as recorded_at,
    %(run_id)s as run_id
from given
inner join due on given.paper_kind = due.paper_kind and given.contract_no = due.contract_no
left join repairs.contractor
    on due.contractor_id = contractor.contractor_id and contractor.superseded_at = 'infinity'
