/*  Gives corrected notices their numbers and books what they take back and say anew, in the first open month.

    Grain:  one notice per contract concerned; a red and a blue entry per charge that changed, one red entry for the
            late fee that ran on too much.
    Rerun:  safe; a revision is booked once.
    Rules:  BIL-19 red and blue entries with reference to the original, dated in the open period; outputs 3.2 a
            correction keeps the number, with -G1 behind it, its entries are HZ- and LZ- in an order of their own without
            gaps; a correction also credits the late fee that ran on it. BIL-13 money in advance lowers what the
            corrected notice asks for, as it did on the first (fees.corrected_bill).  */
with revision as materialized (
    select
        corrected_line.contract_no,
        corrected_line.revision
    from fees.corrected_line
    where
        corrected_line.site_id = %(site_id)s
        and corrected_line.base_on = %(base_on)s
        and not exists (
            select from fees.notice
            where
                notice.site_id = corrected_line.site_id
                and notice.base_on = corrected_line.base_on
                and notice.contract_no = corrected_line.contract_no
                and notice.revision >= corrected_line.revision
        )
    group by corrected_line.contract_no, corrected_line.revision
),

original as materialized (
    select
        notice.*,
        revision.revision as next_revision
    from revision
    inner join fees.notice
        on
            revision.contract_no = notice.contract_no
            and notice.site_id = %(site_id)s
            and notice.base_on = %(base_on)s
            and notice.revision = 1
),

told as (
    select
        effective_line.contract_no,
        effective_line.charge_kind,
        effective_line.item,
        effective_line.starts_on,
        effective_line.amount
    from fees.effective_line
    inner join revision on effective_line.contract_no = revision.contract_no
    where effective_line.site_id = %(site_id)s and effective_line.base_on = %(base_on)s
),

said_anew as (
    select
        corrected_line.contract_no,
        corrected_line.charge_kind,
        corrected_line.item,
        corrected_line.starts_on,
        corrected_line.amount
    from fees.corrected_line
    inner join revision
        on corrected_line.contract_no = revision.contract_no and corrected_line.revision = revision.revision
    where corrected_line.site_id = %(site_id)s and corrected_line.base_on = %(base_on)s
),

changed as materialized (
    select
        coalesce(told.contract_no, said_anew.contract_no) as contract_no,
        coalesce(told.charge_kind, said_anew.charge_kind) as charge_kind,
        coalesce(told.item, said_anew.item) as item,
        coalesce(told.starts_on, said_anew.starts_on) as starts_on,
        coalesce(told.amount, 0) as old_amount,
        coalesce(said_anew.amount, 0) as new_amount
    from told
    full join said_anew
        on
            told.contract_no = said_anew.contract_no
            and told.charge_kind = said_anew.charge_kind
            and told.item = said_anew.item
            and told.starts_on = said_anew.starts_on
    where coalesce(told.amount, 0) <> coalesce(said_anew.amount, 0)
),

-- late fees that were charged on what is taken back, stretch by stretch
credited as (
    select
        bill_late_fee.contract_no,
        bill_late_fee.charge_kind,
        sum(
            bill_late_fee.amount - round(
                greatest(bill_late_fee.principal + delta.amount, 0) * bill_late_fee.late_rate * bill_late_fee.day_count, 2
            )
        ) as amount
    from fees.bill_late_fee
    inner join (
        select
            changed.contract_no,
            concat_ws('|', 'YS', changed.charge_kind, to_char(%(base_on)s::date, 'YYYY-MM')) as item_key,
            sum(changed.new_amount - changed.old_amount) as amount
        from changed
        group by changed.contract_no, changed.charge_kind
    ) as delta
        on bill_late_fee.contract_no = delta.contract_no and bill_late_fee.item_key = delta.item_key
    where
        delta.amount < 0
        and not bill_late_fee.is_capped
        -- what is only drawn was never asked for
        and exists (
            select from fees.entry as charged
            where
                charged.site_id = bill_late_fee.site_id
                and charged.base_on = bill_late_fee.base_on
                and charged.contract_no = bill_late_fee.contract_no
                and charged.entry_kind = '违约金'
        )
    group by bill_late_fee.contract_no, bill_late_fee.charge_kind
),

numbered as (
    insert into fees.notice (
        notice_no, site_id, base_on, contract_no, revision, sequence_no, released_on, due_on, payable_amount, run_id
    )
    select
        original.notice_no || '-G' || (original.next_revision - 1),
        original.site_id,
        original.base_on,
        original.contract_no,
        original.next_revision,
        original.sequence_no,
        %(released_on)s::date,
        greatest(original.due_on, %(released_on)s::date + 1),
        corrected_bill.payable_amount,
        %(run_id)s::bigint
    from original
    inner join fees.corrected_bill
        on
            original.site_id = corrected_bill.site_id
            and original.base_on = corrected_bill.base_on
            and original.contract_no = corrected_bill.contract_no
            and original.next_revision = corrected_bill.revision
    returning contract_no, notice_no, due_on
),

entry as (
    select contract_no, '红字' as entry_kind, charge_kind, item, starts_on, -old_amount as amount
    from changed
    where old_amount <> 0
    union all
    select contract_no, '蓝字', charge_kind, item, starts_on, new_amount
    from changed
    where new_amount <> 0
    union all
    select contract_no, '红字', concat('违约金（', charge_kind, '）'), '违约金', null, -amount
    from credited
    where amount > 0
)

insert into fees.entry (
    site_id, base_on, contract_no, entry_kind, line_no, charge_kind, amount, due_on, notice_no, about_on, counts_to,
    entry_no, run_id
)
select
    %(site_id)s as site_id,
    fees.open_month(%(site_id)s) as base_on,
    entry.contract_no,
    entry.entry_kind,
    coalesce(booked.line_no, 0) + row_number() over (
        partition by entry.contract_no, entry.entry_kind order by entry.charge_kind, entry.item, entry.starts_on
    )::integer as line_no,
    entry.charge_kind,
    entry.amount,
    numbered.due_on,
    numbered.notice_no,
    %(base_on)s::date as about_on,
    null as counts_to,
    concat_ws(
        '-',
        case entry.entry_kind when '红字' then 'HZ' else 'LZ' end,
        %(site_id)s,
        to_char(fees.open_month(%(site_id)s), 'YYYYMM'),
        lpad(
            (
                (
                    select count(*) from fees.entry as before
                    where
                        before.site_id = %(site_id)s
                        and before.base_on = fees.open_month(%(site_id)s)
                        and before.entry_kind = entry.entry_kind
                )
                + row_number() over (
                    partition by entry.entry_kind
                    order by numbered.notice_no, entry.charge_kind, entry.item, entry.starts_on
                )
            )::text,
            4, '0'
        )
    ) as entry_no,
    %(run_id)s::bigint as run_id
from entry
inner join numbered on entry.contract_no = numbered.contract_no
left join lateral (
    select max(before.line_no) as line_no
    from fees.entry as before
    where
        before.site_id = %(site_id)s
        and before.base_on = fees.open_month(%(site_id)s)
        and before.contract_no = entry.contract_no
        and before.entry_kind = entry.entry_kind
) as booked on true
