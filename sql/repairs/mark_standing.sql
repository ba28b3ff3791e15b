/*  Draws where each open order stands: its class, the step it has taken, what stops it, and what becomes of its cost.

    Grain:  one row per workflow, company, base period and open order.
    Rerun:  safe; follows the facts. A month that is closed, and contractors whose month is booked, stay as they are.
    Joins:  hashed
    Cut-off: what happened after `as_of_on` has not happened; a dispute counts as soon as it is known, for it comes before
            the booking (WA, "Decisions"), and so does a certification, which is given on the month's list after its end.
    Rules:  WA-D4 class; WAR-06 cost of others' causes is the company's; WAR-11 a contract answers for its own project;
            WAR-12 within the liability period deduct, within the warranty claim, after it the company; WAR-13 beside
            another security there is no deposit to deduct from, and a charge is a claim. WA-D6 levels by amount with
            VAT (WAR-01, 02), by the group of a split order (WAR-03), again when the settlement is higher (WAR-04).
            WAR-05 notice before the repair. WA-D7 audit by department. WAR-07, 08 confirmed, disputed, silent; only by
            whom it is charged to. WAR-19 shares, floor to the cent, what is left by largest remainder; WAR-21 a
            management charge only with its clause. WA-D8 certification of both classes.  */
with scope as materialized (
    select
        run_scope.run_id,
        run_scope.workflow,
        run_scope.site_id,
        lower(run_scope.period) as base_on
    from ops.run_scope
    where
        run_scope.run_id = %(run_id)s
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = run_scope.workflow
                and period_close.site_id = run_scope.site_id
                and period_close.period && run_scope.period
        )
        and not exists (
            select from ops.run_gap
            where run_gap.run_id = run_scope.run_id and run_gap.site_id = run_scope.site_id
        )
),

policy as materialized (
    select
        scope.site_id,
        policy.*
    from scope
    cross join lateral repairs.policy(scope.site_id, %(known_at)s) as policy
),

workday as materialized (
    select
        counted.day_on,
        counted.workday_no
    from (
        select min(work_order.reported_on) as first_on
        from repairs.work_order
        where work_order.superseded_at = 'infinity'
    ) as oldest
    cross join lateral book.counted_days(coalesce(oldest.first_on, %(as_of_on)s) - 31, %(as_of_on)s, %(known_at)s) as counted
),

-- the newest settlement of an order before this period, and whether it was taken back
settled as materialized (
    select distinct on (entry.order_no)
        entry.order_no,
        entry.entry_id,
        entry.contractor_id,
        entry.turn_no,
        reversal.entry_id is not null as is_reversed,
        pending.amount as reversed_amount,
        exists (
            select from repairs.entry as borne
            where
                borne.entry_kind = '转公司承担'
                and borne.order_no = entry.order_no
                and borne.turn_no = entry.turn_no
                and borne.base_on < scope.base_on
        ) as is_borne
    from scope
    inner join repairs.entry on scope.site_id = entry.site_id and entry.base_on < date_trunc('month', scope.base_on)
    left join repairs.entry as reversal
        on
            entry.entry_id = reversal.reverses_id
            and reversal.entry_kind = '冲回'
            and reversal.base_on < date_trunc('month', scope.base_on)
    left join repairs.entry_line as pending
        on reversal.entry_id = pending.entry_id and pending.account = '待处理维修费'
    where entry.entry_kind = '结算'
    order by entry.order_no, entry.turn_no desc
),

-- what the month has booked already stays as it was drawn
booked as materialized (
    select distinct
        entry.site_id,
        entry.base_on,
        entry.contractor_id
    from scope
    inner join repairs.entry on scope.site_id = entry.site_id and scope.base_on = entry.base_on
    where scope.workflow = 'deposit_chargebacks'
),

