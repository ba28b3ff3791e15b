/*  Fills empty books for the bench: 20 towers, contracts, charges, meters and ten months of readings, set-based.

    Grain:  the setting bench.tenants says how many; one contract, four fixed charges and two meters each.
    Rerun:  the same call gives the same rows, whatever the machine: chance is a hash.
    Mix:    of each hundred contracts one ends and one begins inside a month, two have days free of rent, one meter of
            electricity was not read in October and one not in September, one pair shares a meter of water; two
            meters in a thousand were replaced in October; a tower in twenty has a price of its own, which changed on
            the 11th. Nine contracts in ten have a clause on lateness, one in five owed a rent before.  */
create schema bench;

create function bench.chance(tenant_no integer, salt integer, below integer) returns integer
language sql immutable parallel safe
return ((hashint8extended(tenant_no, salt) & 1048575) % below)::integer;

create table bench.tenant as
select
    tenant_no,
    'C' || to_char(tenant_no, 'FM000000') as contract_no,
    'T' || to_char(1 + (tenant_no - 1) * 20 / current_setting('bench.tenants')::integer, 'FM00') as site_id,
    case when tenant_no % 100 = 12 then date '2026-10-16' else date '2020-01-01' end as starts_on,
    case when tenant_no % 100 = 11 then date '2026-11-15' else date '2030-12-31' end as ends_on,
    case when tenant_no % 100 = 12 then timestamptz '2026-10-10' else '2026-01-01' end as recorded_at
from generate_series(1, current_setting('bench.tenants')::integer) as tenant_no;

insert into fees.tower (
    site_id, tower_name, owner_name, owner_payee_id, property_payee_id, opens_with, contact, recorded_at, file_id, line_no
)
select
    'T' || to_char(tower_no, 'FM00'), '第' || tower_no || '大厦', '业主', 'OWN', 'WY', '2026-09-01', '010-8000',
    '2026-01-01', 1, tower_no
from generate_series(1, 20) as tower_no;

insert into fees.payee (payee_id, valid_from, account_name, bank_name, account_no, recorded_at, file_id, line_no)
values
    ('OWN', '2020-01-01', '业主', '工商银行', '0200001001000000001', '2026-01-01', 1, 1),
    ('WY', '2020-01-01', '物业', '建设银行', '1100001001000000002', '2026-01-01', 1, 2);

insert into fees.unit (site_id, unit_no, area, recorded_at, file_id, line_no)
select site_id, 'U' || tenant_no, 40 + bench.chance(tenant_no, 1, 26000) / 100.0, '2026-01-01', 2, tenant_no
from bench.tenant;

insert into fees.tenant (tenant_id, tenant_name, recorded_at, file_id, line_no)
select 'Z' || tenant_no, '第' || tenant_no || '公司', '2026-01-01', 3, tenant_no
from bench.tenant;

insert into fees.contract (
    contract_no, site_id, unit_no, tenant_id, contract_kind, starts_on, ends_on, late_rate, late_clause,
    recorded_at, file_id, line_no
)
select
    contract_no, site_id, 'U' || tenant_no, 'Z' || tenant_no, '租赁', starts_on, ends_on,
    case when tenant_no % 10 = 3 then 0 else 0.0005 end, case when tenant_no % 10 = 3 then '' else '第八条' end,
    recorded_at, 4, tenant_no
from bench.tenant;

insert into fees.charge (
    contract_no, charge_kind, item, valid_from, valid_to, month_amount, timing, vat_rate, recorded_at, file_id, line_no
)
select
    tenant.contract_no, fixed.charge_kind, fixed.charge_kind, '2020-01-01', '2030-12-31',
    fixed.least + bench.chance(tenant.tenant_no, 2, fixed.spread) / 100.0, fixed.timing, fixed.vat_rate,
    tenant.recorded_at, 5, tenant.tenant_no
from bench.tenant
cross join (
    values
        ('租金', 2000, 600000, '下月', 0.09),
        ('物业费', 300, 90000, '下月', 0.06),
        ('停车费', 200, 40000, '下月', 0.09),
        ('其他', 20, 9000, '本月', 0.06)
) as fixed (charge_kind, least, spread, timing, vat_rate);

insert into fees.rent_free (contract_no, charge_kind, starts_on, ends_on, clause, recorded_at, file_id, line_no)
select contract_no, '租金', '2026-11-01', '2026-11-15', '第五条', '2026-01-01', 6, tenant_no
from bench.tenant
where tenant_no % 50 = 9;

