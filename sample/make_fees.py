"""The fee month of the sample: what 云栖置业集团 needs for the notices of 20 October 2026, and what comes after them.

Three towers with 120 units, all with 2026-10 as the first month that is billed here. Most tenants are plain: rent,
property fee, one meter each for electricity and water, by a hash of the unit. What is told about somebody stands in the
tables below; whoever has a contract there has nothing but what the tables give him. Nobody in here is real.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from filing import csv_bytes, csv_table, table, xlsx_table

OPENED, AS_OF = date(2026, 9, 20), date(2026, 10, 20)
CENT = Decimal("0.01")

# The story ------------------------------------------------------------------------------------------------

#: Contracts with a story. An empty cell of `from`, `to`: from long ago, for long. late: rate a day, by 合同第八条.
#: 折算 30: by thirty days. note: 自用, 未售, 抄送 (the owner has a copy).
CONTRACTS = """
contract | unit | from       | to         | late   | 折算 | note | what is told
WX-301   | 301  |            |            | 0.05%  |      |      | rates kept apart; 30 kWh, 2.75 t
WX-302   | 302  |            |            | 0.05%  |      |      | 130 kWh were typed instead of 103
WX-303   | 303  |            |            | 0.05%  |      |      | 150 kWh, 0.25 t
WX-304   | 304  |            |            | 0.05%  |      |      | three meters of 10 kWh
WX-401   | 401  |            |            | 0.05%  |      |      | the price changes on 1 November: read on 31 October
WX-402   | 402  |            |            | 0.05%  |      |      | the same, not read on 31 October
WX-403   | 403  |            |            | 0.05%  |      |      | meter replaced on 8 October
WX-404   | 404  |            |            | 0.05%  |      |      | electricity not read; read on 31 October
WX-501   | 501  |            |            | 0.05%  |      |      | electricity not read; read again on 20 November
WX-502   | 502  |            |            | 0.05%  |      |      | nothing used, rent-free all November
WX-503   | 503  | 2026-11-16 |            | 0.05%  |      |      | begins in the middle of November
WX-504   | 504  |            | 2026-10-16 | 0.05%  |      |      | change of tenant: the old one
WX-504B  | 504  | 2026-10-17 |            | 0.05%  |      |      | change of tenant: the new one
WX-601   | 601  |            | 2026-10-09 | 0.05%  |      |      | change of tenant with a hand-over reading: the old one
WX-601B  | 601  | 2026-10-10 |            | 0.05%  |      |      | change of tenant with a hand-over reading: the new one
WX-602   | 602  |            |            | 0.05%  |      |      | rent-free for the first ten days of November
WX-603   | 603  |            |            | 0.05%  |      |      | the rent steps up on 16 November
WX-604   | 604  | 2026-10-17 |            | 0.05%  |      |      | began on 17 October: two months at once
WX-701   | 701  | 2026-10-17 |            | 0.05%  | 30   |      | began on 17 October, by thirty days
WX-702   | 702  |            |            | 0.05%  |      |      | owes 1,000.00 since 30 September
WX-703   | 703  |            |            | 0.05%  |      |      | owed 1,000.00, paid 400.00 on 10 October
WX-704   | 704  |            |            | 0.05%  |      |      | paid on the due day
WX-801   | 801  |            |            | 0.05%  |      |      | due on a holiday, unpaid
WX-802   | 802  |            |            | 0.05%  |      |      | due on a holiday, paid on the first working day
WX-803   | 803  |            |            |        |      |      | owes, and the contract has no clause
WX-804   | 804  |            |            | 0.3%   |      |      | a clause of 0.3 % a day
WX-901   | 901  |            |            | 0.3%   |      |      | owes for a year: the late fee stops at the principal
WX-902   | 902  |            |            |        |      |      | 600.00 against a late fee and two months
WX-903   | 903  |            |            | 0.05%  |      |      | paid 200.00 in advance
WX-904   | 904  |            |            | 0.05%  |      |      | paid more in advance than is charged
WX-1001  | 1001 |            |            |        |      | 未售 | not sold: billed to the developer
WX-1002  | 1002 |            |            | 0.05%  |      | 抄送 | the tenant pays by agreement, the owner has a copy
WX-1003  | 1003 |            |            | 0.05%  |      |      | 300.00 of 100,000.00 waived
WX-1004  | 1004 |            |            | 0.05%  |      |      | one meter for three tenants
WX-1101  | 1101 |            |            | 0.05%  |      |      | one meter for three tenants
WX-1102  | 1102 |            |            | 0.05%  |      |      | one meter for three tenants
WX-1103  | 1103 |            |            | 0.05%  |      |      | a meter behind a transformer, times 40
WX-1104  | 1104 |            |            | 0.05%  |      |      | an estimated reading
WX-1201  | 1201 |            |            | 0.05%  |      |      | nobody registered the tenant
WX-1202  | 1202 |            |            | 0.05%  |      |      | nobody registered a charge
WX-1203  | 1203 |            | 2026-08-31 | 0.05%  |      |      | expired, nothing owed
WX-1204  | 1204 |            | 2026-08-31 | 0.05%  |      |      | expired, still owes
WX-1301  | 1301 |            |            |        |      |      | owes since 2023
WX-1302  | 1302 |            |            | 0.05%  |      |      | paid on the 19th and on the 20th
WX-1303  | 1303 |            |            | 0.05%  |      |      | one receipt, sent twice
WX-1304  | 1304 |            |            | 0.05%  |      |      | the receipt was voided
WX-1401  | 1401 |            |            | 0.05%  |      |      | uses four times as much in November
WX-1402  | 1402 |            |            | 0.05%  |      |      | other ways of taxing
WX-1403  | 1403 |            |            | 0.05%  |      |      | due on a plain Saturday, which moves nothing here
GM-A501  | A501 |            |            | 0.05%  |      |      | the meter passes its last number, and the reader says so
GM-A502  | A502 |            |            | 0.05%  |      |      | the meter passes its last number, and nobody says so
GM-A503  | A503 |            |            | 0.05%  |      | 自用 | an owner; a reading below nothing was sent, too
GM-A504  | A504 |            |            | 0.05%  |      |      | notices are mailed; this tenant has no address
GM-A601  | A601 |            |            | 0.05%  |      |      | one water meter, shared by area
GM-A602  | A602 |            |            | 0.05%  |      |      | one water meter, shared by area
GM-A603  | A603 |            |            | 0.05%  |      |      | one water meter, shared by area
GM-A604  | A604 |            |            | 0.05%  |      |      | due on a plain Saturday, which moves to Monday here
GM-A701  | A701 |            |            | 0.05%  |      |      | paid in advance on 12 October
GM-A702  | A702 |            |            | 0.05%  |      |      | the tenant's row came back for its address
GM-A703  | A703 |            |            |        |      |      | a waiver that nobody approved
GM-A704  | A704 |            |            | 0.05%  |      |      | a service fee on electricity came back
GM-A801  | A801 |            |            | 0.05%  |      |      | a tax rate of 9 came back
YX-0101  | 0101 |            |            | 0.05%  |      |      | dearer water from 1 October, read the day before
YX-0102  | 0102 |            |            | 0.05%  |      |      | dearer water from 1 October, not read the day before
YX-0103  | 0103 |            |            | 0.05%  |      |      | due on a holiday, where no due day moves
YX-0104  | 0104 |            |            | 0.05%  |      |      | charged for last month, this month and next month
"""

#: What a contract with a story pays every month. 简: 简易计税, 免: 免税.
CHARGES = """
contract | 费项   | from       | to         | amount  | when | VAT  | what is told
WX-301   | 租金   |            |            | 3000.00 | 下月 | 9%   |
WX-301   | 物业费 |            |            | 1060.00 | 下月 | 6%   |
WX-302   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-303   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-304   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-401   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-402   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-403   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-404   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-501   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-502   | 租金   |            |            | 3000.00 | 下月 | 9%   |
WX-503   | 租金   |            |            | 3000.00 | 下月 | 9%   |
WX-504   | 租金   |            |            | 3000.00 | 本月 | 9%   |
WX-504B  | 租金   |            |            | 3000.00 | 本月 | 9%   |
WX-601   | 物业费 |            |            | 310.00  | 本月 | 6%   |
WX-601B  | 物业费 |            |            | 310.00  | 本月 | 6%   |
WX-602   | 租金   |            |            | 3000.00 | 下月 | 9%   |
WX-603   | 租金   |            | 2026-11-15 | 3000.00 | 下月 | 9%   |
WX-603   | 租金   | 2026-11-16 |            | 3300.00 | 下月 | 9%   | the step
WX-604   | 租金   |            |            | 3000.00 | 下月 | 9%   |
WX-701   | 租金   |            |            | 3000.00 | 本月 | 9%   |
WX-702   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-703   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-704   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-801   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-802   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-803   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-804   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-901   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-902   | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-903   | 物业费 |            |            | 350.00  | 下月 | 6%   |
WX-904   | 物业费 |            |            | 350.00  | 下月 | 6%   |
WX-1001  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1002  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1003  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1004  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1101  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1102  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1103  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1104  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1201  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1203  | 物业费 |            |            | 500.00  | 下月 | 6%   | its contract is over
WX-1204  | 物业费 |            |            | 500.00  | 下月 | 6%   | its contract is over
WX-1301  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1302  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1303  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1304  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1401  | 物业费 |            |            | 500.00  | 下月 | 6%   |
WX-1402  | 租金   |            |            | 2100.00 | 下月 | 5%简 |
WX-1402  | 其他   |            |            | 100.00  | 下月 | 0%免 |
WX-1403  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A501  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A502  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A503  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A504  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A601  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A602  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A603  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A604  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A701  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A702  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A703  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A704  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A704  | 其他   |            |            | 20.00   | 下月 | 6%   | 电费代收服务费: comes back
GM-A801  | 物业费 |            |            | 500.00  | 下月 | 6%   |
GM-A801  | 停车费 |            |            | 300.00  | 本月 | 9    | comes back
YX-0101  | 物业费 |            |            | 500.00  | 下月 | 6%   |
YX-0102  | 物业费 |            |            | 500.00  | 下月 | 6%   |
YX-0103  | 物业费 |            |            | 500.00  | 下月 | 6%   |
YX-0104  | 停车费 |            |            | 300.00  | 上月 | 9%   |
YX-0104  | 物业费 |            |            | 500.00  | 本月 | 6%   |
YX-0104  | 租金   |            |            | 2000.00 | 下月 | 9%   |
"""
#: 收费项目 that say more than their 费项.
ITEMS = {("GM-A704", "其他"): "电费代收服务费", ("WX-1402", "其他"): "代订报刊"}

#: Meters of the stories: D electricity, S water. for: contracts with their keys. readings: of 20 September and after,
#: ~ estimated, ! the reader says that it passed its last number.
METERS = """
meter     | dials | times | replaces | for                               | readings
WX-D-301  | 5     |       |          | WX-301                            | 09-20=1200 10-20=1230
WX-S-301  | 5     |       |          | WX-301                            | 09-20=300.25 10-20=303
WX-D-302  | 5     |       |          | WX-302                            | 09-20=1000 10-20=1130
WX-D-303  | 5     |       |          | WX-303                            | 09-20=4410 10-20=4560
WX-S-303  | 5     |       |          | WX-303                            | 09-20=88.5 10-20=88.75
WX-D-304a | 5     |       |          | WX-304                            | 09-20=700 10-20=710
WX-D-304b | 5     |       |          | WX-304                            | 09-20=815 10-20=825
WX-D-304c | 5     |       |          | WX-304                            | 09-20=120 10-20=130
WX-D-401  | 5     |       |          | WX-401                            | 09-20=940 10-20=1000
WX-D-402  | 5     |       |          | WX-402                            | 09-20=940 10-20=1000
WX-D-403  | 5     |       |          | WX-403                            | 09-20=9950 10-08=9990
WX-D-403n | 5     |       | WX-D-403 | WX-403                            | 10-08=5 10-20=35
WX-D-404  | 5     |       |          | WX-404                            | 09-20=3000
WX-S-404  | 5     |       |          | WX-404                            | 09-20=41 10-20=43
WX-D-501  | 5     |       |          | WX-501                            | 09-20=3500
WX-D-502  | 5     |       |          | WX-502                            | 09-20=2000 10-20=2000
WX-D-601  | 5     |       |          | WX-601<2026-10-09 WX-601B         | 09-20=500 10-09=530 10-20=560
WX-D-1004 | 5     |       |          | WX-1004 WX-1101 WX-1102           | 09-20=6000 10-20=6100
WX-D-1103 | 6     | 40    |          | WX-1103                           | 09-20=100 10-20=103.25
WX-D-1104 | 5     |       |          | WX-1104                           | 09-20=2200 10-20=2245~
WX-D-1201 | 5     |       |          | WX-1201                           | 09-20=150 10-20=170
WX-D-1401 | 5     |       |          | WX-1401                           | 09-20=5000 10-20=5100
GM-D-A501 | 5     |       |          | GM-A501                           | 09-20=99980 10-20=30!
GM-D-A502 | 5     |       |          | GM-A502                           | 09-20=99980 10-20=30
GM-D-A503 | 5     |       |          | GM-A503                           | 09-20=640 10-20=660
GM-S-A601 | 5     |       |          | GM-A601*120.5 GM-A602*80.25 GM-A603*60 | 09-20=500 10-20=510
YX-S-0101 | 5     |       |          | YX-0101                           | 09-20=100 09-30=104 10-20=112
YX-S-0102 | 5     |       |          | YX-0102                           | 09-20=200 10-20=210
"""
#: Readings that a person typed wrongly: tower, meter, day, reading; they come back.
BAD_READINGS = (("GM01", "GM-D-A503", "2026-10-19", "-12"), ("GM01", "GM-D-9999", "2026-10-20", "77"))

#: What was owed, or paid in advance, when the house began.
OPENINGS = """
contract | 费项   | 所属月份 | 到期日     | 金额
WX-702   | 租金   | 2026-09  | 2026-09-30 | 1000.00
WX-703   | 租金   | 2026-09  | 2026-09-30 | 1000.00
WX-704   | 租金   | 2026-09  | 2026-09-30 | 1000.00
WX-801   | 租金   | 2026-09  | 2026-10-05 | 1000.00
WX-802   | 租金   | 2026-09  | 2026-10-05 | 1000.00
WX-803   | 租金   | 2026-08  | 2026-08-31 | 1000.00
WX-804   | 租金   | 2026-09  | 2026-09-30 | 500.00
WX-901   | 租金   | 2025-10  | 2025-10-20 | 200.00
WX-902   | 违约金 | 2026-08  | 2026-08-31 | 12.50
WX-902   | 租金   | 2026-08  | 2026-08-31 | 500.00
WX-902   | 租金   | 2026-09  | 2026-09-30 | 500.00
WX-903   | 预收   | 2026-09  |            | 200.00
WX-904   | 预收   | 2026-09  |            | 500.00
WX-1003  | 租金   | 2026-10  | 2026-10-15 | 100000.00
WX-1204  | 物业费 | 2026-08  | 2026-08-31 | 800.00
WX-1301  | 物业费 | 2023-08  | 2023-09-05 | 1200.00
WX-1302  | 租金   | 2026-10  | 2026-10-10 | 1000.00
WX-1303  | 租金   | 2026-10  | 2026-10-15 | 500.00
WX-1304  | 租金   | 2026-09  | 2026-09-30 | 500.00
WX-1403  | 租金   | 2026-10  | 2026-10-17 | 1000.00
GM-A604  | 租金   | 2026-10  | 2026-10-17 | 1000.00
GM-A703  | 物业费 | 2026-09  | 2026-09-30 | 300.00
YX-0103  | 租金   | 2026-09  | 2026-10-05 | 1000.00
"""

#: Money of the stories. no contract: nobody knows whose it is.
PAYMENTS = """
receipt    | paid on    | contract | amount  | payer                  | what is told
WX-2609-88 | 2026-09-28 | WX-1304  | 500.00  |                        | voided afterwards
WX-2609-90 | 2026-09-30 | WX-704   | 1000.00 |                        | on the due day
WX-2610-01 | 2026-10-08 | WX-802   | 1000.00 |                        | on the first working day after the holiday
WX-2610-02 | 2026-10-10 | WX-703   | 400.00  |                        | a part
WX-2610-03 | 2026-10-12 | WX-902   | 600.00  |                        | without saying what for
WX-2610-04 | 2026-10-14 | WX-1303  | 500.00  |                        | twice in the file
WX-2610-04 | 2026-10-14 | WX-1303  | 500.00  |                        | the second time
WX-2610-05 | 2026-10-19 | WX-1302  | 600.00  |                        | counts
WX-2610-06 | 2026-10-20 | WX-1302  | 400.00  |                        | does not count any more
GM-2610-01 | 2026-10-12 | GM-A701  | 800.00  |                        | in advance
GM-2610-02 | 2026-10-13 |          | 1280.00 | 云州听松茶叶有限公司   | whose is it
GM-2610-03 | 2026-10-14 | GM-A999  | 66.00   | 云州听松茶叶有限公司   | a contract that nobody registered
GM-2610-04 | 2026-10-22 | GM-A504  | 500.00  |                        | does not count any more
"""
#: The bank took it back: the same receipt once more, in a file of its own.
VOIDED = ("WX-2609-88",)

RENT_FREE = """
合同号 | 费项 | 免租开始日期 | 免租结束日期 | 合同条款
WX-502 | 租金 | 2026-11-01   | 2026-11-30   | 第五条
WX-602 | 租金 | 2026-11-01   | 2026-11-10   | 第五条
"""

WAIVERS_WX = """
减免单号   | 合同号  | 费项 | 减免金额 | 生效日期   | 减免原因         | 批准人
JM-2610-01 | WX-1003 | 租金 | 300.00   | 2026-10-12 | 空调检修停用三天 | 贺云帆
"""
WAIVERS_GM = """
减免单号   | 合同号  | 费项   | 减免金额 | 生效日期   | 减免原因   | 批准人
JM-2610-02 | GM-A703 | 物业费 | 100.00   | 2026-10-12 | 电梯维修   | 待批
"""

# The rule book of the towers ------------------------------------------------------------------------------

TOWERS = """
楼宇编号 | 楼宇名称     | 期数 | 城市 | 业主方               | 租金收款单位编号 | 物业费收款单位编号 | 首个出单月 | 缴费天数 | 到期日顺延           | 通知单直接发租户 | 咨询电话
WX01     | 威新国际大厦 | 一期 | 云州 | 云州威新置业有限公司 | SK01             | SK09               | 2026-10    | 11       | 按放假安排顺延       | 否               | 0500-6600-0101
GM01     | 国贸大厦     |      | 云州 | 云州栖贸置业有限公司 | SK02             | SK09               | 2026-10    | 11       | 周末和节假日都顺延   | 是               | 0500-6600-0202
YX01     | 云栖中心     |      | 云州 | 云栖置业集团有限公司 | SK03             | SK09               | 2026-10    | 10       | 不顺延               | 否               | 0500-6600-0303
"""

PAYEES = """
收款单位编号 | 生效日期   | 户名                     | 开户行               | 账号
SK01         | 2024-01-01 | 云州威新置业有限公司     | 云州银行威新支行     | 9000100000000000101
SK02         | 2024-01-01 | 云州栖贸置业有限公司     | 云州银行国贸支行     | 9000100000000000202
SK03         | 2024-01-01 | 云栖置业集团有限公司     | 云州银行总行营业部   | 9000100000000000303
SK09         | 2024-01-01 | 云州华清物业服务有限公司 | 云州农商银行城东支行 | 9000200000000000808
SK09         | 2026-10-01 | 云州华清物业服务有限公司 | 云州农商银行城西支行 | 9000200000000000909
"""

TARIFFS = """
费项 | 适用楼宇 | 生效日期   | 失效日期   | 单价   | 税率 | 规则编号 | 条款原文
电费 | *        | 2024-01-01 |            | 0.8245 | 13%  | FE-C2    | 电费每度0.8245元
水费 | *        | 2024-01-01 |            | 6.10   | 9%   | FE-C2    | 水费每吨6.10元
水费 | YX01     | 2024-01-01 | 2026-09-30 | 5.80   | 9%   | FE-C2    | 云栖中心水费每吨5.80元
水费 | YX01     | 2026-10-01 |            | 6.10   | 9%   | FE-C2    | 云栖中心水费每吨6.10元
"""
#: Lands after the notices of October.
TARIFFS_NOVEMBER = """
费项 | 适用楼宇 | 生效日期   | 失效日期   | 单价   | 税率 | 规则编号 | 条款原文
电费 | *        | 2024-01-01 | 2026-10-31 | 0.8245 | 13%  | FE-C2    | 电费每度0.8245元
电费 | *        | 2026-11-01 |            | 0.8600 | 13%  | FE-C2    | 电费每度0.86元
"""

WORDINGS = """
适用楼宇 | 位置     | 生效日期   | 文字
WX01     | 付款说明 | 2026-10-01 | 请在转账附言中写明房号和单号，款到后凭回单到大堂服务台换取收据。
WX01     | 温馨提示 | 2026-10-01 | 本楼11月8日上午停水检修，请提前储水。
GM01     | 温馨提示 | 2026-10-01 | 逾期不缴的，将停水停电并限制出入。
"""

NUMBER_STARTS = """
楼宇编号 | 月份    | 起始号
WX01     | 2026-10 | 101
"""

RECIPIENTS = """
单据          | 案场编号 | 收件人         | 部门           | 邮箱                         | 生效日期
fee_notices   | WX01     | 财务部         | 财务部         | finance@example.cn           | 2026-01-01
fee_notices   | WX01     | 威新业主方财务 | 业主方财务部   | weixin.owner@example.cn      | 2026-01-01
fee_notices   | GM01     | 财务部         | 财务部         | finance@example.cn           | 2026-01-01
fee_notices   | GM01     | 国贸业主方财务 | 业主方财务部   | guomao.owner@example.cn      | 2026-01-01
fee_notices   | YX01     | 财务部         | 财务部         | finance@example.cn           | 2026-01-01
fee_notices   | YX01     | 集团财务       | 业主方财务部   | yunqi.owner@example.cn       | 2026-01-01
fee_handover  | WX01     | 威新业主方财务 | 业主方财务部   | weixin.owner@example.cn      | 2026-01-01
fee_handover  | WX01     | 威新出纳       | 财务部出纳     | weixin.cashier@example.cn    | 2026-01-01
fee_handover  | GM01     | 国贸业主方财务 | 业主方财务部   | guomao.owner@example.cn      | 2026-01-01
fee_handover  | GM01     | 国贸出纳       | 财务部出纳     | guomao.cashier@example.cn    | 2026-01-01
fee_handover  | YX01     | 集团财务       | 业主方财务部   | yunqi.owner@example.cn       | 2026-01-01
fee_handover  | YX01     | 云栖出纳       | 财务部出纳     | yunqi.cashier@example.cn     | 2026-01-01
fee_preview   | WX01     | 威新收费审批人 | 财务部         | weixin.approver@example.cn   | 2026-01-01
fee_preview   | GM01     | 国贸收费审批人 | 财务部         | guomao.approver@example.cn   | 2026-01-01
fee_preview   | YX01     | 云栖收费审批人 | 财务部         | yunqi.approver@example.cn    | 2026-01-01
returned_rows | YX01     | 云栖资料报送   | 物业收费处     | yunqi.clerk@example.cn       | 2026-01-01
returned_rows | *        | 集团资料员     | 财务部         | group.clerk@example.cn       | 2026-01-01
fee_rerun     | *        | 运维           | 信息部         | ops@example.cn               | 2026-01-01
"""

# After the 20th of October --------------------------------------------------------------------------------

#: Readings of the stories after the notices: the month-end where the price changes, the 20th of November.
LATER_READINGS = """
meter     | readings
WX-D-302  | 10-20=1103 10-31=1140 11-20=1205
WX-D-401  | 10-31=1060 11-20=1150
WX-D-402  | 11-20=1150
WX-D-404  | 10-31=3082 11-20=3140
WX-D-501  | 11-20=3622
WX-D-1401 | 10-31=5250 11-20=5500
GM-D-A502 | 10-20=30! 10-31=52 11-20=90
"""
#: Money of the stories after the notices; plain tenants pay what their notice asks, two of three in time.
LATER_PAYMENTS = """
receipt    | paid on    | contract | amount  | payer | what is told
WX-2611-01 | 2026-10-28 | WX-301   | 4101.52 |       | in time
WX-2611-02 | 2026-11-10 | WX-702   | 1010.00 |       | the arrears and their late fee, not the new charge
WX-2611-03 | 2026-11-10 | WX-503   | 400.00  |       | a part, ten days late
WX-2611-04 | 2026-11-20 | WX-602   | 2000.00 |       | on the 20th: for the next notice
"""

# People and firms -----------------------------------------------------------------------------------------

WORDS = (
    "云岫听松望舒拾光栖霞若谷映雪知秋鹿鸣沐风行简怀瑾清越澄怀观澜问渠漱石枕流疏影暗香采薇嘉木既白未央扶光朝槿"
    "素履蘅芜青梧白露霁月长亭晚照远山"
)
TRADES = (
    "信息技术",
    "文化传媒",
    "商贸",
    "餐饮管理",
    "建筑设计",
    "人力资源",
    "财务咨询",
    "教育科技",
    "医疗器械",
    "物流",
)
SURNAMES = "苏程白顾林陶叶江温纪许秦罗贺宋梁唐曹袁邓潘杜钟卢汪谢傅丁魏姜范石龙邵孟金尹"
GIVEN = "予安若溪南乔见微景行青禾亦舟以宁云舒星河书瑶小满清禾念真书言怀瑾初夏之遥静姝望舒子墨思齐若兰北辰小川亦凡"


@dataclass(frozen=True)
class Tower:
    """A tower of the sample: what its units are called, and how its people keep their files."""

    site: str
    letters: str
    units: tuple[str, ...]
    property_price: Decimal
    is_excel: bool
    encoding: str


TOWER = {
    tower.site: tower
    for tower in (
        Tower(
            "WX01",
            "WX",
            tuple(f"{floor}{door:02}" for floor in range(3, 18) for door in range(1, 5)),
            Decimal("18.5"),
            is_excel=True,
            encoding="utf-8-sig",
        ),
        Tower(
            "GM01",
            "GM",
            tuple(f"A{floor}{door:02}" for floor in range(5, 15) for door in range(1, 5)),
            Decimal(22),
            is_excel=False,
            encoding="gb18030",
        ),
        Tower(
            "YX01",
            "YX",
            tuple(f"{floor:02}{door:02}" for floor in range(1, 6) for door in range(1, 5)),
            Decimal(15),
            is_excel=False,
            encoding="utf-8-sig",
        ),
    )
}

# From the tables to contracts -----------------------------------------------------------------------------

STORIES = {row["contract"]: row for row in table(CONTRACTS)}
STORY_METERS = table(METERS)
#: Tenant of a contract, where it is not one of the made-up firms.
DEVELOPER = ("YX-JT", "云栖置业集团有限公司")
UNKNOWN_TENANT = "WX-Z1201"
#: what a clerk wrote where an address should stand
NO_ADDRESS = "微信联系"


def chance(*about: object) -> bytes:
    return hashlib.sha256(" ".join(map(str, about)).encode()).digest()


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def site_of(name: str) -> str:
    return {tower.letters: tower.site for tower in TOWER.values()}[name[:2]]


def plain_units(tower: Tower) -> list[str]:
    """Units that nothing is told about; their contract is named after them."""
    told = {row["unit"] for name, row in STORIES.items() if site_of(name) == tower.site}
    return [unit for unit in tower.units if unit not in told]


def contracts(tower: Tower) -> list[str]:
    told = [name for name in STORIES if site_of(name) == tower.site]
    return sorted(
        [*told, *(f"{tower.letters}-{unit}" for unit in plain_units(tower))], key=lambda name: (len(name), name)
    )


def area(contract: str) -> Decimal:
    shared = {"GM-A601": "120.50", "GM-A602": "80.25", "GM-A603": "60.00"}
    return Decimal(shared.get(contract) or 60 + chance(contract, "area")[0]).quantize(CENT)


@dataclass(frozen=True)
class Charge:
    kind: str
    starts: str
    ends: str
    amount: Decimal
    timing: str
    vat: str
    method: str
    item: str


def charges(tower: Tower, contract: str) -> list[Charge]:
    """What a contract pays every month; of a plain one by its area."""
    methods = {"简": "简易计税", "免": "免税"}
    if contract in STORIES:
        return [
            Charge(
                row["费项"],
                row["from"] or STORIES[contract]["from"] or "2024-01-01",
                row["to"] or STORIES[contract]["to"] or "2028-12-31",
                Decimal(row["amount"]),
                row["when"],
                row["VAT"].rstrip("简免"),
                methods.get(row["VAT"][-1], "一般计税"),
                ITEMS.get((contract, row["费项"]), row["费项"]),
            )
            for row in table(CHARGES)
            if row["contract"] == contract
        ]
    dice = chance(contract, "charges")
    long = ("2024-01-01", "2028-12-31")
    found = [
        Charge("租金", *long, half_up(area(contract) * (70 + dice[0] % 50)), "下月", "9%", "一般计税", "租金"),
        Charge("物业费", *long, half_up(area(contract) * tower.property_price), "下月", "6%", "一般计税", "物业费"),
    ]
    if dice[1] % 4 == 0:
        parking = Decimal(300 + 50 * (dice[2] % 6))
        found.append(Charge("停车费", *long, parking, "本月", "9%", "一般计税", "停车费"))
    return found


@dataclass(frozen=True)
class Meter:
    number: str
    dials: str
    times: str
    replaces: str
    shares: tuple[tuple[str, str, str, str], ...]  # contract, from, to, key
    readings: tuple[tuple[date, str, str], ...]  # day, reading, "", ~ or !

    @property
    def utility(self) -> str:
        return "电" if "-D-" in self.number else "水"


def told_readings(text: str) -> tuple[tuple[date, str, str], ...]:
    found = []
    for cell in text.split():
        day, _, shown = cell.partition("=")
        found.append((date.fromisoformat(f"2026-{day}"), shown.rstrip("~!"), shown[len(shown.rstrip("~!")) :]))
    return tuple(found)


def _told_meter(row: dict[str, str]) -> Meter:
    shares = []
    starts = "2024-01-01"
    for cell in row["for"].split():
        contract, _, ends = cell.partition("<")
        contract, _, key = contract.partition("*")
        shares.append((contract, starts, ends or "2028-12-31", key or "1"))
        if ends:
            starts = (date.fromisoformat(ends) + timedelta(1)).isoformat()
    return Meter(
        row["meter"], row["dials"], row["times"] or "1", row["replaces"], tuple(shares), told_readings(row["readings"])
    )


def plain_meters(tower: Tower, contract: str) -> list[Meter]:
    """One for electricity, one for water; in the tower where water became dearer all were read the day before."""
    dice = chance(contract, "meters")
    unit = contract.split("-")[1]
    share = ((contract, "2024-01-01", "2028-12-31", "1"),)
    power = 1000 + 37 * dice[0]
    power_now = power + 80 + 3 * dice[1]
    water = Decimal(100 + dice[2]) + Decimal(dice[3] % 100) / 100
    water_month_end = water + Decimal(dice[4]) / 100
    water_now = water_month_end + Decimal(20 + 2 * dice[5]) / 100
    month_end = [(date(2026, 9, 30), str(water_month_end), "")] if tower.site == "YX01" else []
    return [
        Meter(
            f"{tower.letters}-D-{unit}", "6", "1", "", share, ((OPENED, str(power), ""), (AS_OF, str(power_now), ""))
        ),
        Meter(
            f"{tower.letters}-S-{unit}",
            "5",
            "1",
            "",
            share,
            ((OPENED, str(water), ""), *month_end, (AS_OF, str(water_now), "")),
        ),
    ]


def meters(tower: Tower) -> list[Meter]:
    told = [_told_meter(row) for row in STORY_METERS if site_of(row["meter"]) == tower.site]
    plain = [meter for unit in plain_units(tower) for meter in plain_meters(tower, f"{tower.letters}-{unit}")]
    return told + plain


def price(site: str, utility: str, day: date) -> Decimal:
    if utility == "电":
        return Decimal("0.8245")
    return Decimal("5.80") if site == "YX01" and day <= date(2026, 9, 30) else Decimal("6.10")


def plain_amount(tower: Tower, contract: str) -> Decimal:
    """What the notice of October asks of a plain tenant, reckoned here by itself: all his arrears are paid in time."""
    metered = [
        half_up((Decimal(shown) - Decimal(before)) * price(tower.site, meter.utility, day))
        for meter in plain_meters(tower, contract)
        for (_, before, _), (day, shown, _) in zip(meter.readings, meter.readings[1:], strict=False)
    ]
    return sum([charge.amount for charge in charges(tower, contract)], sum(metered, Decimal(0)))


def is_carrying_arrears(contract: str) -> bool:
    """Every third plain tenant paid October's rent only in October: it is brought in as arrears, and settled."""
    return chance(contract, "arrears")[0] % 3 == 0