fact as materialized (
    select
        scope.workflow,
        scope.site_id,
        scope.base_on,
        work_order.order_no,
        work_order.project_id,
        work_order.status,
        work_order.order_class as given_class,
        work_order.class_reason as given_reason,
        work_order.place_text,
        work_order.component,
        work_order.defect,
        work_order.cause,
        work_order.contractor_share,
        work_order.estimate_amount,
        work_order.is_emergency,
        work_order.done_by,
        work_order.is_contractor_present,
        work_order.inspection_no,
        work_order.reported_on,
        case when work_order.inspected_on <= %(as_of_on)s then work_order.inspected_on end as inspected_on,
        case when work_order.started_on <= %(as_of_on)s then work_order.started_on end as started_on,
        case when work_order.completed_on <= %(as_of_on)s then work_order.completed_on end as completed_on,
        case when work_order.signed_on <= %(as_of_on)s then work_order.signed_on end as signed_on,
        coalesce(contract.contract_no, '') as contract_no,
        coalesce(contract.contractor_id, '') as contractor_id,
        work_order.contract_no as named_contract_no,
        named.project_id as named_project_id,
        coalesce(contract.other_security, '无') as other_security,
        contract.supplement_no,
        contract.supplement_on,
        contract.silence_clause,
        contract.management_rate,
        contract.management_clause,
        contract.liability_months,
        (contract.accepted_on + contract.liability_months * interval '1 month')::date as liability_until_on,
        (
            contract.accepted_on
            -- a contract may promise more than the law, never less
            + coalesce(greatest(warranty_term.term_months, statutory_term.term_months), 0) * interval '1 month'
        )::date as warranty_until_on,
        settled.entry_id as settled_id,
        settled.contractor_id as settled_contractor_id,
        coalesce(settled.is_reversed, false) as is_reversed,
        settled.reversed_amount,
        coalesce(settled.is_borne, false) as is_borne,
        policy.valid_from as rule_from,
        policy.approval_limit_1,
        policy.approval_limit_2,
        policy.audit_limit,
        policy.contractor_inspection_amount,
        policy.notice_days,
        policy.confirm_days,
        policy.split_window_days,
        policy.split_floor_amount
    from scope
    inner join repairs.project
        on
            scope.site_id = project.site_id
            and project.recorded_at <= %(known_at)s
            and %(known_at)s < project.superseded_at
    inner join repairs.work_order
        on
            project.project_id = work_order.project_id
            and work_order.recorded_at <= %(known_at)s
            and %(known_at)s < work_order.superseded_at
    left join policy on scope.site_id = policy.site_id and work_order.reported_on between policy.valid_from and policy.valid_to
    left join repairs.contract as named
        on
            work_order.contract_no = named.contract_no
            and named.recorded_at <= %(known_at)s
            and %(known_at)s < named.superseded_at
    -- a contract of another project answers for nothing here (WAR-11)
    left join repairs.contract
        on
            work_order.contract_no = contract.contract_no
            and work_order.project_id = contract.project_id
            and contract.recorded_at <= %(known_at)s
            and %(known_at)s < contract.superseded_at
    left join repairs.warranty_term
        on
            work_order.project_id = warranty_term.project_id
            and work_order.component = warranty_term.component
            and warranty_term.recorded_at <= %(known_at)s
            and %(known_at)s < warranty_term.superseded_at
    left join repairs.statutory_term on work_order.component = statutory_term.component
    left join settled on work_order.order_no = settled.order_no
    where
        work_order.reported_on <= %(as_of_on)s
        -- what was charged for an order that is void since is given back
        and (work_order.status = '有效' or settled.entry_id is not null)
),

audited as materialized (
    select
        fact.order_no,
        final_account.amount as account_amount,
        -- of a charge that was taken back only that part is still to be borne
        coalesce(fact.reversed_amount, audit.audited_amount) as audited_amount,
        audit.department as audited_by,
        audit.audited_on,
        coalesce(fact.reversed_amount, audit.audited_amount, final_account.amount, fact.estimate_amount) as amount
    from fact
    left join repairs.final_account
        on
            fact.order_no = final_account.order_no
            and final_account.submitted_on <= %(as_of_on)s
            and final_account.recorded_at <= %(known_at)s
            and %(known_at)s < final_account.superseded_at
    left join repairs.audit
        on
            final_account.order_no = audit.order_no
            and audit.audited_on <= %(as_of_on)s
            and audit.recorded_at <= %(known_at)s
            and %(known_at)s < audit.superseded_at
),

-- WAR-03: orders for the same place, defect and contractor within so many days of the first are one group
piece as (
    select
        fact.order_no,
        fact.reported_on,
        fact.split_window_days,
        fact.split_floor_amount,
        audited.amount,
        fact.site_id || '|' || fact.project_id || '|' || fact.place_text || '|' || fact.defect || '|' || fact.contractor_id as likeness
    from fact
    inner join audited on fact.order_no = audited.order_no
    where fact.status = '有效'
),

likely as materialized (
    select piece.*
    from piece
    where piece.likeness in (select twin.likeness from piece as twin group by twin.likeness having count(*) > 1)
),

stretch as materialized (
    select
        first_piece.order_no as first_no,
        first_piece.likeness,
        first_piece.reported_on,
        first_piece.split_window_days,
        sum(member.amount) as group_amount
    from likely as first_piece
    inner join likely as member
        on
            first_piece.likeness = member.likeness
            and member.reported_on between first_piece.reported_on
            and first_piece.reported_on + first_piece.split_window_days
    group by
        first_piece.order_no, first_piece.likeness, first_piece.reported_on, first_piece.split_window_days,
        first_piece.split_floor_amount
    having count(*) > 1 and sum(member.amount) > first_piece.split_floor_amount
),

grouped as (
    select distinct on (likely.order_no)
        likely.order_no,
        stretch.first_no as group_no,
        stretch.group_amount
    from likely
    inner join stretch
        on
            likely.likeness = stretch.likeness
            and likely.reported_on between stretch.reported_on and stretch.reported_on + stretch.split_window_days
    order by likely.order_no, stretch.group_amount desc, stretch.reported_on, stretch.first_no
),

