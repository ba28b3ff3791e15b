/*  Reckons what each contract still owes on the eve of the 20th, item by item, and when which part of it was settled.

    Grain:  one row per contract and item (a month's charge of one kind) with the moments of its settlement, for the
            statements after it; a table of this transaction only (open_item, settlement).
    Rerun:  safe; writes nothing else.
    Rules:  FE-C1 payments count that are dated through the eve of the 20th and known by known_at. BIL-22 a waiver
            lowers the principal from its day. BIL-12 (seam) payments settle what was due first; among what was due
            on one day late fees come first (民法典 561).
    Method: fees.settlements (sql/schema), which the workbook asks, too.
    Joins:  hashed; how much the contracts of a part have is not known beforehand.
    Parts:  fees/list_parts  */
create temp table settlement on commit drop as
select settled.*
from (
    select array_agg(open_scope.site_id) as site_ids
    from fees.open_scope
    where open_scope.run_id = %(run_id)s and not open_scope.is_closed
) as scope
cross join lateral fees.settlements(
    scope.site_ids, %(first_on)s::date, %(as_of_on)s::date, %(known_at)s::timestamptz
) as settled