# From contracts to files ----------------------------------------------------------------------------------


def firm(number: int) -> str:
    """A made-up name; no two numbers have the same."""
    turn, place = divmod(number, len(WORDS) // 2)
    return f"云州{WORDS[2 * place :][:2]}{TRADES[(number + 3 * turn) % len(TRADES)]}有限公司"


def person(*about: object) -> str:
    dice = chance(*about, "person")
    return SURNAMES[dice[0] % len(SURNAMES)] + GIVEN[2 * (dice[1] % (len(GIVEN) // 2)) :][:2]


def tenant_of(contract: str) -> tuple[str, str]:
    """Number and name of who pays."""
    if contract == "WX-1001":
        return DEVELOPER
    if contract == "WX-1201":
        return UNKNOWN_TENANT, ""
    tower = TOWER[site_of(contract)]
    place = contracts(tower).index(contract)
    first = {"WX01": 0, "GM01": 70, "YX01": 120}[tower.site]
    name = firm(first + place)
    if STORIES.get(contract, {}).get("note") == "自用":
        name = person(contract)
    return f"{tower.letters}-Z{contract.split('-')[1]}", name


def register(tower: Tower, title: str, header: list[str], lines: Iterable[list[str]]) -> dict[str, bytes]:
    """A list as the tower's people keep it."""
    lines = list(lines)
    if tower.is_excel:
        numbered = [[number, *line] for number, line in enumerate(lines, 1)]
        widths = [6, *[14] * len(header)]
        return {f"{tower.site}/{title}.xlsx": xlsx_table(f"{title}", ["序号", *header], numbered, widths)}
    return {f"{tower.site}/{title}.csv": csv_bytes(header, lines, tower.encoding)}


def unit_lines(tower: Tower) -> Iterator[list[str]]:
    for unit in tower.units:
        named = f"{tower.letters}-{unit}"
        is_unsold = STORIES.get(named, {}).get("note") == "未售"
        owner = "云栖置业集团有限公司" if is_unsold else person(named, "owner")
        yield [unit, str(area(named)), "否" if is_unsold else "是", owner]


def tenant_lines(tower: Tower) -> Iterator[list[str]]:
    for contract in contracts(tower):
        number, name = tenant_of(contract)
        if not name:
            continue
        dice = chance(contract, "phone")
        phone = f"1990000{int.from_bytes(dice[:2], 'big') % 10000:04}"
        mail = "" if contract == "GM-A504" else f"{number.lower()}@example.cn"
        mail = NO_ADDRESS if contract == "GM-A702" else mail
        code = f"9100000000{int.from_bytes(dice[2:6], 'big') % 10**8:08}"
        yield [number, name, code, person(contract), phone, mail]


def contract_lines(tower: Tower) -> Iterator[list[str]]:
    for contract in contracts(tower):
        row = STORIES.get(contract, {})
        rate = row.get("late", "0.05%")
        kinds = {"自用": "业主自用", "未售": "未售"}
        yield [
            contract,
            row.get("unit") or contract.split("-")[1],
            tenant_of(contract)[0],
            kinds.get(row.get("note", ""), "租赁"),
            row.get("from") or "2024-01-01",
            row.get("to") or "2028-12-31",
            rate,
            "合同第八条" if rate else "",
            "每月30天" if row.get("折算") else "实际天数",
            "是" if row.get("note") == "抄送" else "否",
        ]


def charge_lines(tower: Tower) -> Iterator[list[str]]:
    for contract in contracts(tower):
        for charge in charges(tower, contract):
            yield [
                contract,
                charge.kind,
                charge.item,
                charge.starts,
                charge.ends,
                str(charge.amount),
                charge.timing,
                charge.vat,
                charge.method,
            ]


def meter_lines(tower: Tower) -> Iterator[list[str]]:
    for meter in meters(tower):
        yield [meter.number, meter.utility, meter.dials, meter.times, meter.replaces]


def share_lines(tower: Tower) -> Iterator[list[str]]:
    for meter in meters(tower):
        for contract, starts, ends, key in meter.shares:
            yield [meter.number, contract, starts, ends, key]


def reading_lines(tower: Tower, readings: Iterable[tuple[str, tuple[date, str, str]]]) -> Iterator[list[str]]:
    for number, (day, shown, flag) in readings:
        source = "估算" if flag == "~" else "远传" if tower.site == "YX01" else "人工"
        yield [number, day.isoformat(), shown, source, person(tower.site, "reader"), "是" if flag == "!" else "否"]


READING_HEADER = ["表号", "抄表日期", "本期读数", "抄表方式", "抄表人", "过零"]
PAYMENT_HEADER = ["收据号", "到账日期", "合同号", "付款人", "到账金额", "收款方式", "摘要", "状态"]


def reading_files(tower: Tower) -> dict[str, bytes]:
    """September's round, and October's with what was read in between and what was typed wrongly."""
    every = [(meter.number, reading) for meter in meters(tower) for reading in meter.readings]
    before = [told for told in every if told[1][0] == OPENED]
    since = [told for told in every if told[1][0] > OPENED]
    bad = [
        [meter, day, shown, "人工", person(site, "reader"), "否"]
        for site, meter, day, shown in BAD_READINGS
        if site == tower.site
    ]
    return {
        **register(tower, "2026-09抄表记录", READING_HEADER, reading_lines(tower, before)),
        **register(tower, "2026-10抄表记录", READING_HEADER, [*reading_lines(tower, since), *bad]),
    }


def payment_line(receipt: str, paid_on: str, contract: str, payer: str, amount: str, status: str = "有效") -> list[str]:
    return [receipt, paid_on, contract, payer or tenant_of(contract)[1], amount, "转账", "", status]


def told_payments(text: str, tower: Tower) -> list[list[str]]:
    return [
        payment_line(row["receipt"], row["paid on"], row["contract"], row["payer"], row["amount"])
        for row in table(text)
        if site_of(row["receipt"]) == tower.site
    ]


def payment_lines(tower: Tower) -> list[list[str]]:
    found = told_payments(PAYMENTS, tower)
    for unit in plain_units(tower):
        contract = f"{tower.letters}-{unit}"
        if is_carrying_arrears(contract):
            paid_on = date(2026, 10, 8 + chance(contract, "paid")[0] % 3).isoformat()
            rent = charges(tower, contract)[0].amount
            found.append(payment_line(f"{tower.letters}-2610-{unit}", paid_on, contract, "", str(rent)))
    return found


def opening_lines(tower: Tower) -> list[list[str]]:
    found = [list(row.values()) for row in table(OPENINGS) if site_of(row["contract"]) == tower.site]
    for unit in plain_units(tower):
        contract = f"{tower.letters}-{unit}"
        if is_carrying_arrears(contract):
            found.append([contract, "租金", "2026-10", "2026-10-10", str(charges(tower, contract)[0].amount)])
    return found


def tower_files(tower: Tower) -> dict[str, bytes]:
    contract_header = [
        *("合同号", "房号", "租户编号", "合同类型", "开始日期", "到期日期"),
        *("违约金日率", "违约金条款", "不足月折算", "抄送业主"),
    ]
    charge_header = [
        *("合同号", "费项", "收费项目", "开始日期", "结束日期", "月金额", "收取时间", "税率", "计税方法"),
    ]
    return {
        **register(tower, "房源登记", ["房号", "建筑面积", "是否已售", "业主"], unit_lines(tower)),
        **register(
            tower, "租户登记", ["租户编号", "租户名称", "税号", "联系人", "联系电话", "邮箱"], tenant_lines(tower)
        ),
        **register(tower, "合同登记", contract_header, contract_lines(tower)),
        **register(tower, "固定收费", charge_header, charge_lines(tower)),
        **register(tower, "表计登记", ["表号", "类别", "表位数", "倍率", "换下的旧表号"], meter_lines(tower)),
        **register(tower, "表计归属", ["表号", "合同号", "开始日期", "结束日期", "分摊系数"], share_lines(tower)),
        **reading_files(tower),
        **register(tower, "期初余额", ["合同号", "费项", "所属月份", "到期日", "金额"], opening_lines(tower)),
        **register(tower, "2026-10到账登记", PAYMENT_HEADER, payment_lines(tower)),
    }


def inbox() -> dict[str, bytes]:
    """The files that the notices of October are made from."""
    voided = [[*line[:-1], "作废"] for line in told_payments(PAYMENTS, TOWER["WX01"]) if line[0] in VOIDED]
    found = {
        "楼宇登记.csv": csv_table(TOWERS),
        "收款单位.csv": csv_table(PAYEES),
        "收费标准.csv": csv_table(TARIFFS),
        "通知单文字.csv": csv_table(WORDINGS),
        "通知单号段.csv": csv_table(NUMBER_STARTS),
        "WX01/免租期.csv": csv_table(RENT_FREE),
        "WX01/减免登记.csv": csv_table(WAIVERS_WX),
        "GM01/减免登记.csv": csv_table(WAIVERS_GM, encoding="gb18030"),
        "WX01/2026-10到账登记-作废.csv": csv_bytes(PAYMENT_HEADER, voided, "utf-8-sig"),
    }
    for tower in TOWER.values():
        found |= tower_files(tower)
    return found


def later_readings(tower: Tower) -> Iterator[tuple[str, tuple[date, str, str]]]:
    """Electricity at the month's end, as its price changes, and every meter on 20 November; corrections of October."""
    told = {row["meter"]: told_readings(row["readings"]) for row in table(LATER_READINGS)}
    replaced = {meter.replaces for meter in meters(tower)}
    for meter in meters(tower):
        if meter.number in told:
            yield from ((meter.number, reading) for reading in told[meter.number])
        elif meter.number not in replaced:
            (first_on, first, _), (last_on, last, flag) = meter.readings[0], meter.readings[-1]
            used = Decimal(last) - Decimal(first) + (10 ** int(meter.dials) if flag == "!" else 0)
            a_day = used / (last_on - first_on).days
            for day in (date(2026, 10, 31), date(2026, 11, 20)):
                if day.month == 11 or meter.utility == "电":
                    grown = Decimal(last) + half_up(a_day * (day - last_on).days)
                    yield meter.number, (day, str(grown), "")


def later_payments(tower: Tower) -> list[list[str]]:
    found = told_payments(LATER_PAYMENTS, tower)
    for unit in plain_units(tower):
        contract = f"{tower.letters}-{unit}"
        dice = chance(contract, "later")
        if dice[0] % 3:
            paid_on = (date(2026, 10, 21) + timedelta(dice[1] % 9)).isoformat()
        elif dice[0] % 2:
            paid_on = (date(2026, 11, 3) + timedelta(dice[1] % 14)).isoformat()
        else:
            continue
        asked = str(plain_amount(tower, contract))
        found.append(payment_line(f"{tower.letters}-2611-{unit}", paid_on, contract, "", asked))
    return found


def later() -> dict[str, bytes]:
    """The files that come after the notices of October: corrections, the new price, readings and money of November."""
    found = {"收费标准-2026-11.csv": csv_table(TARIFFS_NOVEMBER)}
    names = {
        AS_OF: "2026-10-20抄表记录-更正",
        date(2026, 10, 31): "2026-10-31抄表记录",
        date(2026, 11, 20): "2026-11抄表记录",
    }
    for tower in TOWER.values():
        read = list(later_readings(tower))
        for day, title in names.items():
            of_day = [told for told in read if told[1][0] == day]
            if of_day:
                found |= register(tower, title, READING_HEADER, reading_lines(tower, of_day))
        found |= register(tower, "2026-11到账登记", PAYMENT_HEADER, later_payments(tower))
    return found