granted as (
    select
        approval.order_no,
        approval.level_no,
        -- null where every signature says why it came late
        max(approval.approved_on) filter (where not approval.is_late) as timely_on
    from repairs.approval
    where
        approval.verdict = '同意'
        and btrim(approval.opinion) <> ''
        and approval.approved_on <= %(as_of_on)s
        and approval.recorded_at <= %(known_at)s
        and %(known_at)s < approval.superseded_at
    group by approval.order_no, approval.level_no
    -- level 2 takes two people, who reviews and who approves; a review alone approves nothing
    having bool_or(approval.duty = '审批') and (approval.level_no <> 2 or bool_or(approval.duty = '审核'))
),

refused as materialized (
    select
        approval.order_no,
        approval.level_no,
        string_agg(approval.approver || '：' || approval.opinion, '；') as opinion
    from repairs.approval
    where
        approval.verdict <> '同意'
        and approval.approved_on <= %(as_of_on)s
        and approval.recorded_at <= %(known_at)s
        and %(known_at)s < approval.superseded_at
    group by approval.order_no, approval.level_no
),

approved as (
    select
        fact.order_no,
        coalesce(max(granted.level_no), 0) as approved_level,
        -- the highest level that was granted before the repair began, or said why it came late
        coalesce(
            max(granted.level_no) filter (
                where
                fact.started_on is null
                or granted.timely_on is null
                or granted.timely_on <= fact.started_on
                or fact.is_emergency
            ),
            0
        ) as level_before_start
    from fact
    inner join granted on fact.order_no = granted.order_no
    group by fact.order_no
),

letter_known as materialized (
    select
        letter.*,
        coalesce(
            letter.deadline_on,
            letter.sent_on + case letter.letter_kind when '扣款确认函' then fact.confirm_days else fact.notice_days end
        ) as until_on
    from fact
    inner join repairs.letter on fact.order_no = letter.order_no
    left join repairs.paper on letter.run_id = paper.run_id and letter.letter_no = paper.paper_no
    -- a letter that came by file went to whose the order was when it was registered
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
        letter.sent_on <= %(as_of_on)s
        and letter.recorded_at <= %(known_at)s
        and %(known_at)s < letter.superseded_at
        -- ours that wait for somebody to hand them over, or that the mail did not take, were not sent
        and (
            letter.run_id is null
            or (
                letter.channel <> '待书面送达'
                and not exists (
                    select from ops.outbox
                    where
                        outbox.letter_kind = 'repair_letter'
                        and outbox.document_key = 'repair_letter/' || letter.letter_no
                        and outbox.state <> 'sent'
                )
            )
        )
        -- what another contractor was told says nothing to this one, nor a confirmation to another deposit
        and coalesce(paper.contractor_id, told_contract.contractor_id, fact.contractor_id) = fact.contractor_id
        and (
            letter.letter_kind <> '扣款确认函'
            or coalesce(paper.contract_no, told.contract_no, fact.contract_no) = fact.contract_no
        )
),

answer_known as materialized (
    select answer.*
    from repairs.answer
    where
        answer.recorded_at <= %(known_at)s
        and %(known_at)s < answer.superseded_at
        and (answer.answered_at < %(as_of_on)s::date + 1 or answer.answer_kind = '异议')
),

promised as (
    select
        answer_known.order_no,
        min(answer_known.answered_at) as answered_at
    from answer_known
    where answer_known.answer_kind = '自行维修'
    group by answer_known.order_no
),

-- the first notice, unless the contractor said he would repair and was urged since: then the newest urging counts;
-- of what he answered to it, the newest
noticed as (
    select distinct on (letter_known.order_no)
        letter_known.order_no,
        letter_known.letter_no,
        letter_known.sent_on,
        letter_known.until_on,
        reply.answer_kind,
        reply.answered_at
    from letter_known
    left join promised on letter_known.order_no = promised.order_no
    left join answer_known as reply
        on
            letter_known.order_no = reply.order_no
            and reply.answer_kind in ('自行维修', '委托维修')
            and reply.answered_at >= letter_known.sent_on
    inner join fact on letter_known.order_no = fact.order_no
    where
        letter_known.letter_kind = '维修通知'
        -- a reminder that went out after the repair had begun was about something else
        or (letter_known.letter_kind = '催办函' and coalesce(fact.started_on > letter_known.sent_on, true))
    order by
        letter_known.order_no,
        case
            when letter_known.letter_kind = '催办函' and promised.answered_at < letter_known.sent_on + 1
                then letter_known.sent_on
        end desc nulls last,
        letter_known.sent_on,
        letter_known.letter_no,
        reply.answered_at desc nulls last
),