-- The neighbour of one who shares has no meter of water of its own.
create table bench.meter as
select
    case utility when '电费' then 'D' else 'S' end || to_char(tenant.tenant_no, 'FM000000') as meter_no,
    utility,
    tenant.*
from bench.tenant
cross join (values ('电费'), ('水费')) as counted (utility)
where not (utility = '水费' and tenant_no % 100 = 51);

insert into fees.meter (meter_no, site_id, utility, dials, multiplier, replaces, recorded_at, file_id, line_no)
select meter_no, site_id, utility, 6, case when tenant_no % 20 = 4 then 10 else 1 end, null, timestamptz '2026-01-01', 7, tenant_no
from bench.meter
union all
select meter_no || 'N', site_id, utility, 6, case when tenant_no % 20 = 4 then 10 else 1 end, meter_no, timestamptz '2026-10-05', 7,
    tenant_no
from bench.meter
where utility = '电费' and tenant_no % 500 = 7;

insert into fees.meter_share (meter_no, contract_no, starts_on, ends_on, share_key, recorded_at, file_id, line_no)
select meter_no, contract_no, starts_on, ends_on, case when tenant_no % 100 = 50 then 2 else 1 end,
    recorded_at, 8, tenant_no
from bench.meter
union all
select meter_no || 'N', contract_no, starts_on, ends_on, 1, '2026-10-05', 8, tenant_no
from bench.meter
where utility = '电费' and tenant_no % 500 = 7
union all
select meter_no, 'C' || to_char(tenant_no + 1, 'FM000000'), starts_on, ends_on, 1, '2026-01-01', 8, tenant_no
from bench.meter
where utility = '水费' and tenant_no % 100 = 50;

-- January to October, between the 18th and the 20th; old meters are read for the last time when they go.
insert into fees.reading (meter_no, read_on, reading, recorded_at, file_id, line_no)
select
    meter_no,
    make_date(2026, month_no, 20 - bench.chance(tenant_no, month_no, 3)),
    month_no * (200 + bench.chance(tenant_no, 3, 400)) + bench.chance(tenant_no, 20 + month_no, 10000) / 100.0,
    make_date(2026, month_no, 20), 9, tenant_no
from bench.meter
cross join generate_series(1, 10) as month_no
where
    not (utility = '电费' and tenant_no % 100 = 33 and month_no = 10)
    and not (utility = '电费' and tenant_no % 100 = 34 and month_no = 9)
    and not (utility = '电费' and tenant_no % 500 = 7 and month_no = 10);

insert into fees.reading (meter_no, read_on, reading, recorded_at, file_id, line_no)
select meter_no, date '2026-10-05', 7777, date '2026-10-05', 10, tenant_no
from bench.meter
where utility = '电费' and tenant_no % 500 = 7
union all
select meter_no || 'N', date '2026-10-05', 5, date '2026-10-05', 10, tenant_no
from bench.meter
where utility = '电费' and tenant_no % 500 = 7
union all
select meter_no || 'N', date '2026-10-20', 5 + bench.chance(tenant_no, 4, 20000) / 100.0, date '2026-10-20', 10, tenant_no
from bench.meter
where utility = '电费' and tenant_no % 500 = 7;

insert into fees.tariff (
    utility, site_id, valid_from, valid_to, unit_price, vat_rate, rule_id, clause, recorded_at, file_id, line_no
)
values
    ('电费', '*', '2020-01-01', null, 0.8245, 0.13, 'FE-C2', '电费每度0.8245元', '2026-01-01', 11, 1),
    ('水费', '*', '2020-01-01', null, 6.10, 0.09, 'FE-C2', '水费每吨6.10元', '2026-01-01', 11, 2),
    ('电费', 'T07', '2020-01-01', '2026-10-10', 0.8245, 0.13, 'FE-C2', '电费每度0.8245元', '2026-01-01', 11, 3),
    ('电费', 'T07', '2026-10-11', null, 0.8600, 0.13, 'FE-C2', '电费每度0.86元', '2026-01-01', 11, 4);

insert into fees.opening (contract_no, charge_kind, base_month, due_on, amount, recorded_at, file_id, line_no)
select contract_no, '租金', '2026-07-01', '2026-07-31', 500 + bench.chance(tenant_no, 5, 90000) / 100.0,
    '2026-01-01', 12, tenant_no
from bench.tenant
where tenant_no % 5 = 2 and tenant_no % 100 <> 12;
