/*  Finds warranty terms that are shorter than what the law allows for the component.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  E11 建设工程质量管理条例 40; a shorter promise is void, so it must not shorten anybody's claim (WAR-12). */
select
    feed_row.row_no,
    'term_months' as column_name,
    format(
        '%%s的保修期%%s个月，短于法定最低的%%s个月（%%s）',
        feed_row.component, feed_row.term_months, statutory_term.term_months, statutory_term.clause
    ) as reason,
    format('请核对合同；保修期不得低于%%s个月，合同没有约定的不用报', statutory_term.term_months) as advice
from feed_row
inner join repairs.statutory_term on feed_row.component = statutory_term.component
where feed_row.fault_no = 0 and feed_row.term_months < statutory_term.term_months