-- the newest letter and the newest answer to it; a dispute counts whatever letter of the order it names
asked as (
    select distinct on (letter_known.order_no)
        letter_known.order_no,
        letter_known.letter_no,
        letter_known.sent_on,
        letter_known.until_on,
        letter_known.amount,
        reply.answer_kind,
        reply.answered_at,
        reply.reason
    from letter_known
    left join answer_known as reply
        on
            letter_known.order_no = reply.order_no
            and (
                (reply.answer_kind in ('确认', '异议') and letter_known.letter_no = reply.letter_no)
                or (reply.answer_kind = '异议' and reply.answered_at >= letter_known.sent_on)
            )
    where letter_known.letter_kind = '扣款确认函'
    order by
        letter_known.order_no,
        letter_known.sent_on desc,
        letter_known.letter_no desc,
        reply.answered_at desc nulls last,
        reply.answer_kind desc
),

certified as (
    select
        scope.site_id,
        certification.*
    from repairs.certification
    left join ops.run on certification.run_id = run.run_id
    cross join scope
    where
        certification.superseded_at = 'infinity'
        and (certification.recorded_at <= %(known_at)s or run.period @> scope.base_on)
        -- what was taken out of a month's list is asked about again in the next
        and (certification.verdict = '认定' or run.run_id is null or run.period @> scope.base_on)
),

classed as (
    select
        fact.*,
        audited.account_amount,
        audited.audited_amount,
        audited.audited_by,
        audited.audited_on,
        audited.amount as working_amount,
        grouped.group_no,
        grouped.group_amount,
        coalesce(approved.approved_level, 0) as approved_level,
        coalesce(approved.level_before_start, 0) as level_before_start,
        noticed.letter_no as notice_no,
        noticed.sent_on as noticed_on,
        noticed.until_on as notice_deadline_on,
        noticed.answer_kind as notice_answer,
        asked.letter_no as confirm_no,
        asked.sent_on as asked_on,
        asked.until_on as confirm_deadline_on,
        asked.amount as asked_amount,
        asked.answer_kind as confirm_answer,
        asked.answered_at as confirm_answered_at,
        asked.reason as dispute_reason,
        certified.verdict as certify_verdict,
        certified.certified_amount,
        certified.opinion as certify_opinion,
        certified.order_class as certified_class,
        case
            when fact.status = '作废' then '作废'
            when fact.given_class = 'B' then fact.given_reason
            when fact.cause in ('业主使用', '第三方') then fact.cause
            when fact.cause = '自然损耗' then '自然损耗'
            when fact.reported_on > fact.warranty_until_on and fact.reported_on > fact.liability_until_on then '保修期外'
            else ''
        end as company_reason
    from fact
    inner join audited on fact.order_no = audited.order_no
    left join grouped on fact.order_no = grouped.order_no
    left join approved on fact.order_no = approved.order_no
    left join noticed on fact.order_no = noticed.order_no
    left join asked on fact.order_no = asked.order_no
    left join certified on fact.site_id = certified.site_id and fact.order_no = certified.order_no
),

-- settled orders are done with, unless a contractor paid for what is the company's
open as (
    select
        classed.*,
        case when classed.given_class = 'B' or classed.company_reason <> '' then 'B' else 'A' end as order_class
    from classed
    where
        classed.settled_id is null
        or (classed.is_reversed and not classed.is_borne)
        or (
            not classed.is_reversed
            and classed.settled_contractor_id <> ''
            and (classed.given_class = 'B' or classed.company_reason <> '')
        )
),

shared as (
    select
        open.*,
        case
            when open.order_class = 'B' then 0
            -- what was given back was his share already
            when open.is_reversed then 1
            else open.contractor_share
        end as share,
        floor(open.working_amount * open.contractor_share * 100) / 100 as floored_part,
        floor(open.working_amount * (1 - open.contractor_share) * 100) / 100 as floored_rest
    from open
),

parted as (
    select
        shared.*,
        (case
            when shared.share = 0 then 0
            when shared.share = 1 then shared.working_amount
            -- the cent that is left goes to the larger remainder; of two alike to the company
            when shared.working_amount * shared.share - shared.floored_part
                > shared.working_amount * (1 - shared.share) - shared.floored_rest
                then shared.working_amount - shared.floored_rest
            else shared.floored_part
        end)::numeric(14, 2) as contractor_amount
    from shared
),

weighed as (
    select
        parted.*,
        parted.working_amount - parted.contractor_amount as company_amount,
        case
            when parted.management_clause is not null
                then round(parted.contractor_amount * parted.management_rate, 2)
            else 0
        end as management_amount,
        case
            when parted.working_amount <= parted.approval_limit_1 then 1
            when parted.working_amount <= parted.approval_limit_2 then 2
            else 3
        end as own_level,
        case
            when parted.estimate_amount <= parted.approval_limit_1 then 1
            when parted.estimate_amount <= parted.approval_limit_2 then 2
            else 3
        end as estimate_level,
        case
            when parted.group_amount is null then 0
            when parted.group_amount <= parted.approval_limit_1 then 1
            when parted.group_amount <= parted.approval_limit_2 then 2
            else 3
        end as group_level,
        case
            when greatest(parted.account_amount, parted.audited_amount) > parted.audit_limit then '审计核算部'
            else '客户服务部'
        end as audit_department
    from parted
),

