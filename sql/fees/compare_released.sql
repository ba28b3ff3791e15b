/*  Compares what released months told with what they would say by what this run knows; nothing is booked by it.

    Grain:  one row per contract and kind of charge that would come out otherwise.
    Rerun:  safe; the run's own findings are found anew.
    Rules:  OPS-06 released months are reckoned again and compared in silence; OPS-21 they stay as they are. Only who has
            a notice is compared; whoever had none is charged by the next.
    Joins:  hashed; temporary tables carry no statistics, and a loop over them would be quadratic.
    Parts:  fees/list_parts  */
with scope as materialized (
    select
        open_scope.site_id,
        open_scope.base_on
    from fees.open_scope
    where open_scope.run_id = %(run_id)s and open_scope.is_closed
),

noticed as materialized (
    select distinct
        notice.site_id,
        notice.base_on,
        notice.contract_no
    from scope
    inner join fees.notice on scope.site_id = notice.site_id and scope.base_on = notice.base_on
),

gone as (
    delete from fees.found_difference
    using scope
    where
        found_difference.run_id = %(run_id)s
        and found_difference.site_id = scope.site_id
        and found_difference.base_on = scope.base_on
),

said as (
    select
        effective_line.site_id,
        effective_line.base_on,
        effective_line.contract_no,
        effective_line.charge_kind,
        effective_line.amount as old_amount,
        0 as new_amount
    from scope
    inner join fees.effective_line
        on scope.site_id = effective_line.site_id and scope.base_on = effective_line.base_on
    union all
    select
        draft_line.site_id,
        draft_line.base_on,
        draft_line.contract_no,
        draft_line.charge_kind,
        0,
        draft_line.amount
    from scope
    inner join draft_line on scope.site_id = draft_line.site_id and scope.base_on = draft_line.base_on
),

compared as (
    select
        said.site_id,
        said.base_on,
        said.contract_no,
        said.charge_kind,
        coalesce(sum(said.old_amount), 0) as old_amount,
        coalesce(sum(said.new_amount), 0) as new_amount
    from said
    inner join noticed
        on said.site_id = noticed.site_id and said.base_on = noticed.base_on and said.contract_no = noticed.contract_no
    group by said.site_id, said.base_on, said.contract_no, said.charge_kind
)

insert into fees.found_difference (run_id, site_id, base_on, contract_no, charge_kind, old_amount, new_amount)
select
    %(run_id)s::bigint as run_id,
    compared.site_id,
    compared.base_on,
    compared.contract_no,
    compared.charge_kind,
    compared.old_amount,
    compared.new_amount
from compared
where compared.old_amount <> compared.new_amount
