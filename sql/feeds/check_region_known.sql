/*  Finds wage limits of a region that no site lies in.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  ATT-17 a site is bound to its region by name: a region in another spelling would limit nothing. */
select
    feed_row.row_no,
    'region' as column_name,
    format('没有案场在地区“%%s”', feed_row.region) as reason,
    coalesce(
        '请照案场登记表的城市填写：' || (
            select string_agg(distinct site.region, '、' order by site.region)
            from book.site
            where site.superseded_at = 'infinity'
        ),
        '请先在《案场登记表》里填上城市，再把这一行重新报送'
    ) as advice
from feed_row
where
    feed_row.fault_no = 0
    and not exists (
        select from book.site
        where site.region = feed_row.region and site.superseded_at = 'infinity'
    )