judged as (
    select
        weighed.*,
        greatest(weighed.own_level, weighed.group_level) as level_no,
        weighed.order_class = 'A' and (weighed.done_by = '施工单位') as is_self_repaired,
        coalesce(weighed.supplement_on <= weighed.reported_on, false) and weighed.supplement_no is not null
            as is_supplemented,
        weighed.reported_on <= weighed.liability_until_on and weighed.other_security = '无' as is_deductible,
        case
            when weighed.order_class = 'B' then ''
            when weighed.notice_answer = '自行维修' then '自行维修'
            when weighed.noticed_on is null then '待通知'
            when weighed.is_emergency then '紧急'
            when weighed.notice_answer = '委托维修' then '可代修'
            -- where no rule gives the days, no time is over
            when coalesce(weighed.started_on, %(as_of_on)s) <= coalesce(weighed.notice_deadline_on, 'infinity') then '待响应'
            else '可代修'
        end as notice_state,
        case
            when weighed.order_class = 'B' or weighed.audited_amount is null then ''
            -- another amount than the contractor was asked about was never put to him
            when
                weighed.confirm_no is null
                or weighed.asked_amount is distinct from weighed.contractor_amount + weighed.management_amount
                then '待发函'
            when weighed.confirm_answer is not null then weighed.confirm_answer
            when coalesce(weighed.confirm_deadline_on, 'infinity') >= %(as_of_on)s then '待答复'
            when weighed.silence_clause is not null then '默认确认'
            else '已升级'
        end as confirm_state,
        case
            when weighed.audited_amount is null then ''
            when weighed.certify_verdict = '剔除' then '已剔除'
            when weighed.certified_amount is distinct from weighed.audited_amount then '待认定'
            -- what was given back is certified anew as what it is now
            when weighed.is_reversed and weighed.certified_class is distinct from weighed.order_class then '待认定'
            else '已认定'
        end as certify_state
    from weighed
),

refusal as (
    select distinct on (refused.order_no)
        refused.order_no,
        refused.opinion
    from judged
    inner join refused on judged.order_no = refused.order_no and judged.estimate_level <= refused.level_no
    order by refused.order_no, refused.level_no desc
),

-- one column per step: what is missing for it, null when it is taken
lacking as (
    select
        judged.*,
        case
            when judged.order_class = 'A' and judged.contract_no = '' and judged.named_project_id is null
                then concat('派工单写的合同', judged.named_contract_no, '没有登记')
            when judged.order_class = 'A' and judged.contract_no = ''
                then concat('派工单写的合同', judged.named_contract_no, '不属于本项目（', judged.project_id, '）')
            when judged.inspected_on is null then '尚未现场勘察'
            when judged.inspection_no is null then '缺现场勘察会签表号'
            when judged.cause = '待定' then '责任原因待定'
            when
                judged.order_class = 'A'
                and judged.estimate_amount >= judged.contractor_inspection_amount
                and not judged.is_contractor_present
                then concat('估算', judged.estimate_amount, '元，现场勘察须有施工单位参加')
        end as lacks_20,
        case
            when judged.level_before_start >= judged.estimate_level and judged.approved_level >= judged.group_level then null
            when judged.level_before_start >= judged.estimate_level
                then concat('与同组工单合计', judged.group_amount, '元，须第', judged.group_level, '级审批')
            when refusal.opinion is not null then concat('审批未通过：', refusal.opinion)
            when judged.approved_level >= judged.estimate_level
                then concat('审批晚于开工日', judged.started_on, '，须补批并写明原因')
            else concat('缺第', greatest(judged.estimate_level, judged.group_level), '级审批（估算', judged.estimate_amount, '元）')
        end as lacks_30,
        case
            when judged.order_class = 'B' or judged.is_self_repaired then null
            when judged.notice_state in ('可代修', '紧急') then null
            when judged.notice_state = '待通知' then '尚未向施工单位发维修通知'
            when judged.notice_state = '自行维修' then '施工单位答复自行维修；逾期未修请发催办函'
            when judged.started_on is not null
                then concat('维修通知', judged.notice_no, '的期限', judged.notice_deadline_on, '未满即开工')
            else concat('维修通知', judged.notice_no, '的期限', judged.notice_deadline_on, '未满')
        end as lacks_40,
        case
            when judged.completed_on is null then '尚未完工'
            -- without it nobody can say whether the approval and the notice came before
            when judged.started_on is null and not judged.is_self_repaired then '缺开工日'
        end as lacks_50,
        case when judged.signed_on is null then '缺客户签认' end as lacks_60,
        case
            when judged.is_self_repaired then null
            when judged.account_amount is null then '缺决算书'
            when judged.audited_amount is null then concat('决算', judged.account_amount, '元，待', judged.audit_department, '审核')
            when judged.audit_department = '审计核算部' and judged.audited_by <> '审计核算部'
                then concat('决算', judged.account_amount, '元，超过', judged.audit_limit, '元须审计核算部审核')
            when judged.approved_level < judged.level_no
                then concat(
                    '审定', judged.audited_amount, '元须第', judged.level_no, '级审批，现有第', judged.approved_level,
                    '级，须重新审批'
                )
        end as lacks_70,
        case
            when judged.order_class = 'B' or judged.is_self_repaired then null
            when not judged.is_supplemented then '没有生效的售后维修补充协议，不能扣款'
            when judged.confirm_state in ('确认', '默认确认') then null
            when judged.confirm_state = '异议' then concat('施工单位异议：', judged.dispute_reason)
            when judged.confirm_state = '待发函' and judged.confirm_no is not null
                then concat('金额与扣款确认函', judged.confirm_no, '（', judged.asked_amount, '元）不同，须重新发函')
            when judged.confirm_state = '待发函' then '尚未发扣款确认函'
            when judged.confirm_state = '待答复'
                then concat('扣款确认函', judged.confirm_no, '待答复，期限', judged.confirm_deadline_on)
            else concat('扣款确认函', judged.confirm_no, '逾期', judged.confirm_deadline_on, '未答复，合同没有默认条款，已升级')
        end as lacks_80,
        case
            when judged.is_self_repaired then null
            when judged.certify_state = '已认定' then null
            when judged.certify_state = '已剔除' then concat('副总工程师剔除：', judged.certify_opinion)
            else '待副总工程师认定'
        end as lacks_90
    from judged
    left join refusal on judged.order_no = refusal.order_no
),

