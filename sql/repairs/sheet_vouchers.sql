/*  The sheet 凭证建议: what finance enters for the month, by kind of entry, contractor and account.

    Grain:  one row per kind of entry, contract and account.
    Rerun:  safe; only reads. What is booked and what is planned give the same lines.
    Rules:  debits equal credits; an opening balance is no voucher of the month.  */
select
    concat(
        to_char(%(starts_on)s::date, 'YYYY"年"FMMM"月"'),
        case line.entry_kind
            when '结算' then case when line.contractor_id = '' then '维修费（公司承担）' else '维修扣款' end
            when '转公司承担' then '维修费冲回转公司承担'
            when '冲回' then '维修扣款冲回'
            when '支付' then '支付维修工程款'
            when '索赔收回' then '收回施工单位索赔'
            when '冻结' then '质保金争议冻结'
            when '解冻' then '质保金解除冻结'
            else '质保金' || line.entry_kind
        end,
        ' ', count(distinct line.line_no), '笔'
    ) as summary,
    title.account_code,
    title.account_name,
    concat_ws(
        ' ', coalesce(contractor.contractor_name, nullif(line.contractor_id, ''), company.company_name),
        nullif(line.contract_no, '')
    ) as auxiliary,
    nullif(sum(line.amount) filter (where line.amount > 0), 0) as debit_amount,
    -nullif(sum(line.amount) filter (where line.amount < 0), 0) as credit_amount
from repairs.month_line(%(site_id)s::text, %(starts_on)s::date) as line
inner join repairs.account_title as title on line.account = title.account
left join repairs.contractor
    on
        line.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= %(known_at)s
        and %(known_at)s < contractor.superseded_at
left join repairs.company
    on
        company.site_id = %(site_id)s
        and company.recorded_at <= %(known_at)s
        and %(known_at)s < company.superseded_at
where line.entry_kind <> '期初'
group by
    line.entry_kind, line.contractor_id, line.contract_no, line.account, title.account_code, title.account_name,
    contractor.contractor_name, company.company_name, line.amount > 0
order by
    array_position(
        array['留置', '补缴', '更正', '冲回', '解冻', '退还', '结算', '冻结', '转公司承担', '支付', '索赔收回'], line.entry_kind
    ),
    line.contractor_id = '', line.contractor_id, line.contract_no, sum(line.amount) < 0, title.account_code, title.account_name
