/*  What the letters of a day say about each of their orders.

    Grain:  one row per letter and order.
    Rerun:  safe; only reads what the run knew that numbered the letter: written again it says the same, whatever became of
            an order since.
    Rules:  outputs 5.2; WAR-05, WAR-19, WAR-21.  */
select
    paper.paper_no,
    letter.order_no,
    letter.amount as charged_amount,
    regexp_replace(work_order.place_text, '\s+', ' ', 'g') as place_text,
    regexp_replace(work_order.defect, '\s+', ' ', 'g') as defect,
    work_order.reported_on,
    work_order.completed_on,
    work_order.inspection_no,
    coalesce(case when work_order.is_emergency then work_order.emergency_evidence end, '') as evidence,
    concat(
        work_order.component, '保修期至',
        (
            contract.accepted_on
            + coalesce(greatest(warranty_term.term_months, statutory_term.term_months), 0) * interval '1 month'
        )::date,
        coalesce('（' || coalesce(nullif(warranty_term.clause, ''), statutory_term.clause) || '）', '')
    ) as basis,
    coalesce(taken_back.amount, audit.audited_amount) as audited_amount,
    concat_ws(
        '，',
        case when work_order.contractor_share < 1 then concat('承担', trim_scale(work_order.contractor_share * 100), '%%') end,
        case when charge.management_amount > 0 then concat('另加管理费', charge.management_amount, '元（', contract.management_clause, '）') end
    ) as reckoning,
    original.letter_no as original_no,
    original.sent_on as original_on,
    original.amount as original_amount
from ops.artifact
inner join repairs.paper
    on
        artifact.workflow = paper.workflow
        and artifact.site_id = paper.site_id
        and lower(artifact.period) = paper.base_on
-- as it was sent, whatever a file said of it since
inner join repairs.letter on paper.run_id = letter.run_id and paper.paper_no = letter.letter_no
inner join ops.run on paper.run_id = run.run_id
inner join repairs.work_order
    on
        letter.order_no = work_order.order_no
        and work_order.recorded_at <= run.known_at
        and run.known_at < work_order.superseded_at
inner join repairs.contract
    on
        paper.contract_no = contract.contract_no
        and contract.recorded_at <= run.known_at
        and run.known_at < contract.superseded_at
left join repairs.audit
    on
        letter.order_no = audit.order_no
        and audit.recorded_at <= run.known_at
        and run.known_at < audit.superseded_at
-- of a charge that was taken back only that part is charged again
left join lateral (
    select pending.amount
    from repairs.entry as reversal
    inner join ops.run as booking on reversal.run_id = booking.run_id
    inner join repairs.entry_line as pending on reversal.entry_id = pending.entry_id and pending.account = '待处理维修费'
    where
        reversal.entry_kind = '冲回'
        and reversal.order_no = letter.order_no
        and booking.known_at <= run.known_at
    order by reversal.turn_no desc
    limit 1
) as taken_back on true
cross join lateral (
    select letter.amount - round(letter.amount / (1 + contract.management_rate), 2) as management_amount
) as charge
left join repairs.warranty_term
    on
        work_order.project_id = warranty_term.project_id
        and work_order.component = warranty_term.component
        and warranty_term.recorded_at <= run.known_at
        and run.known_at < warranty_term.superseded_at
left join repairs.statutory_term on work_order.component = statutory_term.component
-- who did not answer about the money is urged about that, else about the repair
left join lateral (
    select before.*
    from repairs.letter as before
    where
        paper.paper_kind = 'CB'
        and before.order_no = letter.order_no
        and before.letter_kind in ('维修通知', '扣款确认函')
        and before.recorded_at <= run.known_at
        and run.known_at < before.superseded_at
    order by
        before.letter_kind = '扣款确认函' desc,
        case when before.letter_kind = '扣款确认函' then before.sent_on end desc,
        before.sent_on,
        before.letter_no
    limit 1
) as original on true
where artifact.artifact_id = %(artifact_id)s
order by paper.paper_no, letter.order_no