stopped as (
    select
        lacking.*,
        first_lack.step_no as next_no,
        coalesce(first_lack.missing, '') as missing,
        coalesce(first_lack.stop_rule, '') as stop_rule,
        coalesce(first_lack.department, '') as department,
        coalesce(first_lack.since_on, lacking.reported_on) as since_on
    from lacking
    left join lateral (
        select lack.*
        from (
            values
            (20, lacking.lacks_20, 'WA-D2', '客户服务部', lacking.reported_on),
            (
                30, lacking.lacks_30, case when lacking.group_level > lacking.estimate_level then 'WAR-03' else 'WA-D6' end,
                '客户服务部', lacking.inspected_on
            ),
            (40, lacking.lacks_40, 'WAR-05', '客户服务部', coalesce(lacking.noticed_on, lacking.inspected_on)),
            (50, lacking.lacks_50, 'WA-D3', '维修队', coalesce(lacking.started_on, lacking.inspected_on)),
            (60, lacking.lacks_60, 'WA-D5', '客户服务部', lacking.completed_on),
            (
                70, lacking.lacks_70, case when lacking.approved_level < lacking.level_no then 'WAR-04' else 'WA-D7' end,
                case when lacking.account_amount is null then '维修队' else lacking.audit_department end, lacking.signed_on
            ),
            (
                80, lacking.lacks_80,
                case
                    when not lacking.is_supplemented then 'WA-D4a'
                    when lacking.confirm_state = '异议' then 'WAR-07'
                    when lacking.confirm_state = '已升级' then 'WAR-08'
                    else 'WA-D8'
                end,
                case when lacking.is_supplemented then '审计核算部' else '工程材料部' end,
                coalesce(lacking.asked_on, lacking.audited_on)
            ),
            (90, lacking.lacks_90, 'WA-D8', '副总工程师', coalesce(lacking.audited_on, lacking.signed_on))
        ) as lack (step_no, missing, stop_rule, department, since_on)
        where lack.missing is not null
        order by lack.step_no
        limit 1
    ) as first_lack on true
),

placed as (
    select
        stopped.*,
        coalesce(
            (
                select max(way.step_no)
                from repairs.way
                where way.order_class = stopped.order_class and way.step_no < stopped.next_no
            ),
            90
        ) as step_no,
        case
            when stopped.settled_id is not null and not stopped.is_reversed then '已入账'
            when stopped.is_self_repaired and coalesce(stopped.next_no, 100) > 60 then '自修结案'
            when coalesce(stopped.next_no, 100) <= 70 and stopped.audited_amount is null then '未到结算'
            when coalesce(stopped.next_no, 100) <= 70 then '暂停'
            when stopped.order_class = 'A' and stopped.next_no = 80 and stopped.confirm_state = '异议' then '争议冻结'
            when stopped.next_no = 80 or stopped.certify_state = '已剔除' then '暂停'
            when stopped.next_no = 90 then '待认定'
            when stopped.order_class = 'B' then '公司承担'
            when stopped.is_deductible then '扣款'
            else '索赔'
        end as outcome
    from stopped
),

