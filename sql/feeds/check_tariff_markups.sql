/*  Finds prices of electricity and water that carry a mark-up, as a rate or in the words of their clause.

    Grain:  one row per offending line of the file.
    Rules:  BIL-15; 物业管理条例 44: no handling fee or other extra from those who pay through the property company;
            电力法 44: nothing on top of the price of electricity. FE-C2 the price is the one of the rule book. */
with run as (
    select %(file_id)s::integer as file_id
)

select
    tariff.line_no,
    case
        when tariff.markup_rate <> 0 then
            format('%%s加价%%s%%%%：电费、水费不得加价或另收手续费', tariff.utility, trim_scale(tariff.markup_rate * 100))
        else
            format('条款“%%s”在%%s之外另有收取：电费、水费不得加价或另收手续费', left(tariff.clause, 40), tariff.utility)
    end
    || '（物业管理条例第44条' || case tariff.utility when '电费' then '、电力法第44条' else '' end || '）' as reason,
    '请删去加价，单价只填收费标准规定的价格' as advice
from fees.tariff
cross join run
where
    tariff.file_id = run.file_id
    and tariff.superseded_at = 'infinity'
    and (
        tariff.markup_rate <> 0
        -- each part of the clause speaks of this utility
        or exists (
            select from regexp_split_to_table(tariff.clause, '[，。；,;]') as part
            where fees.names_surcharge(tariff.utility || part)
        )
    )
order by tariff.line_no
