/*  Keeps what the drawn bills of the towers said so far, for the comparison after they are drawn anew.

    Grain:  one row per contract and item, of towers that were reckoned before and are not released; a table of this
            transaction only (told_amount).
    Rerun:  safe; writes nothing else.
    Parts:  fees/list_parts  */
create temp table told_amount on commit drop as
select bill_item.*
from fees.open_scope
cross join lateral fees.bill_items(open_scope.site_id, open_scope.base_on) as bill_item
where open_scope.run_id = %(run_id)s and not open_scope.is_closed