drawn as (
    select
        placed.workflow,
        placed.site_id,
        placed.base_on,
        placed.order_no,
        placed.project_id,
        placed.contract_no,
        placed.contractor_id,
        placed.given_class,
        placed.order_class,
        placed.company_reason as class_reason,
        placed.step_no,
        case
            when placed.outcome = '已入账' then '待冲回'
            when placed.outcome = '自修结案' or placed.next_no is null then ''
            else (
                select '待' || way.step
                from repairs.way
                where way.order_class = placed.order_class and way.step_no = placed.next_no
            )
        end as stop,
        case
            when placed.outcome = '已入账' then concat('入账后改为B类（', placed.company_reason, '），须冲回')
            when placed.outcome = '自修结案' then ''
            else placed.missing
        end as missing,
        case when placed.outcome = '已入账' then 'WAR-16' else placed.stop_rule end as stop_rule,
        placed.department,
        placed.since_on,
        (now_day.workday_no - since_day.workday_no)::integer as stopped_days,
        placed.level_no,
        placed.approved_level,
        placed.group_no,
        placed.group_amount::numeric(14, 2) as group_amount,
        placed.audited_amount as settled_amount,
        case
            when placed.audited_amount is not null then '审定'
            when placed.account_amount is not null then '决算'
            else '估算'
        end as amount_basis,
        case when placed.is_self_repaired then 0 else placed.contractor_amount end::numeric(14, 2) as contractor_amount,
        case when placed.is_self_repaired then 0 else placed.management_amount end::numeric(14, 2) as management_amount,
        placed.company_amount::numeric(14, 2) as company_amount,
        placed.liability_until_on,
        placed.warranty_until_on,
        placed.notice_state,
        placed.notice_no,
        placed.notice_deadline_on,
        placed.confirm_state,
        placed.confirm_no,
        placed.confirm_deadline_on,
        case
            when placed.confirm_state in ('确认', '异议') then placed.confirm_answered_at
            when placed.confirm_state = '默认确认' then (placed.confirm_deadline_on + 1)::timestamptz
        end as answered_at,
        placed.certify_state,
        placed.outcome,
        placed.rule_from,
        concat_ws(
            '；',
            case
                when placed.order_class = 'B' then concat('B类，公司承担（', placed.company_reason, '）')
                when placed.other_security <> '无'
                    then concat('合同另有', placed.other_security, '，不扣质保金，向施工单位索赔')
                when placed.reported_on <= placed.liability_until_on
                    then concat(placed.reported_on, '报修，缺陷责任期至', placed.liability_until_on, '，可从质保金扣除')
                else concat(
                    placed.reported_on, '报修，缺陷责任期至', placed.liability_until_on, '已满，保修期至',
                    placed.warranty_until_on, '，不扣质保金，向施工单位索赔'
                )
            end,
            concat('第', placed.level_no, '级审批'),
            case when placed.share > 0 and placed.share < 1
                then concat(
                    '责任比例', trim_scale(placed.share * 100), '%%：', placed.working_amount, '元中施工单位', placed.contractor_amount,
                    '元、公司', placed.company_amount, '元'
                )
            end,
            case when placed.management_amount > 0
                then concat(
                    '管理费', trim_scale(placed.management_rate * 100), '%%（', placed.management_clause, '）',
                    placed.management_amount, '元'
                )
            end,
            case
                when placed.confirm_state = '确认' then concat('施工单位', to_char(placed.confirm_answered_at, 'YYYY-MM-DD HH24:MI'), '确认')
                when placed.confirm_state = '默认确认'
                    then concat('至', placed.confirm_deadline_on, '未答复，按', placed.silence_clause, '视为确认')
            end
        ) as grounds
    from placed
    left join workday as now_day on now_day.day_on = %(as_of_on)s
    left join workday as since_day on placed.since_on = since_day.day_on
    where
        not exists (
            select from booked
            where
                booked.site_id = placed.site_id
                and booked.base_on = placed.base_on
                and booked.contractor_id = case when placed.order_class = 'A' then placed.contractor_id else '' end
        )
        -- nor does an order leave a part of the month that is booked
        and not exists (
            select from booked
            inner join repairs.standing as drawn_before
                on
                    booked.site_id = drawn_before.site_id
                    and booked.base_on = drawn_before.base_on
                    and booked.contractor_id
                    = case when drawn_before.order_class = 'A' then drawn_before.contractor_id else '' end
            where
                drawn_before.workflow = placed.workflow
                and drawn_before.site_id = placed.site_id
                and drawn_before.base_on = placed.base_on
                and drawn_before.order_no = placed.order_no
        )
)

merge into repairs.standing as kept
using drawn
    on
        kept.workflow = drawn.workflow
        and kept.site_id = drawn.site_id
        and kept.base_on = drawn.base_on
        and kept.order_no = drawn.order_no
when matched and (
    kept.project_id,
    kept.contract_no,
    kept.contractor_id,
    kept.given_class,
    kept.order_class,
    kept.class_reason,
    kept.step_no,
    kept.stop,
    kept.missing,
    kept.stop_rule,
    kept.department,
    kept.since_on,
    kept.stopped_days,
    kept.level_no,
    kept.approved_level,
    kept.group_no,
    kept.group_amount,
    kept.settled_amount,
    kept.amount_basis,
    kept.contractor_amount,
    kept.management_amount,
    kept.company_amount,
    kept.liability_until_on,
    kept.warranty_until_on,
    kept.notice_state,
    kept.notice_no,
    kept.notice_deadline_on,
    kept.confirm_state,
    kept.confirm_no,
    kept.confirm_deadline_on,
    kept.answered_at,
    kept.certify_state,
    kept.outcome,
    kept.grounds,
    kept.rule_from
) is distinct from (
    drawn.project_id,
    drawn.contract_no,
    drawn.contractor_id,
    drawn.given_class,
    drawn.order_class,
    drawn.class_reason,
    drawn.step_no,
    drawn.stop,
    drawn.missing,
    drawn.stop_rule,
    drawn.department,
    drawn.since_on,
    drawn.stopped_days,
    drawn.level_no,
    drawn.approved_level,
    drawn.group_no,
    drawn.group_amount,
    drawn.settled_amount,
    drawn.amount_basis,
    drawn.contractor_amount,
    drawn.management_amount,
    drawn.company_amount,
    drawn.liability_until_on,
    drawn.warranty_until_on,
    drawn.notice_state,
    drawn.notice_no,
    drawn.notice_deadline_on,
    drawn.confirm_state,
    drawn.confirm_no,
    drawn.confirm_deadline_on,
    drawn.answered_at,
    drawn.certify_state,
    drawn.outcome,
    drawn.grounds,
    drawn.rule_from
) then update set
    project_id = drawn.project_id,
    contract_no = drawn.contract_no,
    contractor_id = drawn.contractor_id,
    given_class = drawn.given_class,
    order_class = drawn.order_class,
    class_reason = drawn.class_reason,
    step_no = drawn.step_no,
    stop = drawn.stop,
    missing = drawn.missing,
    stop_rule = drawn.stop_rule,
    department = drawn.department,
    since_on = drawn.since_on,
    stopped_days = drawn.stopped_days,
    level_no = drawn.level_no,
    approved_level = drawn.approved_level,
    group_no = drawn.group_no,
    group_amount = drawn.group_amount,
    settled_amount = drawn.settled_amount,
    amount_basis = drawn.amount_basis,
    contractor_amount = drawn.contractor_amount,
    management_amount = drawn.management_amount,
    company_amount = drawn.company_amount,
    liability_until_on = drawn.liability_until_on,
    warranty_until_on = drawn.warranty_until_on,
    notice_state = drawn.notice_state,
    notice_no = drawn.notice_no,
    notice_deadline_on = drawn.notice_deadline_on,
    confirm_state = drawn.confirm_state,
    confirm_no = drawn.confirm_no,
    confirm_deadline_on = drawn.confirm_deadline_on,
    answered_at = drawn.answered_at,
    certify_state = drawn.certify_state,
    outcome = drawn.outcome,
    grounds = drawn.grounds,
    rule_from = drawn.rule_from
when not matched then insert (
    workflow, site_id, base_on, order_no, project_id, contract_no, contractor_id, given_class, order_class, class_reason, step_no, stop, missing, stop_rule, department, since_on, stopped_days, level_no, approved_level, group_no, group_amount, settled_amount, amount_basis, contractor_amount, management_amount, company_amount, liability_until_on, warranty_until_on, notice_state, notice_no, notice_deadline_on, confirm_state, confirm_no, confirm_deadline_on, answered_at, certify_state, outcome, grounds, rule_from
) values (
    drawn.workflow,
    drawn.site_id,
    drawn.base_on,
    drawn.order_no,
    drawn.project_id,
    drawn.contract_no,
    drawn.contractor_id,
    drawn.given_class,
    drawn.order_class,
    drawn.class_reason,
    drawn.step_no,
    drawn.stop,
    drawn.missing,
    drawn.stop_rule,
    drawn.department,
    drawn.since_on,
    drawn.stopped_days,
    drawn.level_no,
    drawn.approved_level,
    drawn.group_no,
    drawn.group_amount,
    drawn.settled_amount,
    drawn.amount_basis,
    drawn.contractor_amount,
    drawn.management_amount,
    drawn.company_amount,
    drawn.liability_until_on,
    drawn.warranty_until_on,
    drawn.notice_state,
    drawn.notice_no,
    drawn.notice_deadline_on,
    drawn.confirm_state,
    drawn.confirm_no,
    drawn.confirm_deadline_on,
    drawn.answered_at,
    drawn.certify_state,
    drawn.outcome,
    drawn.grounds,
    drawn.rule_from
)
when not matched by source
    and exists (
        select from scope
        where scope.workflow = kept.workflow and scope.site_id = kept.site_id and scope.base_on = kept.base_on
    )
    and not exists (
        select from booked
        where
            booked.site_id = kept.site_id
            and booked.base_on = kept.base_on
            and booked.contractor_id = case when kept.order_class = 'A' then kept.contractor_id else '' end
    )
    then delete
