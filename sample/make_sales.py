"""The case sites of the sample: what three projects of 云州锦城置业 registered from August to 1 November 2026.

What is told stands in the tables below, case by case; who else came, called, bought and paid follows from a hash of the
day or the deal, so that making it twice makes the same. `control` and `receivables` reckon the figures of the tour from
these rows in plain decimals, by other ways than the books. Nobody in here is real.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from filing import csv_bytes, csv_table, table, xlsx_bytes
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
SITES = ("CH01", "JN01", "YQ01")
OPENS_ON = {"YQ01": date(2026, 8, 3), "JN01": date(2026, 8, 3), "CH01": date(2026, 10, 5)}
#: last day that the files of the inbox know of: the Sunday of 2026-W44
KNOWN_UNTIL = date(2026, 11, 1)
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
WEEK_44 = date(2026, 10, 26), date(2026, 11, 1)

Row = dict[str, object]

# The story ------------------------------------------------------------------------------------------------

PROJECTS = """
site_id | project_name | group_id | group_name           | opens_on   | is_unit_register | manager_id | contact
YQ01    | 云栖台       | GS01     | 云州锦城置业有限公司 | 2026-08-03 | 是               | A01        | 云栖台案场 0500-6600-0911
JN01    | 江南府       | GS01     | 云州锦城置业有限公司 | 2026-08-03 | 是               | B01        | 江南府案场 0500-6600-0912
CH01    | 澄湖湾       | GS01     | 云州锦城置业有限公司 | 2026-10-05 | 是               | C01        | 澄湖湾案场 0500-6600-0913
"""

#: floors × columns; price of a square metre on the ground floor, 60 more a floor; released: null is not yet.
BUILDINGS = """
site | no | name  | product | floors | columns | areas         | price | permit        | permit_on  | released
YQ01 | 1  | 1号楼 | 高层    | 15     | 4       | 89 105 118 89 | 13200 | 云房预2026-11 | 2026-06-15 | 2026-06-20
YQ01 | 2  | 2号楼 | 高层    | 15     | 4       | 96 112 112 96 | 13400 | 云房预2026-17 | 2026-08-10 | 2026-08-15
YQ01 | 3  | 3号楼 | 小高层  | 20     | 4       | 79 89 89 79   | 13900 | 云房预2026-29 | 2026-10-20 | 2026-10-25
JN01 | 1  | 1号楼 | 洋房    | 8      | 4       | 128 128 143 143 | 12800 | 云房预2026-08 | 2026-05-12 | 2026-05-16
JN01 | 2  | 2号楼 | 高层    | 18     | 4       | 89 98 98 89   | 11600 | 云房预2026-12 | 2026-07-01 | 2026-07-08
CH01 | 1  | 1号楼 | 叠墅    | 4      | 8       | 76 76 82 82 76 76 82 82 | 11300 | 云房预2026-26 | 2026-09-28 | 2026-10-05
CH01 | S  | 商业街 | 商铺   | 2      | 10      | 46 46 52 52 46 46 52 52 46 46 | 19800 |  |  |
"""

HOLDS = """
site | unit   | kind | from       | until      | reason                 | by
YQ01 | 1-1501 | 保留 | 2026-08-03 |            | 集团预留               | 陶望山
YQ01 | 1-1502 | 保留 | 2026-08-03 |            | 集团预留               | 陶望山
YQ01 | 1-1401 | 抵押 | 2026-08-03 |            | 开发贷抵押未解除       | 陶望山
YQ01 | 2-0101 | 销控 | 2026-08-15 | 2026-09-30 | 样板间                 | 沈知行
YQ01 | 1-1503 | 销控 | 2026-08-03 |            | 待提价                 | 沈知行
JN01 | 1-0801 | 保留 | 2026-08-03 | 2026-10-31 | 团购预留               | 容与川
JN01 | 1-0601 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
JN01 | 1-0602 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
JN01 | 1-0603 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
JN01 | 1-0604 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
JN01 | 1-0701 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
JN01 | 1-0702 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
JN01 | 1-0703 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
JN01 | 1-0704 | 销控 | 2026-08-03 |            | 登记启用前已售         | 容与川
CH01 | 1-0408 | 销控 | 2026-10-05 |            | 样板间                 | 楚云深
"""

#: Twelve; A05 moves on 15 October (SAL-11), C03 has just come and does nothing (SAL-17).
CONSULTANTS = """
consultant_id | effective_from | consultant_name | site_id | team_name | grade    | address              | left_on
A01           | 2026-01-01     | 沈知行          | YQ01    |           | 经理     | yq.a01@example.cn    |
A02           | 2026-01-01     | 陆听澜          | YQ01    | 甲组      | 主管     | yq.a02@example.cn    |
A03           | 2026-01-01     | 温如故          | YQ01    | 甲组      | 置业顾问 | yq.a03@example.cn    |
A04           | 2026-03-02     | 祁连雪          | YQ01    | 乙组      | 置业顾问 | yq.a04@example.cn    |
A05           | 2026-05-06     | 闻书遥          | YQ01    | 乙组      | 置业顾问 | yq.a05@example.cn    |
A05           | 2026-10-15     | 闻书遥          | CH01    |           | 置业顾问 | ch.a05@example.cn    |
B01           | 2026-01-01     | 容与川          | JN01    |           | 经理     | jn.b01@example.cn    |
B02           | 2026-01-01     | 阮清欢          | JN01    | 甲组      | 主管     | jn.b02@example.cn    |
B03           | 2026-02-09     | 郁长宁          | JN01    | 甲组      | 置业顾问 | jn.b03@example.cn    |
B04           | 2026-04-13     | 简归舟          | JN01    | 乙组      | 置业顾问 | jn.b04@example.cn    |
C01           | 2026-09-01     | 楚云深          | CH01    |           | 经理     | ch.c01@example.cn    |
C02           | 2026-09-01     | 苗初晴          | CH01    |           | 置业顾问 | ch.c02@example.cn    |
C03           | 2026-10-26     | 时念安          | CH01    |           | 置业顾问 | ch.c03@example.cn    |
"""
#: who serves customers without a story
SERVING = {"YQ01": ("A03", "A04", "A05"), "JN01": ("B02", "B03", "B04"), "CH01": ("C02", "A05")}
A05_MOVES = date(2026, 10, 15)

#: Deals with a story. seen: day of the first visit ("-": none); signed: "-" not by 1 November.
DEALS = """
deal   | unit   | who    | phone       | seller | seen  | subscribed | signed | amount     | way    | channel  | what is told
JN-881 | 2-0501 | 程雨眠 | 19900010881 | B03    | 08-29 | 09-05      | 09-12  | 1100000.00 | 一次性 | 自然到访 | SAL-03 signed in September, cancelled on 14 October
JN-882 | 2-0601 | 骆之南 | 19900010882 | B04    | 09-06 | 09-11      | 09-18  | 1060000.00 | 一次性 | 中介渠道 | SAL-03 swapped on 16 October, 300,000.00 dearer
JN-901 | 2-0301 | 乔山月 | 19900010901 | B03    | 09-21 | 09-26      | 10-02  | 1180000.00 | 按揭   | 自然到访 | SAL-03 one of ten
JN-902 | 2-0302 | 文清野 | 19900010902 | B04    | 09-22 | 09-28      | 10-03  | 1215000.00 | 按揭   | 中介渠道 | SAL-03 one of ten
JN-903 | 2-0402 | 向晚舟 | 19900010903 | B02    | 09-26 | 10-01      | 10-05  | 1240000.00 | 分期   | 朋友圈   | SAL-03 one of ten
JN-904 | 2-0701 | 施若水 | 19900010904 | B03    | 09-28 | 10-03      | 10-08  | 1195500.00 | 按揭   | 户外广告 | SAL-03 one of ten
JN-905 | 2-0704 | 顾行川 | 19900010905 | B04    | 10-01 | 10-06      | 10-11  | 1168000.00 | 一次性 | 自然到访 | SAL-03 one of ten
JN-906 | 2-0802 | 孟听溪 | 19900010906 | B02    | 10-04 | 10-10      | 10-15  | 1202000.00 | 按揭   | 抖音     | SAL-03 one of ten
JN-907 | 2-0503 | 裴照野 | 19900010907 | B03    | 10-13 | 10-20      | 10-23  | 1230500.00 | 按揭   | 自然到访 | SAL-03 one of ten
JN-908 | 2-0903 | 宁远山 | 19900010908 | B04    | 10-11 | 10-17      | 10-24  | 1189000.00 | 公积金 | 中介渠道 | SAL-03 one of ten
JN-909 | 2-1001 | 任平生 | 19900010909 | B02    | 10-16 | 10-21      | 10-28  | 1210000.00 | 按揭   | 朋友圈   | SAL-03 one of ten
JN-910 | 2-1104 | 葛云起 | 19900010910 | B03    | 10-20 | 10-25      | 10-31  | 1170000.00 | 分期   | 自然到访 | SAL-03 one of ten, on the last day
JN-921 | 2-1201 | 祝南星 | 19900010921 | B04    | 10-19 | 10-26      | -      | 1190000.00 | 按揭   | 自然到访 | Subscribed, its time runs
JN-922 | 2-1202 | 尉迟安 | 19900010922 | B03    | 10-08 | 10-12      | -      | 1205000.00 | 按揭   | 中介渠道 | Subscribed, 12 days over its time on 31 October
JN-923 | 2-1203 | 柏舟行 | 19900010923 | B02    | 10-02 | 10-05      | -      | 1187000.00 | 按揭   | 抖音     | Subscription withdrawn, deposit refunded
YQ-901 | 1-1001 | 白露凝 | 19900010001 | A03    | 10-22 | 10-28      | -      | 1310000.00 | 按揭   | 自然到访 | SAL-04 subscribed 28 October, signed 3 November
YQ-902 | 2-0901 | 岑夏至 | 19900010002 | A01    | 09-19 | 10-24      | 10-29  | 1420000.00 | 一次性 | 企业团购 | SAL-05 no visits by this channel, two signings
YQ-903 | 2-0902 | 费听潮 | 19900010003 | A01    | 09-19 | 10-25      | 10-31  | 1650000.00 | 一次性 | 企业团购 | SAL-05 no visits by this channel, two signings
YQ-904 | 2-1001 | 卓文渊 | 19900010004 | A02    | 09-26 | 10-23      | 10-27  | 1435000.00 | 按揭   | 老带新   | SAL-05 one visit by this channel, two signings
YQ-905 | 2-1002 | 晏小山 | 19900010005 | A02    | 10-26 | 10-28      | 10-30  | 1668000.00 | 按揭   | 老带新   | SAL-05 one visit by this channel, two signings
YQ-906 | 1-0302 | 谷雨生 | 19900010006 | A04    | 10-04 | 10-10      | 10-16  | 1388000.00 | 按揭   | 中介渠道 | SAL-20 the group's file says 1,398,000.00
YQ-907 | 1-0303 | 甘棠影 | 19900010007 | A04    | 08-25 | 08-31      | 09-05  | 900000.00  | 分期   | 自然到访 | SAL-15 the oldest first
YQ-908 | 1-0901 | 路遥知 | 19900010008 | A03    | 10-18 | 10-24      | -      | 1235000.00 | 按揭   | 户外广告 | SAL-12 deposit received in October, refunded in November
YQ-909 | 1-0502 | 楼望月 | 19900010009 | A04    | 10-09 | 10-15      | 10-20  | 1480000.00 | 分期   | 自然到访 | SAL-13 received on 31 October, told on 2 and on 5 November
YQ-910 | 1-0503 | 鲁直言 | 19900010010 | A03    | 09-08 | 09-14      | 09-20  | 1602000.00 | 按揭   | 抖音     | SAL-12 mortgage approved and not paid out
YQ-911 | 3-0801 | 戚长风 | 19900010011 | A03    | 10-21 | 10-25      | 11-01  | 1150000.00 | 按揭   | 自然到访 | SAL-02 signed on the Sunday that is November
YQ-912 | 1-0601 | 蓝田玉 | 19900010012 | A05    | 08-30 | 09-04      | 09-10  | 1208000.00 | 分期   | 自然到访 | SAL-11 A05's deal, A03's receivable
YQ-913 | 2-0602 | 穆清风 | 19900010013 | A05    | 09-30 | 10-04      | 10-08  | 1555000.00 | 分期   | 中介渠道 | SAL-11 A05's deal, A03's receivable
YQ-914 | 2-0603 | 钟离秋 | 19900010014 | A03    | 10-05 | 10-11      | 10-17  | 1430000.00 | 按揭   | 朋友圈   | SA-B9 below what a consultant may grant, nobody approved
YQ-915 | 2-0604 | 上官宁 | 19900010015 | A03    | 10-05 | 10-12      | 10-18  | 1230000.00 | 按揭   | 朋友圈   | SA-B9 the same, approved by the manager
YQ-916 | 2-0701 | 单雄飞 | 19900010016 | A04    | 10-07 | 10-13      | 10-19  | 1395000.00 | 一次性 | 户外广告 | SAL-18 20,000.00 less by an agreement of November
CH-901 | 1-0101 | 燕归来 | 19900010031 | A05    | 10-16 | 10-18      | 10-22  | 1000000.01 | 一次性 | 自然到访 | SAL-10 shared by two
CH-902 | 1-0102 | 秋水伊 | 19900010032 | C02    | 10-05 | 10-06      | 10-08  | 900000.00  | 分期   | 自然到访 | SAL-14 four days to pay
CH-903 | 1-0103 | 冬青木 | 19900010033 | A05    | -     | 10-20      | 10-25  | 985000.00  | 一次性 | 中介渠道 | SA-B3 C02's customer, claimed on the 6th day after the deposit
CH-904 | 1-0104 | 夏蝉鸣 | 19900010034 | A05    | -     | 10-20      | 10-26  | 978000.00  | 一次性 | 中介渠道 | SA-B3 C02's customer, claimed on the 9th day after the deposit
CH-905 | 1-0105 | 梅子黄 | 19900010036 | A05    | 10-19 | 10-24      | -      | 905000.00  | 按揭   | 自然到访 | Its time is over on 31 October
"""
#: the unit of JN-881, once more
DEALS_LATER = """
deal   | unit   | who    | phone       | seller | seen  | subscribed | signed | amount     | way    | channel  | what is told
JN-931 | 2-0501 | 封疆晓 | 19900010931 | B02    | -     | 11-05      | -      | 1112000.00 | 按揭   | 自然到访 | SA-B5 a unit that came back may be sold again
"""
#: sold by the last step but one: the price lies below what a consultant may grant
AT_INTERNAL_PRICE = {"YQ-914": ("", ""), "YQ-915": ("沈知行", "内部")}
#: why it is not signed yet
OPEN_REASONS = {"JN-922": "征信报告未出", "YQ-908": "客户改变主意，要求退订", "CH-905": "等配偶签字"}

#: In the order of the developer's approval; new unit and difference of a swap.
CHANGES = """
no        | deal   | kind | new    | area  | amount     | applied | approved | reason
BG-JN-901 | JN-881 | 退房 |        | 89    | 1100000.00 | 09-28   | 10-14    | 客户工作调动
BG-JN-902 | JN-882 | 换房 | 2-1602 | 9     | 300000.00  | 10-10   | 10-16    | 换大户型
BG-JN-903 | JN-923 | 退订 |        | 98    | 1187000.00 | 10-09   | 10-12    | 贷款资格不符
BG-YQ-901 | YQ-908 | 退订 |        | 89    | 1235000.00 | 10-31   |          | 客户改变主意
"""
CHANGES_LATER = """
no        | deal   | kind     | new    | area  | amount     | applied | approved | reason
BG-YQ-901 | YQ-908 | 退订     |        | 89    | 1235000.00 | 10-31   | 11-05    | 客户改变主意
BG-YQ-902 | YQ-916 | 补充协议 |        | 0     | -20000.00  | 11-02   | 11-09    | 装修标准调整
"""

#: What is due otherwise than by the way of paying.
INSTALMENTS = """
deal   | kind | due   | amount
YQ-907 | 首付 | 09-05 | 600000.00
YQ-907 | 分期 | 10-01 | 100000.00
YQ-907 | 分期 | 11-01 | 200000.00
YQ-909 | 首付 | 10-20 | 500000.00
YQ-909 | 分期 | 10-31 | 200000.00
YQ-909 | 尾款 | 12-20 | 780000.00
YQ-910 | 首付 | 09-20 | 702000.00
YQ-910 | 按揭 | 10-30 | 900000.00
CH-902 | 首付 | 10-08 | 700000.00
CH-902 | 分期 | 10-20 | 30000.00
CH-902 | 分期 | 10-21 | 20000.00
CH-902 | 分期 | 11-20 | 50000.00
CH-902 | 尾款 | 12-05 | 100000.00
JN-882 | 首付 | 09-18 | 530000.00
JN-882 | 尾款 | 10-18 | 530000.00
JN-882 | 尾款 | 11-15 | 300000.00
"""

#: What was paid of deals whose money is told; no: the instalment that the payer named. A line of a deal stands for all
#: that it paid beside its deposit.
PAID = """
deal   | kind | amount      | value | no
YQ-907 | 首付 | 550000.00   | 09-05 | 1
YQ-909 | 首付 | 450000.00   | 10-20 | 1
YQ-910 | 首付 | 652000.00   | 09-20 | 1
CH-902 | 首付 | 650000.00   | 10-08 | 1
CH-901 | 首付 | 450000.01   | 10-22 |
CH-903 | 首付 | 442500.00   | 10-25 | 1
CH-904 | 首付 | 200000.00   | 10-27 | 1
YQ-912 | 首付 | 312400.00   | 09-10 | 1
YQ-913 | 首付 | 416500.00   | 10-08 | 1
YQ-916 | 首付 | 647500.00   | 10-19 | 1
YQ-916 | 尾款 | 300000.00   | 10-30 | 2
JN-881 | 首付 | 500000.00   | 09-12 | 1
JN-881 | 退款 | -550000.00  | 10-20 |
JN-882 | 首付 | 480000.00   | 09-18 | 1
JN-882 | 尾款 | 530000.00   | 10-18 | 2
JN-923 | 退款 | -50000.00   | 10-13 |
"""
#: (a) told on Monday 2 November, before the month's report, and not confirmed by finance yet
PAID_2_NOVEMBER = """
deal   | kind | amount    | value | no
YQ-909 | 分期 | 120000.00 | 10-31 | 2
"""
#: (b) told on 5 November, after it; and what was received and paid back in November
PAID_LATER = """
deal   | kind | amount     | value | no
YQ-909 | 分期 | 80000.00   | 10-31 | 2
YQ-901 | 首付 | 350000.00  | 11-03 | 1
YQ-908 | 退款 | -50000.00  | 11-06 |
YQ-907 | 分期 | 150000.00  | 11-10 |
"""
SIGNED_LATER = {"YQ-901": date(2026, 11, 3)}

#: The group's own list: four contracts that agree, one that does not (SAL-20).
IN_GROUP_FILE = {"YQ-906": "1398000.00", "YQ-910": "", "JN-901": "", "JN-902": "", "CH-902": ""}

SHARES = """
deal   | consultant | share
CH-901 | A05        | 50%
CH-901 | C02        | 50%
"""

HANDOVERS = """
deal   | to  | on         | reason
YQ-912 | A03 | 2026-10-15 | 闻书遥调往澄湖湾
YQ-913 | A03 | 2026-10-15 | 闻书遥调往澄湖湾
"""

#: Visits with a story, beside the first ones of the deals. for: the colleague on whose behalf; by: who brought along.
VISITS = """
site | at          | who    | phone             | by  | for | brought     | what is told
YQ01 | 10-17 10:05 | 童话里 | 19900020001       | A03 |     |             | SAL-06 one phone in three spellings on one day
YQ01 | 10-17 14:20 | 童话里 | +86 199-0002-0001 | A03 |     |             | SAL-06 the same, and no turn: the same day (SA-B10)
YQ01 | 10-17 16:45 | 童先生 | １９９０００２０００１ | A03 |     |             | SAL-06 the same in full width
YQ01 | 10-20 11:10 | 童话里 | 199 0002 0001     | A03 |     |             | SAL-06 three days later: a return
YQ01 | 10-20 15:30 | 袁山松 | 19900020002       | A04 |     |             | SAL-07 called A03 on the 10th: 15 days, A03's
JN01 | 10-20 15:30 | 袁江左 | 19900020003       | B04 |     |             | SAL-07 called B03 on the 10th: 7 days, B04's
YQ01 | 09-24 10:00 | 柳如烟 | 19900020004       | A03 |     |             | SAL-08 followed up on 1 October: A03's to the 8th
YQ01 | 10-08 17:30 | 柳如烟 | 19900020004       | A04 |     |             | SAL-08 on the 8th: still A03's
YQ01 | 09-24 11:00 | 桑落酒 | 19900020005       | A03 |     |             | SAL-08 the same
YQ01 | 10-09 09:10 | 桑落酒 | 19900020005       | A04 |     |             | SAL-08 on the 9th: open to all, A04's
YQ01 | 10-03 10:30 | 荀子谦 | 19900020006       | A03 |     |             | SAL-09 followed up on the 5th, entered on the 12th
YQ01 | 10-11 15:00 | 荀子谦 | 19900020006       | A04 |     |             | SAL-09 that extends nothing: A04's since the 11th
YQ01 | 09-05 10:00 | 方寸心 | 19900020013       | A04 |     |             | SA-B3 followed up all the time: two months end on 5 November
YQ01 | 10-18 10:20 | 谷雨生 | 19900010006       | A04 |     |             | SA-B10 has bought: no turn
YQ01 | 10-22 13:40 | 霍去疾 | 19900020007       | A04 | A03 |             | SA-B10 served on A03's behalf: no turn of A04's
CH01 | 10-06 10:00 | 任我行 | 19900020008       | C02 |     |             | SA-B3 the earlier registration
CH01 | 10-20 10:00 | 任我行 | 19900020008       | A05 |     |             | SA-B3 the later one: C02's
CH01 | 10-06 11:00 | 冬青木 | 19900010033       | C02 |     |             | SA-B3 C02's customer, closed by A05
CH01 | 10-06 14:00 | 夏蝉鸣 | 19900010034       | C02 |     |             | SA-B3 C02's customer, closed by A05
CH01 | 10-07 10:00 | 梅长亭 | 19900010035       | C02 |     |             | SA-B3 the husband
CH01 | 10-21 10:00 | 夏荷风 | 19900020012       | A05 |     |             | SA-B3 his wife: C02's
CH01 | 10-18 10:30 | 安乐窝 | 19900020009       | A05 | C02 | 19900010032 | SA-B3 brought along, C02 had left word: C02's
CH01 | 10-18 11:30 | 安平乐 | 19900020010       | A05 |     | 19900010032 | SA-B3 brought along, no word left: A05's
JN01 | 10-12 10:00 | 公孙策 | 19900020011       | B03 |     |             | SA-B3 claimed by B04, ruled for B03
JN01 | 10-14 10:00 | 公孙策 | 19900020011       | B04 |     |             | SA-B3 the later one
"""
CALLS = """
site | at          | who    | phone           | by  | what is told
YQ01 | 10-10 09:40 | 袁山松 | 199-0002-0002   | A03 | SAL-07 15 days
JN01 | 10-10 09:40 | 袁江左 | 199-0002-0003   | B03 | SAL-07 7 days
"""
FOLLOW_UPS = """
site | phone       | by  | at          | entered | content          | what is told
YQ01 | 19900020004 | A03 | 10-01 10:00 | 10-01   | 约国庆后看样板间 | SAL-08
YQ01 | 19900020005 | A03 | 10-01 10:20 | 10-01   | 嫌总价高         | SAL-08
YQ01 | 19900020006 | A03 | 10-05 16:00 | 10-12   | 等家人商量       | SAL-09 entered a week late
YQ01 | 19900020013 | A04 | 09-11 16:30 | 09-11   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 09-17 16:30 | 09-17   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 09-23 16:30 | 09-23   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 09-29 16:30 | 09-29   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 10-05 16:30 | 10-05   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 10-11 16:30 | 10-11   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 10-17 16:30 | 10-17   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 10-23 16:30 | 10-23   | 继续比较户型     | SA-B3 within 7 days each time
YQ01 | 19900020013 | A04 | 10-29 16:30 | 10-29   | 继续比较户型     | SA-B3 within 7 days each time
CH01 | 19900020008 | C02 | 10-12 16:00 | 10-12   | 想要边户         | SA-B3
"""
LEFT_WORDS = """
site | by  | phone       | who    | at
CH01 | C02 | 19900020009 | 安乐窝 | 10-17 18:00
"""
FAMILIES = """
site | phone       | other       | relation | on
CH01 | 19900010035 | 19900020012 | 夫妻     | 10-21
"""
CLAIMS = """
site | no       | phone       | by  | raised | for | ruled_by | ruled_on | opinion
CH01 | ZD-CH-01 | 19900010033 | C02 | 10-26  |     |          |          |
CH01 | ZD-CH-02 | 19900010034 | C02 | 10-29  |     |          |          |
JN01 | ZD-JN-01 | 19900020011 | B04 | 10-15  | B03 | 容与川   | 10-16    | 郁长宁登记在先，归郁长宁
"""

CASH = """
site | no       | kind     | by  | amount   | held        | handed      | consent
YQ01 | XJ-YQ-01 | 案场经理 | A01 | 6000.00  | 10-28 10:00 | 10-28 18:00 | 沈知行
YQ01 | XJ-YQ-02 | 案场经理 | A01 | 5000.00  | 10-28 11:00 | 10-28 20:00 | 沈知行
YQ01 | XJ-YQ-03 | 案场经理 | A01 | 3000.00  | 10-30 09:00 | 10-30 22:00 | 沈知行
YQ01 | XJ-YQ-04 | 置业顾问 | A03 | 2000.00  | 10-29 16:00 | 10-29 17:00 |
JN01 | XJ-JN-01 | 案场经理 | B01 | 10000.00 | 10-27 09:00 | 10-27 21:00 | 容与川
"""

TRAININGS = """
site | no          | kind     | on    | topic            | count
YQ01 | PX-YQ-2610a | 培训     | 10-09 | 3号楼产品说明    | 5
YQ01 | PX-YQ-2610b | 培训     | 10-15 | 合同条款         | 4
YQ01 | PX-YQ-2610c | 培训     | 10-22 | 开盘演练         | 4
YQ01 | PX-YQ-2610d | 培训     | 10-29 | 按揭政策         | 4
YQ01 | PX-YQ-2610e | 竞品调研 | 10-19 | 城东三盘价格     | 2
JN01 | PX-JN-2610a | 培训     | 10-10 | 合同条款         | 4
JN01 | PX-JN-2610b | 培训     | 10-17 | 接待礼仪         | 4
JN01 | PX-JN-2610c | 培训     | 10-24 | 按揭政策         | 3
CH01 | PX-CH-2610a | 培训     | 10-08 | 项目说明         | 2
CH01 | PX-CH-2610b | 培训     | 10-14 | 叠墅户型         | 2
CH01 | PX-CH-2610c | 培训     | 10-21 | 合同条款         | 3
CH01 | PX-CH-2610d | 培训     | 10-28 | 按揭政策         | 4
CH01 | PX-CH-2610e | 竞品调研 | 10-23 | 湖区两盘价格     | 1
"""
#: meetings of October that were not held (-), or of which there are no minutes (?): 59 of 62, 57 of 62, 54 of 54
MISSED_MEETINGS = """
site | on    | kind | how
YQ01 | 10-01 | 夕会 | -
YQ01 | 10-25 | 晨会 | -
YQ01 | 10-26 | 夕会 | ?
JN01 | 10-01 | 晨会 | -
JN01 | 10-01 | 夕会 | -
JN01 | 10-02 | 夕会 | -
JN01 | 10-18 | 夕会 | -
JN01 | 10-25 | 夕会 | -
"""
#: contracts that were checked in October, of the newest; faults of the first ones: 19 of 20, 9 of 10, none at CH01
CHECKED = {"YQ01": (20, 1), "JN01": (10, 1), "CH01": (0, 0)}

#: CH01 has none (SAL-17); that of subscriptions changes on 15 October (SAL-16).
TARGETS = """
site | month   | indicator | consultant | from       | amount
YQ01 | 2026-08 | 签约套数  |            | 2026-08-01 | 20
YQ01 | 2026-09 | 签约套数  |            | 2026-09-01 | 24
YQ01 | 2026-10 | 来访      |            | 2026-10-01 | 400
YQ01 | 2026-10 | 认购套数  |            | 2026-10-01 | 100
YQ01 | 2026-10 | 认购套数  |            | 2026-10-15 | 80
YQ01 | 2026-10 | 签约套数  |            | 2026-10-01 | 30
YQ01 | 2026-10 | 签约金额  |            | 2026-10-01 | 42000000.00
YQ01 | 2026-10 | 回款金额  |            | 2026-10-01 | 30000000.00
YQ01 | 2026-10 | 签约套数  | A03        | 2026-10-01 | 12
YQ01 | 2026-10 | 签约套数  | A04        | 2026-10-01 | 12
YQ01 | 2026-11 | 签约套数  |            | 2026-11-01 | 36
JN01 | 2026-10 | 来访      |            | 2026-10-01 | 250
JN01 | 2026-10 | 签约套数  |            | 2026-10-01 | 12
JN01 | 2026-10 | 签约金额  |            | 2026-10-01 | 14000000.00
JN01 | 2026-10 | 回款金额  |            | 2026-10-01 | 9000000.00
"""
#: YQ01 in time, JN01 two days late, CH01 not at all
PLANS = """
site | month   | kind | item         | amount      | on
YQ01 | 2026-11 | 销售 | 认购套数     | 40          | 2026-10-19
YQ01 | 2026-11 | 销售 | 签约套数     | 36          | 2026-10-19
YQ01 | 2026-11 | 销售 | 签约金额     | 48000000.00 | 2026-10-19
YQ01 | 2026-11 | 资金 | 营销推广     | 380000.00   | 2026-10-19
YQ01 | 2026-11 | 资金 | 渠道佣金     | 520000.00   | 2026-10-19
JN01 | 2026-11 | 销售 | 签约套数     | 12          | 2026-10-22
JN01 | 2026-11 | 资金 | 营销推广     | 150000.00   | 2026-10-22
"""
#: what was before these registers begin; the eight units are kept from sale (HOLDS)
OPENINGS = """
site | indicator | building | product | count | area   | amount
YQ01 | 来电      |          |         | 860   |        |
YQ01 | 来访      |          |         | 1240  |        |
JN01 | 来电      |          |         | 412   |        |
JN01 | 来访      |          |         | 655   |        |
JN01 | 认购      | 1        | 洋房    | 8     | 1084   | 14200000.00
JN01 | 签约      | 1        | 洋房    | 8     | 1084   | 14200000.00
JN01 | 回款      | 1        | 洋房    |       |        | 11860000.00
"""

# What comes back ------------------------------------------------------------------------------------------

#: A unit sold twice, a unit that nobody registered (认购), in the file of October.
BAD_SUBSCRIPTIONS = (
    {"subscription_no": "RG-YQ-998", "unit_no": "1-0302", "customer_name": "屈指算", "phone": "19900020098"},
    {"subscription_no": "RG-YQ-999", "unit_no": "9-9901", "customer_name": "阳关道", "phone": "19900020099"},
)
#: A day that does not exist (来访), a number that is none (来电).
BAD_VISIT = ("LF-CH-999", "2026-10-32 10:00", "古道热", "19900020097")
BAD_CALL = ("LD-JN-999", "2026-10-09 10:00", "西风瘦", "1990002009")

# What the shared lists of the group say about the projects -------------------------------------------------

RULE_SETS = """
制度编号 | 制度名称                 | 优先级 | 出处
anchang  | 案场管理制度             | 12     | 000 国贸大厦案场管理制度、002 售楼部管理制度
yqbaohu  | 云栖台客户保护期规定     | 20     | 云栖台案场规定（2026年8月）
jnbaohu  | 江南府客户保护期规定     | 20     | 江南府案场规定（2026年8月）
"""

RULES = """
制度编号 | 规则编号 | 参数                   | 取值     | 生效日期   | 失效日期 | 条款原文                                     | 出处
anchang  | SA-B3    | registration_months    | 2        | 2026-01-01 |          | 客户登记两个月内有效                         | 000 国贸大厦案场管理制度
anchang  | SA-B3    | reveal_days            | 7        | 2026-01-01 |          | 超过七天才提出的，登记作废（以定金收据为准） | 000 国贸大厦案场管理制度
anchang  | SA-B3    | lapse_warning_days     | 7        | 2026-01-01 |          | 登记失效前七天提醒                           | 集团设定
anchang  | SA-B4    | visitor_follow_days    | 3        | 2026-01-01 |          | 来访客户三天一跟进                           | 000 国贸大厦案场管理制度
anchang  | SA-B4    | caller_follow_days     | 4        | 2026-01-01 |          | 来电客户到访前四天一跟进                     | 000 国贸大厦案场管理制度
anchang  | SA-B4    | entry_lag_days         | 0        | 2026-01-01 |          | 跟进当天录入才算数                           | 集团设定
anchang  | SA-B10   | counts_same_day_return | 否       | 2026-01-01 |          | 当日复访不计接待指标                         | 000 国贸大厦案场管理制度
anchang  | SA-B10   | counts_buyer_visit     | 否       | 2026-01-01 |          | 已成交客户来访不计接待指标                   | 000 国贸大厦案场管理制度
anchang  | SA-B10   | counts_on_behalf       | 否       | 2026-01-01 |          | 代接客户不计接待指标                         | 000 国贸大厦案场管理制度
anchang  | SA-B6    | cash_limit_amount      | 10000.00 | 2026-01-01 |          | 经理代管不得超过一万元                       | 000 国贸大厦案场管理制度
anchang  | SA-B6    | cash_limit_hours       | 12       | 2026-01-01 |          | 经理代管不得超过十二小时                     | 000 国贸大厦案场管理制度
anchang  | SA-B8    | contract_pass_rate     | 0.95     | 2026-01-01 |          | 合同抽检合格率不低于95%                      | 002 销售管理制度
anchang  | SA-B8    | meeting_rate           | 0.95     | 2026-01-01 |          | 晨会夕会按时召开并有记录，不低于95%          | 002 销售管理制度
anchang  | SA-B8    | meetings_per_day       | 2        | 2026-01-01 |          | 每天晨会、夕会各一次                         | 002 销售管理制度
anchang  | SA-B8    | training_quota         | 4        | 2026-01-01 |          | 每月培训不少于四次                           | 002 销售管理制度
anchang  | SA-B8    | survey_quota           | 1        | 2026-01-01 |          | 每月竞品调研一次                             | 002 销售管理制度
anchang  | SA-B8    | satisfaction_rate      | 0.85     | 2026-01-01 |          | 客户满意度85%                                | 000 考核指标
anchang  | SA-B9    | price_step_low_rate    | 0.05     | 2026-01-01 |          | 各级价格逐级上浮5%至10%                      | 002 销售管理制度
anchang  | SA-B9    | price_step_high_rate   | 0.10     | 2026-01-01 |          | 各级价格逐级上浮5%至10%                      | 002 销售管理制度
anchang  | SA-B9    | grant_consultant       | 批发     | 2026-01-01 |          | 置业顾问不得低于批发价                       | 集团设定
anchang  | SA-B9    | grant_supervisor       | 内部     | 2026-01-01 |          | 主管不得低于内部价                           | 集团设定
anchang  | SA-B9    | grant_manager          | 底价     | 2026-01-01 |          | 经理不得低于底价                             | 集团设定
anchang  | SA-B7    | sign_days              | 7        | 2026-01-01 |          | 认购后七天内签约                             | 集团设定
anchang  | SA-B9    | plan_day               | 20       | 2026-01-01 |          | 每月20日前报下月计划                         | 002 销售管理制度
anchang  | SA-B7    | target_version         | 月末版本 | 2026-01-01 |          | 月内调整目标的，月报用月末版本               | 集团设定
anchang  | SA-B1    | contract_source        | 项目     | 2026-01-01 |          | 项目台账与集团台账不一致时以项目为准         | 集团设定
yqbaohu  | SA-B3a   | call_protect_days      | 15       | 2026-08-01 |          | 来电客户保护十五天                           | 云栖台案场规定
yqbaohu  | SA-B3b   | visit_protect_days     | 7        | 2026-08-01 |          | 来访客户保护七天                             | 云栖台案场规定
jnbaohu  | SA-B3a   | call_protect_days      | 7        | 2026-08-01 |          | 来电客户保护七天                             | 江南府案场规定
jnbaohu  | SA-B3b   | visit_protect_days     | 15       | 2026-08-01 |          | 来访客户保护十五天                           | 江南府案场规定
"""

BINDINGS = """
案场编号 | 制度编号 | 生效日期   | 失效日期
YQ01     | anchang  | 2026-01-01 |
YQ01     | yqbaohu  | 2026-08-01 |
JN01     | anchang  | 2026-01-01 |
JN01     | jnbaohu  | 2026-08-01 |
CH01     | anchang  | 2026-01-01 |
GS01     | anchang  | 2026-01-01 |
"""

RECIPIENTS = """
单据              | 案场编号 | 收件人     | 部门       | 邮箱                      | 生效日期
sales_weekly      | YQ01     | 云栖台经理 | 销售部     | yq.a01@example.cn         | 2026-01-01
sales_weekly      | JN01     | 江南府经理 | 销售部     | jn.b01@example.cn         | 2026-01-01
sales_weekly      | CH01     | 澄湖湾经理 | 销售部     | ch.c01@example.cn         | 2026-01-01
sales_weekly      | GS01     | 总经办     | 总经办     | jincheng.office@example.cn | 2026-01-01
sales_weekly      | GS01     | 锦城财务   | 财务计统部 | jincheng.money@example.cn | 2026-01-01
sales_draft       | YQ01     | 云栖台经理 | 销售部     | yq.a01@example.cn         | 2026-01-01
sales_draft       | JN01     | 江南府经理 | 销售部     | jn.b01@example.cn         | 2026-01-01
sales_draft       | CH01     | 澄湖湾经理 | 销售部     | ch.c01@example.cn         | 2026-01-01
sales_draft       | YQ01     | 锦城财务   | 财务计统部 | jincheng.money@example.cn | 2026-01-01
sales_draft       | JN01     | 锦城财务   | 财务计统部 | jincheng.money@example.cn | 2026-01-01
sales_draft       | CH01     | 锦城财务   | 财务计统部 | jincheng.money@example.cn | 2026-01-01
sales_monthly     | YQ01     | 云栖台经理 | 销售部     | yq.a01@example.cn         | 2026-01-01
sales_monthly     | JN01     | 江南府经理 | 销售部     | jn.b01@example.cn         | 2026-01-01
sales_monthly     | CH01     | 澄湖湾经理 | 销售部     | ch.c01@example.cn         | 2026-01-01
sales_monthly     | GS01     | 总经办     | 总经办     | jincheng.office@example.cn | 2026-01-01
sales_monthly     | GS01     | 锦城财务   | 财务计统部 | jincheng.money@example.cn | 2026-01-01
customer_followup | YQ01     | 云栖台经理 | 销售部     | yq.a01@example.cn         | 2026-01-01
customer_followup | JN01     | 江南府经理 | 销售部     | jn.b01@example.cn         | 2026-01-01
customer_followup | CH01     | 澄湖湾经理 | 销售部     | ch.c01@example.cn         | 2026-01-01
returned_rows     | YQ01     | 云栖台内勤 | 销售部     | yq.clerk@example.cn       | 2026-01-01
returned_rows     | JN01     | 江南府内勤 | 销售部     | jn.clerk@example.cn       | 2026-01-01
returned_rows     | CH01     | 澄湖湾内勤 | 销售部     | ch.clerk@example.cn       | 2026-01-01
"""

APPROVERS = """
公司编号 | 岗位     | 登录名  | 审批人 | 生效日期
YQ01     | 财务核对 | finance | 宋若谷 | 2026-01-01
JN01     | 财务核对 | finance | 宋若谷 | 2026-01-01
CH01     | 财务核对 | finance | 宋若谷 | 2026-01-01
GS01     | 财务核对 | finance | 宋若谷 | 2026-01-01
"""
CASHIER = "宋若谷"

# From the tables to rows ----------------------------------------------------------------------------------

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = ("一帆", "子衿", "思远", "若冰", "云舒", "景明", "知白", "念慈", "清和", "怀安", "南乔", "北辰", "书意", "望舒", "临风", "初霁")
CHANNELS = ("自然到访", "自然到访", "中介渠道", "中介渠道", "朋友圈", "户外广告", "抖音")
REGIONS = ("城东", "城西", "滨江", "高新区", "外地")
INTENTS = ("A", "B", "B", "C", "C", "D")
FEEDBACKS = ("满意", "满意", "满意", "满意", "满意", "一般", "未评价", "不满意")
CONTENTS = ("介绍户型和付款方式", "客户在比较两个项目", "约周末带家人再看", "等首付款到位", "嫌总价高，推荐小户型", "发送样板间视频")
WAYS = ("电话", "电话", "微信", "短信")
#: subscriptions without a story by month; the ten signings of SAL-03 are all that JN01 has in October
DEALS_A_MONTH = {"YQ01": {8: 22, 9: 24, 10: 30}, "JN01": {8: 22, 9: 14}, "CH01": {10: 12}}
DEPOSITS = (Decimal("20000.00"), Decimal("30000.00"), Decimal("50000.00"))
PAY_WAYS = ("按揭", "按揭", "按揭", "按揭", "公积金", "分期", "一次性")


def chance(*key: object) -> int:
    """A number that depends on the key and nothing else."""
    return int.from_bytes(hashlib.sha256(" ".join(map(str, key)).encode()).digest()[:8])


def pick(among: Iterable, *key: object):
    found = tuple(among)
    return found[chance(*key) % len(found)]


def day_of(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def at_of(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}")


def half_up(amount: Decimal, to: Decimal = CENT) -> Decimal:
    return amount.quantize(to, ROUND_HALF_UP).quantize(CENT)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def site_of(deal: str) -> str:
    return f"{deal[:2]}01"


@dataclass
class Deal:
    """A subscription, and the contract that came of it by 1 November, if any."""

    name: str
    unit: str
    who: str
    phone: str
    seller: str
    seen_on: date | None
    subscribed_on: date
    signed_on: date | None
    area: Decimal
    amount: Decimal
    way: str
    channel: str
    deposit: Decimal = DEPOSITS[2]
    open_reason: str = ""
    told: str = ""
    #: (kind, due, amount) of each instalment
    plan: list[tuple[str, date, Decimal]] = field(default_factory=list)

    @property
    def site(self) -> str:
        return site_of(self.name)

    @property
    def subscription_no(self) -> str:
        return f"RG-{self.name}"

    @property
    def contract_no(self) -> str:
        return f"QY-{self.name}"

    @property
    def loan(self) -> Decimal:
        return sum((amount for kind, _, amount in self.plan if kind in ("按揭", "公积金")), NOTHING)

    def __post_init__(self) -> None:
        if self.signed_on and not self.plan:
            self.plan = instalments(self, self.signed_on)


def instalments(deal: Deal, signed_on: date) -> list[tuple[str, date, Decimal]]:
    """What is due by the way of paying, unless INSTALMENTS tells."""
    told = [(row["kind"], day_of(row["due"]), Decimal(row["amount"])) for row in table(INSTALMENTS) if row["deal"] == deal.name]
    if told:
        return told
    if deal.way == "一次性":
        first = half_up(deal.amount / 2)
        return [("首付", signed_on, first), ("尾款", signed_on + timedelta(30), deal.amount - first)]
    if deal.way == "分期":
        part = half_up(deal.amount * Decimal("0.3"))
        rest = deal.amount - 2 * part
        return [("首付", signed_on, part), ("分期", signed_on + timedelta(45), part), ("尾款", signed_on + timedelta(100), rest)]
    loan = deal.amount * Decimal("0.7") // 10000 * 10000
    return [("首付", signed_on, deal.amount - loan), (deal.way, signed_on + timedelta(40), loan.quantize(CENT))]


# Units ----------------------------------------------------------------------------------------------------


def ladder(listed: Decimal) -> list[Decimal]:
    """Floor, internal, wholesale and list price in whole yuan, each 6 % above the one before (SA-B9)."""
    one, step = Decimal(1), Decimal("1.06")
    return [half_up(listed / step**number, one) for number in (3, 2, 1)] + [half_up(listed, one)]


def units() -> dict[tuple[str, str], Row]:
    """(site, unit) → its row; a unit that is told about has the prices that its deal needs."""
    told = {(site_of(row["deal"]), row["unit"]): row for row in table(DEALS)}
    found = {}
    for row in table(BUILDINGS):
        areas = row["areas"].split()
        for floor in range(1, int(row["floors"]) + 1):
            for column in range(1, int(row["columns"]) + 1):
                unit_no = f"{row['no']}-{floor:02}{column:02}"
                area = Decimal(areas[column - 1]).quantize(CENT)
                listed = area * (int(row["price"]) + 60 * floor)
                if deal := told.get((row["site"], unit_no)):
                    share = Decimal("0.90") if deal["deal"] in AT_INTERNAL_PRICE else Decimal("0.97")
                    listed = Decimal(deal["amount"]) / share
                prices = ladder(listed)
                if (row["site"], unit_no) == ("JN01", "2-1804"):
                    prices[3] = half_up(prices[2] * Decimal("1.12"), Decimal(1))
                found[row["site"], unit_no] = {
                    "unit_no": unit_no,
                    "building_no": row["no"],
                    "product_type": row["product"],
                    "floor_no": floor,
                    "column_no": column,
                    "area": area,
                    **dict(zip(("floor_amount", "internal_amount", "wholesale_amount", "list_amount"), prices, strict=True)),
                    "released_on": date.fromisoformat(row["released"]) if row["released"] else None,
                }
    return found


UNITS = units()

# Deals ----------------------------------------------------------------------------------------------------


def told_deals(text: str) -> list[Deal]:
    found = []
    for row in table(text):
        found.append(
            Deal(
                name=row["deal"],
                unit=row["unit"],
                who=row["who"],
                phone=row["phone"],
                seller=row["seller"],
                seen_on=None if row["seen"] == "-" else day_of(row["seen"]),
                subscribed_on=day_of(row["subscribed"]),
                signed_on=None if row["signed"] == "-" else day_of(row["signed"]),
                area=UNITS[site_of(row["deal"]), row["unit"]]["area"],
                amount=Decimal(row["amount"]),
                way=row["way"],
                channel=row["channel"],
                open_reason=OPEN_REASONS.get(row["deal"], ""),
                told=row["what is told"],
            )
        )
    return found


def plain_deals() -> list[Deal]:
    """Deals without a story: days, unit, price and payments by a hash of the deal's number."""
    taken = {(site_of(row["deal"]), row["unit"]) for row in table(DEALS)}
    taken |= {(row["site"], row["unit"]) for row in table(HOLDS)}
    taken |= {(site_of(row["deal"]), row["new"]) for row in table(CHANGES)}
    found = []
    for site, months in DEALS_A_MONTH.items():
        number = 100
        for month, count in months.items():
            first = max(OPENS_ON[site] + timedelta(2), date(2026, month, 1))
            last = min(date(2026, month, 30), date(2026, 9, 20) if site == "JN01" else KNOWN_UNTIL)
            subscribed = sorted(first + timedelta(chance(site, month, turn) % ((last - first).days + 1)) for turn in range(count))
            for subscribed_on in subscribed:
                number += 1
                name = f"{site[:2]}-{number}"
                free = [
                    unit_no
                    for (place, unit_no), unit in UNITS.items()
                    if place == site
                    and (place, unit_no) not in taken
                    and unit["released_on"]
                    and unit["released_on"] <= subscribed_on
                ]
                newest = [unit_no for unit_no in free if UNITS[site, unit_no]["building_no"] == "3"]
                unit_no = pick(newest or free, "unit", name)
                taken.add((site, unit_no))
                unit = UNITS[site, unit_no]
                signed_on: date | None = subscribed_on + timedelta(2 + chance("signed", name) % 7)
                if signed_on > KNOWN_UNTIL or (site != "JN01" and chance("never", name) % 12 == 0):
                    signed_on = None
                seller = pick([one for one in SERVING[site] if serves(one, site, subscribed_on)], "seller", name)
                off = Decimal(960 + 5 * (chance("price", name) % 9)) / 1000
                found.append(
                    Deal(
                        name=name,
                        unit=unit_no,
                        who=pick(SURNAMES, "surname", name) + pick(GIVEN, "given", name),
                        phone=f"1990003{SITES.index(site)}{number:03}",
                        seller=seller,
                        seen_on=max(OPENS_ON[site], subscribed_on - timedelta(3 + chance("seen", name) % 9)),
                        subscribed_on=subscribed_on,
                        signed_on=signed_on,
                        area=unit["area"],
                        amount=half_up(unit["list_amount"] * off, Decimal(1)),
                        way=pick(PAY_WAYS, "way", name),
                        channel=pick(CHANNELS, "channel", name),
                        deposit=pick(DEPOSITS, "deposit", name),
                        open_reason="" if signed_on else pick(("等征信", "等首付款", "户型再考虑"), "reason", name),
                    )
                )
    return found


def serves(consultant: str, site: str, day: date) -> bool:
    return consultant != "A05" or (site == "YQ01") == (day < A05_MOVES)


DEALS_MADE = sorted([*told_deals(DEALS), *plain_deals()], key=lambda deal: (deal.site, deal.subscribed_on, deal.name))
OF_NAME = {deal.name: deal for deal in DEALS_MADE}

# Registers ------------------------------------------------------------------------------------------------


def visits_and_calls() -> tuple[dict[str, list[Row]], dict[str, list[Row]], list[tuple[str, str, str, date]]]:
    """Site → visits, site → calls, and (site, phone, consultant, day) of first visits without a story."""
    came: dict[str, list[Row]] = {site: [] for site in SITES}
    called: dict[str, list[Row]] = {site: [] for site in SITES}
    first_seen = []

    def visit(site: str, at: datetime, who: str, phone: str, by: str, channel: str, **more: object) -> None:
        key = (site, at, phone)
        came[site].append(
            {
                "visited_at": at,
                "customer_name": who,
                "phone": phone,
                "channel": channel,
                "region": pick(REGIONS, "region", site, who),
                "consultant_id": by,
                "is_on_behalf": False,
                "served_for_id": None,
                "referrer_phone": None,
                "intent": pick(INTENTS, "intent", *key),
                "feedback": pick(FEEDBACKS, "feedback", *key),
                **more,
            }
        )

    def call(site: str, at: datetime, who: str, phone: str, by: str, channel: str) -> None:
        called[site].append(
            {
                "called_at": at,
                "customer_name": who,
                "phone": phone,
                "channel": channel,
                "region": pick(REGIONS, "region", site, who),
                "consultant_id": by,
                "intent": pick(INTENTS, "intent", site, at, phone),
            }
        )

    def clock(day: date, *key: object) -> datetime:
        return datetime.combine(day, time(9 + chance("hour", day, *key) % 8, chance("minute", day, *key) % 60))

    for row in table(VISITS):
        more = {"is_on_behalf": bool(row["for"]), "served_for_id": row["for"] or None, "referrer_phone": row["brought"] or None}
        visit(row["site"], at_of(row["at"]), row["who"], row["phone"], row["by"], "自然到访", **more)
    for row in table(CALLS):
        call(row["site"], at_of(row["at"]), row["who"], row["phone"], row["by"], "户外广告")
    for deal in DEALS_MADE:
        if deal.seen_on:
            visit(deal.site, clock(deal.seen_on, deal.name), deal.who, deal.phone, deal.seller, deal.channel)
            if not deal.told and deal.seen_on < deal.subscribed_on - timedelta(1):
                again_on = deal.subscribed_on - timedelta(1)
                visit(deal.site, clock(again_on, deal.name), deal.who, deal.phone, deal.seller, deal.channel)
    for site in SITES:
        number = 0
        for day in days(OPENS_ON[site], KNOWN_UNTIL):
            count = {"YQ01": 7, "JN01": 5, "CH01": 4}[site] + chance("count", site, day) % 4 + (5 if day.weekday() > 4 else 0)
            for _ in range(count):
                number += 1
                key = f"{site} {number}"
                who = pick(SURNAMES, "surname", key) + pick(GIVEN, "given", key)
                phone = f"199004{SITES.index(site)}{number:04}"
                by = pick([one for one in SERVING[site] if serves(one, site, day)], "by", key)
                channel = pick(CHANNELS, "channel", key)
                came_on: date | None = day
                if chance("calls", key) % 100 < 45:
                    call(site, clock(day, key), who, phone, by, channel)
                    came_on = day + timedelta(1 + chance("comes", key) % 5) if chance("after", key) % 100 < 40 else None
                if came_on is None or came_on > KNOWN_UNTIL:
                    continue
                visit(site, clock(came_on, key), who, phone, by, channel)
                first_seen.append((site, phone, by, came_on))
                again_on = came_on + timedelta(2 + chance("again", key) % 6)
                if chance("returns", key) % 100 < 30 and again_on <= KNOWN_UNTIL:
                    visit(site, clock(again_on, key), who, phone, by, channel)
    for site in SITES:
        number_by_month(came[site], "visit_no", "visited_at", f"LF-{site[:2]}")
        number_by_month(called[site], "call_no", "called_at", f"LD-{site[:2]}")
    return came, called, first_seen


def number_by_month(found: list[Row], name: str, at: str, start: str) -> None:
    """Sort rows by time, and give each its number in its month."""
    found.sort(key=lambda row: (row[at], row["phone"]))
    counted: dict[str, int] = {}
    for row in found:
        month = f"{row[at]:%y%m}"
        counted[month] = counted.get(month, 0) + 1
        row[name] = f"{start}-{month}-{counted[month]:04}"


def follow_ups(first_seen: list[tuple[str, str, str, date]]) -> dict[str, list[Row]]:
    """Of who came since 15 October, every third day, now and then forgotten; and those with a story."""
    found: dict[str, list[Row]] = {site: [] for site in SITES}

    def add(site: str, phone: str, by: str, at: datetime, entered_on: date, way: str, content: str) -> None:
        found[site].append(
            {
                "phone": phone,
                "consultant_id": by,
                "followed_at": at,
                "entered_on": entered_on,
                "way": way,
                "content": content,
                "next_on": at.date() + timedelta(3),
            }
        )

    for row in table(FOLLOW_UPS):
        add(row["site"], row["phone"], row["by"], at_of(row["at"]), day_of(row["entered"]), "电话", row["content"])
    for site, phone, by, came_on in first_seen:
        if came_on < A05_MOVES:
            continue
        for turn, share in ((1, 85), (2, 60), (3, 40)):
            day = came_on + timedelta(3 * turn)
            if day > KNOWN_UNTIL or chance("follows", phone, turn) % 100 >= share:
                break
            at = datetime.combine(day, time(16 + chance("at", phone, turn) % 3, chance("on", phone, turn) % 60))
            add(site, phone, by, at, day, pick(WAYS, "way", phone, turn), pick(CONTENTS, "content", phone, turn))
    for rows_of in found.values():
        rows_of.sort(key=lambda row: (row["followed_at"], row["phone"]))
    return found


def subscription_row(deal: Deal) -> Row:
    return {
        "subscription_no": deal.subscription_no,
        "unit_no": deal.unit,
        "customer_name": deal.who,
        "phone": deal.phone,
        "subscribed_on": deal.subscribed_on,
        "sign_by_on": deal.subscribed_on + timedelta(7) if chance("by", deal.name) % 2 else None,
        "area": deal.area,
        "amount": deal.amount,
        "deposit_amount": deal.deposit,
        "channel": deal.channel,
        "consultant_id": deal.seller,
        # the papers of the last days are still with the consultant now and then
        "papers_on": None if deal.subscribed_on >= date(2026, 10, 30) and chance("papers", deal.name) % 2 else deal.subscribed_on,
        "open_reason": deal.open_reason,
    }


def contract_row(deal: Deal, signed_on: date) -> Row:
    approved_by, step = AT_INTERNAL_PRICE.get(deal.name, ("", ""))
    plan = deal.plan or instalments(deal, signed_on)
    return {
        "contract_no": deal.contract_no,
        "source": "项目",
        "subscription_no": deal.subscription_no,
        "unit_no": deal.unit,
        "customer_name": deal.who,
        "phone": deal.phone,
        "signed_on": signed_on,
        "area": deal.area,
        "amount": deal.amount,
        "payment_way": deal.way,
        "down_amount": plan[0][2],
        "loan_amount": sum((part for kind, _, part in plan if kind in ("按揭", "公积金")), NOTHING) or None,
        "channel": deal.channel,
        "consultant_id": deal.seller,
        "approved_by": approved_by or None,
        "approved_price": step or None,
        "papers_on": signed_on,
    }


def instalment_rows(deal: Deal, plan: list[tuple[str, date, Decimal]]) -> list[Row]:
    return [
        {"contract_no": deal.contract_no, "instalment_no": number, "instalment_kind": kind, "due_on": due_on, "amount": amount}
        for number, (kind, due_on, amount) in enumerate(plan, 1)
    ]


def receipt_row(deal: Deal, kind: str, amount: Decimal, value_on: date, instalment_no: int | None = None) -> Row:
    is_of_contract = deal.name in SIGNED_LATER or deal.signed_on is not None
    # finance works again on Monday 2 November
    confirmed_on = max(value_on + timedelta(1), date(2026, 11, 2)) if value_on >= OCTOBER[1] else value_on + timedelta(1)
    return {
        "subscription_no": None if kind != "定金" and is_of_contract else deal.subscription_no,
        "contract_no": deal.contract_no if kind != "定金" and is_of_contract else None,
        "instalment_no": instalment_no,
        "receipt_kind": kind,
        "amount": amount,
        "value_on": value_on,
        "confirmed_by": CASHIER,
        "confirmed_on": confirmed_on,
    }


def told_receipts(text: str) -> list[tuple[Deal, Row]]:
    return [
        (
            OF_NAME[row["deal"]],
            receipt_row(
                OF_NAME[row["deal"]], row["kind"], Decimal(row["amount"]), day_of(row["value"]), int(row["no"]) if row["no"] else None
            ),
        )
        for row in table(text)
    ]


def loan_days(deal: Deal) -> list[date | None]:
    """Papers complete, handed in, approved and paid out, as far as it has come by 1 November."""
    if deal.name == "YQ-910":
        return [day_of("09-28"), day_of("10-08"), day_of("10-15"), None]
    found, day = [], deal.signed_on
    for step, (least, spread) in enumerate(((3, 5), (2, 4), (8, 8), (6, 14))):
        day = day and day + timedelta(least + chance("loan", deal.name, step) % spread)
        day = day if day and day <= KNOWN_UNTIL else None
        found.append(day)
    return found


def receipts() -> dict[str, list[Row]]:
    """Site → what was received by 1 November and told by then, numbered in the order of their days."""
    found: dict[str, list[tuple[Deal, Row]]] = {site: [] for site in SITES}
    told = told_receipts(PAID)
    with_story = {deal.name for deal, _ in told}
    for deal, row in told:
        found[deal.site].append((deal, row))
    for deal in DEALS_MADE:
        of_site = found[deal.site]
        of_site.append((deal, receipt_row(deal, "定金", deal.deposit, deal.subscribed_on)))
        if deal.name in with_story or deal.signed_on is None:
            continue
        for number, (kind, due_on, amount) in enumerate(deal.plan, 1):
            if number == 1:
                # one in nine pays half of it
                share = 2 if not deal.told and chance("half", deal.name) % 9 == 0 else 1
                of_site.append((deal, receipt_row(deal, kind, half_up((amount - deal.deposit) / share), due_on, number)))
            elif kind in ("按揭", "公积金"):
                if paid_on := loan_days(deal)[3]:
                    of_site.append((deal, receipt_row(deal, kind, amount, paid_on, number)))
            else:
                paid_on = due_on + timedelta(chance("paid", deal.name, number) % 5 - 2)
                if paid_on <= KNOWN_UNTIL and chance("pays", deal.name, number) % 100 < 75:
                    of_site.append((deal, receipt_row(deal, kind, amount, paid_on, number)))
    for site, rows_of in found.items():
        rows_of.sort(key=lambda pair: (pair[1]["value_on"], pair[0].name, str(pair[1]["receipt_kind"])))
        counted: dict[str, int] = {}
        for _, row in rows_of:
            month = f"{row['value_on']:%y%m}"
            counted[month] = counted.get(month, 0) + 1
            row["receipt_no"] = f"SK-{site[:2]}-{month}-{counted[month]:03}"
    return {site: [row for _, row in rows_of] for site, rows_of in found.items()}


def numbered(told: list[tuple[Deal, Row]], start: str) -> dict[str, list[Row]]:
    """Site → receipts that were told later, numbered on their own."""
    found: dict[str, list[Row]] = {}
    for deal, row in told:
        of_site = found.setdefault(deal.site, [])
        row["receipt_no"] = f"SK-{deal.site[:2]}-{start}-{len(of_site) + 1:02}"
        of_site.append(row)
    return found


def change_rows(text: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {site: [] for site in SITES}
    for row in table(text):
        deal = OF_NAME[row["deal"]]
        found[deal.site].append(
            {
                "change_no": row["no"],
                "change_kind": row["kind"],
                "subscription_no": deal.subscription_no if row["kind"] == "退订" else None,
                "contract_no": None if row["kind"] == "退订" else deal.contract_no,
                "new_unit_no": row["new"] or None,
                "area": Decimal(row["area"]).quantize(CENT),
                "amount": Decimal(row["amount"]),
                "applied_on": day_of(row["applied"]),
                "approved_on": day_of(row["approved"]) if row["approved"] else None,
                "reason": row["reason"],
            }
        )
    return found


def mortgage_rows(site: str) -> list[Row]:
    found = []
    for deal in DEALS_MADE:
        if deal.site == site and deal.signed_on and deal.loan:
            complete_on, submitted_on, approved_on, paid_on = loan_days(deal)
            found.append(
                {
                    "contract_no": deal.contract_no,
                    "bank_name": pick(("云州银行城东支行", "云州农商行滨江支行"), "bank", deal.name),
                    "loan_kind": "公积金" if deal.way == "公积金" else "按揭",
                    "amount": deal.loan,
                    "complete_on": complete_on,
                    "submitted_on": submitted_on,
                    "approved_on": approved_on,
                    "paid_on": paid_on,
                    "reason": "" if paid_on else "等不动产登记" if approved_on else "补收入证明" if not complete_on else "",
                }
            )
    return found


def meeting_rows(site: str) -> list[Row]:
    missed = {(row["site"], row["on"], row["kind"]): row["how"] for row in table(MISSED_MEETINGS)}
    found = []
    for day in days(max(OCTOBER[0], OPENS_ON[site]), OCTOBER[1]):
        for kind, letter in (("晨会", "A"), ("夕会", "P")):
            how = missed.get((site, f"{day:%m-%d}", kind), "")
            minutes_no = None if how else f"HY-{site[:2]}-{day:%m%d}{letter}"
            found.append({"meeting_on": day, "meeting_kind": kind, "is_held": how != "-", "minutes_no": minutes_no})
    return found


def check_rows(site: str) -> list[Row]:
    count, faults = CHECKED[site]
    newest = [deal for deal in DEALS_MADE if deal.site == site and deal.signed_on and deal.signed_on < OCTOBER[0]][-count:] if count else []
    return [
        {
            "check_no": f"CJ-{site[:2]}-2610-{number:02}",
            "contract_no": deal.contract_no,
            "checked_on": date(2026, 10, 8 + number),
            "is_passed": number > faults,
            "fault": "" if number > faults else "附件缺买受人签字",
        }
        for number, deal in enumerate(newest, 1)
    ]


CAME, CALLED, FIRST_SEEN = visits_and_calls()
FOLLOWED = follow_ups(FIRST_SEEN)
RECEIVED = receipts()
TOLD_ON_2_NOVEMBER = numbered(told_receipts(PAID_2_NOVEMBER), "2610-B")
for late in TOLD_ON_2_NOVEMBER["YQ01"]:
    late["confirmed_by"] = late["confirmed_on"] = None
RECEIVED_LATER = numbered(told_receipts(PAID_LATER), "2611-L")
CHANGED = change_rows(CHANGES)

# From rows to files ---------------------------------------------------------------------------------------

#: Columns of each kind of file with the headings that the sites write, best known first, JN01's own second.
HEADINGS = """
楼栋登记 | building_no 楼栋号 楼栋编号, building_name 楼栋名称 楼栋, permit_no 预售证号 预售许可证号, permit_on 预售证日期 预售许可日期
房源价目表 | unit_no 房号 房间号, building_no 楼栋号 楼栋编号, product_type 产品类型 业态, floor_no 楼层 层, column_no 列 位置, area 建筑面积 面积, floor_amount 底价 底价总价, internal_amount 内部价 内部价总价, wholesale_amount 批发价 批发价总价, list_amount 表价 表价总价, released_on 推售日期 开盘日期
房源保留 | unit_no 房号 房间号, hold_kind 保留类型 类型, starts_on 开始日期 保留日期, ends_on 结束日期 解除日期, reason 原因 保留原因, approved_by 批准人 审批人
来访登记 | visit_no 来访编号 来访登记编号, visited_at 来访时间 到访时间, customer_name 客户姓名 客户, phone 客户电话 联系电话, channel 渠道 来访渠道, region 区域 居住区域, consultant_id 置业顾问工号 顾问工号, is_on_behalf 是否代接 代接, served_for_id 被代接顾问工号 被代接人工号, referrer_phone 老客户电话 推荐人电话, intent 意向 意向等级, feedback 客户反馈 满意度
来电登记 | call_no 来电编号 来电登记编号, called_at 来电时间 接听时间, customer_name 客户姓名 客户, phone 客户电话 联系电话, channel 渠道 来访渠道, region 区域 居住区域, consultant_id 置业顾问工号 顾问工号, intent 意向 意向等级
跟进记录 | phone 客户电话 联系电话, consultant_id 置业顾问工号 顾问工号, followed_at 跟进时间 回访时间, entered_on 录入日期 登记日期, way 跟进方式 方式, content 跟进内容 内容, next_on 下次跟进日期 下次跟进
留言登记 | consultant_id 置业顾问工号 顾问工号, friend_phone 朋友电话 友人电话, friend_name 朋友姓名 友人姓名, left_at 留言时间 登记时间
客户关系 | phone 客户电话 联系电话, other_phone 家属电话 亲属电话, relation 关系 亲属关系, noted_on 登记日期 确认日期
撞单申报 | claim_no 申报单号 撞单编号, phone 客户电话 联系电话, consultant_id 申报人工号 置业顾问工号, raised_on 申报日期 提出日期, ruled_for_id 裁定归属工号 判定归属工号, ruled_by 裁定人 判定人, ruled_on 裁定日期 判定日期, opinion 裁定意见 判定意见
认购登记 | subscription_no 认购单号 认购书编号, unit_no 房号 房间号, customer_name 客户姓名 客户, phone 客户电话 联系电话, subscribed_on 认购日期 下定日期, sign_by_on 应签约日期 约定签约日期, area 面积 建筑面积, amount 认购总价 认购金额, deposit_amount 定金 定金金额, channel 渠道 成交渠道, consultant_id 置业顾问工号 顾问工号, papers_on 成交资料移交日期 资料移交日期, open_reason 未签约原因 未签原因
签约登记 | contract_no 合同号 合同编号, subscription_no 认购单号 认购书编号, unit_no 房号 房间号, customer_name 客户姓名 客户, phone 客户电话 联系电话, signed_on 签约日期 签订日期, area 面积 建筑面积, amount 合同总价 签约总价, payment_way 付款方式 支付方式, down_amount 首付 首付款, loan_amount 贷款 贷款金额, channel 渠道 成交渠道, consultant_id 置业顾问工号 顾问工号, approved_by 批准人 价格批准人, approved_price 批准价格档 批准价格, papers_on 成交资料移交日期 资料移交日期
业绩比例 | contract_no 合同号 合同编号, consultant_id 置业顾问工号 顾问工号, share 业绩比例 分成比例
退订退房换房 | change_no 变更单号 变更编号, change_kind 变更类型 类型, subscription_no 认购单号 认购书编号, contract_no 合同号 合同编号, new_unit_no 新房号 换入房号, area 变动面积 面积, amount 变动金额 金额, applied_on 申请日期 申请时间, approved_on 批准日期 开发商批准日期, reason 原因 变更原因
应收计划 | contract_no 合同号 合同编号, instalment_no 期次 期数, instalment_kind 款项 款项类型, due_on 应收日期 应付日期, amount 应收金额 应付金额
回款登记 | receipt_no 收据号 收据编号, subscription_no 认购单号 认购书编号, contract_no 合同号 合同编号, instalment_no 期次 期数, receipt_kind 款项 款项类型, amount 回款金额 到账金额, value_on 到账日期 起息日, confirmed_by 财务确认人 财务确认, confirmed_on 财务确认日期 确认日期
按揭进度 | contract_no 合同号 合同编号, bank_name 按揭银行 贷款银行, loan_kind 贷款类型 贷款种类, amount 贷款金额 按揭金额, complete_on 资料齐备日期 资料齐全日期, submitted_on 送审日期 送件日期, approved_on 批贷日期 审批日期, paid_on 放款日期 到账日期, reason 原因 未放款原因
客户交接 | contract_no 合同号 合同编号, to_consultant_id 接手顾问工号 接收人工号, handed_on 交接日期 移交日期, reason 原因 交接原因
暂存现金 | holding_no 暂存单号 登记编号, holder_kind 保管人身份 保管人岗位, holder_id 保管人工号 工号, amount 金额 现金金额, held_at 存入时间 收到时间, handed_at 上交时间 交财务时间, consented_by 同意人 批准人
合同抽检 | check_no 抽检编号 抽检单号, contract_no 合同号 合同编号, checked_on 抽检日期 检查日期, is_passed 是否合格 合格, fault 问题 不合格原因
晨夕会登记 | meeting_on 日期 会议日期, meeting_kind 会议类型 类型, is_held 是否召开 召开, minutes_no 会议纪要编号 纪要编号
培训竞品登记 | training_no 登记编号 培训编号, training_kind 类型 类别, held_on 日期 培训日期, topic 主题 培训主题, attendee_count 参加人数 人数
销售计划 | plan_month 计划月份 月份, plan_kind 计划类型 类型, item 计划项目 事项, amount 计划金额 计划数, reported_on 上报日期 报送日期
销售期初 | indicator 指标 事项, building_no 楼栋号 楼栋编号, product_type 产品类型 业态, moved_count 累计数量 数量, area 累计面积 面积, amount 累计金额 金额
"""
PROJECT_NAMES = {row["site_id"]: row["project_name"] for row in table(PROJECTS)}


def headings() -> dict[str, list[tuple[str, str, str]]]:
    """Kind of file → (column, heading, JN01's heading) in order."""
    found = {}
    for line in HEADINGS.strip().splitlines():
        kind, columns = line.split(" | ")
        found[kind] = [tuple(column.split()) for column in columns.split(", ")]
    return found


OVER = headings()
WIDE = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}


def spelled(site: str, phone: str) -> str:
    """A telephone number as somebody at the site writes it."""
    if not phone.isdecimal() or not phone.isascii() or len(phone) != 11:
        return phone
    parts = phone[:3], phone[3:7], phone[7:]
    ways = [phone, phone, "-".join(parts), " ".join(parts), f"+86 {phone}"]
    if site == "CH01":
        ways += [phone.translate(WIDE), f"+86-{'-'.join(parts)}"]
    return pick(ways, "spelling", site, phone)


def written(site: str, row: Row, name: str) -> str:
    """A cell of a CSV, as the site writes it."""
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y/%m/%d %H:%M}" if site == "YQ01" else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日" if site == "CH01" else value.isoformat()
    if name.endswith("phone"):
        return spelled(site, str(value))
    if site == "CH01" and isinstance(value, Decimal) and value >= 1000:
        return f"{value:,.2f}"
    return str(value)


def cell(site: str, row: Row, name: str) -> object:
    """A cell of a workbook: days and figures are typed, telephone numbers now and then are numbers."""
    value = row.get(name)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return float(value)
    if name.endswith("phone") and value:
        text = spelled(site, str(value))
        return int(text) if text.isdecimal() and text.isascii() and chance("number", text) % 4 == 0 else text
    return value


def file_of(site: str, kind: str, rows_of: Iterable[Row], *, title: str = "") -> bytes:
    """A site's file: YQ01 keeps GB18030, JN01 workbooks with merged headings and notes, CH01 CSV with a title."""
    rows_of = list(rows_of)
    columns = OVER[kind]
    if site == "JN01":
        return merged_sheet(f"江南府 {title or kind}", columns, [[cell(site, row, name) for name, _, _ in columns] for row in rows_of])
    lines = [[written(site, row, name) for name, _, _ in columns] for row in rows_of]
    header = [heading for _, heading, _ in columns]
    if site == "YQ01":
        return csv_bytes(header, lines, "gb18030")
    first = [f"{PROJECT_NAMES[site]}{title or kind}", *[""] * (len(header) - 1)]
    return csv_bytes(first, [header, *lines], "utf-8-sig")


def merged_sheet(title: str, columns: list[tuple[str, str, str]], lines: list[list[object]]) -> bytes:
    """Title over all columns, two groups over the headings, notes under the table."""
    header = ["序号", *(heading for _, _, heading in columns)]
    middle = 1 + (len(header) + 1) // 2

    def fill(sheet) -> None:
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(header))
        sheet.append([None, "登记内容", *[None] * (middle - 2), "其他内容" if middle < len(header) else None])
        sheet.merge_cells(start_row=2, end_row=2, start_column=2, end_column=middle)
        if middle + 1 < len(header):
            sheet.merge_cells(start_row=2, end_row=2, start_column=middle + 1, end_column=len(header))
        sheet.append(header)
        for heading in sheet[3]:
            heading.font = Font(bold=True)
            heading.alignment = Alignment(horizontal="center")
        for number, line in enumerate(lines, 1):
            sheet.append([number, *(None if value == "" else value for value in line)])
            for found in sheet[sheet.max_row]:
                if isinstance(found.value, datetime):
                    found.number_format = "yyyy-mm-dd hh:mm"
                elif isinstance(found.value, date):
                    found.number_format = "yyyy-mm-dd"
        sheet.append([])
        sheet.append(["说明：本表由案场内勤登记，金额单位为元。"])
        sheet.append(["制表：江南府案场"])
        for number in range(len(header)):
            sheet.column_dimensions[get_column_letter(number + 1)].width = 14 if number else 6

    return xlsx_bytes(title, fill)


def told_rows(text: str, site: str, names: dict[str, str], **made: Callable[[str], object]) -> list[Row]:
    """Rows of a drawn table for a site: our column → its column there; `made` reads what is not text."""
    return [
        {name: made.get(name, str)(row[source]) if row[source] else None for name, source in names.items()}
        for row in table(text)
        if row.get("site", site) == site
    ]


def by_month(found: list[Row], at: str) -> dict[str, list[Row]]:
    months: dict[str, list[Row]] = {}
    for row in found:
        # Sunday 1 November is in the last file of October
        months.setdefault(f"{min(row[at].date(), OCTOBER[1]):%Y-%m}", []).append(row)
    return months


#: the first subscription of October without a story was registered 9,000.00 too high, and corrected
CORRECTED = next(deal for deal in DEALS_MADE if deal.site == "YQ01" and deal.subscribed_on >= OCTOBER[0] and not deal.told)
#: so many visits of October were sent once more
SENT_TWICE = 25


def site_files(site: str) -> dict[str, bytes]:
    """Files of one project, by name without folder and ending."""
    ours = [deal for deal in DEALS_MADE if deal.site == site]
    signed = [deal for deal in ours if deal.signed_on]
    subscribed = [subscription_row(deal) for deal in ours]
    if site == "YQ01":
        for row in subscribed:
            if row["subscription_no"] == CORRECTED.subscription_no:
                row["amount"] += 9000
        model = subscription_row(OF_NAME["YQ-914"])
        subscribed += [{**model, **bad} for bad in BAD_SUBSCRIPTIONS]
    plan_columns = {"plan_month": "month", "plan_kind": "kind", "item": "item", "amount": "amount", "reported_on": "on"}
    found = {
        "楼栋登记": file_of(
            site,
            "楼栋登记",
            told_rows(
                BUILDINGS,
                site,
                {"building_no": "no", "building_name": "name", "permit_no": "permit", "permit_on": "permit_on"},
                permit_on=date.fromisoformat,
            ),
        ),
        "房源价目表": file_of(site, "房源价目表", [row for (place, _), row in UNITS.items() if place == site]),
        "房源保留": file_of(
            site,
            "房源保留",
            told_rows(
                HOLDS,
                site,
                {"unit_no": "unit", "hold_kind": "kind", "starts_on": "from", "ends_on": "until", "reason": "reason", "approved_by": "by"},
                starts_on=date.fromisoformat,
                ends_on=date.fromisoformat,
            ),
        ),
        "2026-10跟进记录": file_of(site, "跟进记录", FOLLOWED[site]),
        "2026年8-10月认购登记": file_of(site, "认购登记", subscribed),
        "2026年8-10月签约登记": file_of(site, "签约登记", [contract_row(deal, deal.signed_on) for deal in signed]),
        "应收计划": file_of(site, "应收计划", [row for deal in signed for row in instalment_rows(deal, deal.plan)]),
        "2026年8-10月回款登记": file_of(site, "回款登记", RECEIVED[site]),
        "按揭进度": file_of(site, "按揭进度", mortgage_rows(site)),
        "2026-10晨夕会登记": file_of(site, "晨夕会登记", meeting_rows(site)),
        "2026-10培训竞品登记": file_of(
            site,
            "培训竞品登记",
            told_rows(
                TRAININGS,
                site,
                {"training_no": "no", "training_kind": "kind", "held_on": "on", "topic": "topic", "attendee_count": "count"},
                held_on=day_of,
                attendee_count=int,
            ),
        ),
    }
    for month, rows_of in by_month(CAME[site], "visited_at").items():
        if site == "CH01" and month == "2026-10":
            number, at, who, phone = BAD_VISIT
            rows_of = [*rows_of, {**rows_of[-1], "visit_no": number, "visited_at": at, "customer_name": who, "phone": phone}]
        found[f"{month}来访登记"] = file_of(site, "来访登记", rows_of, title=f"{month}来访登记")
        if site == "YQ01" and month == "2026-10":
            found[f"{month}来访登记-重发"] = file_of(site, "来访登记", rows_of[100 : 100 + SENT_TWICE])
    for month, rows_of in by_month(CALLED[site], "called_at").items():
        if site == "JN01" and month == "2026-10":
            number, at, who, phone = BAD_CALL
            bad = {**rows_of[-1], "call_no": number, "called_at": datetime.fromisoformat(at), "customer_name": who, "phone": phone}
            rows_of = [*rows_of, bad]
        found[f"{month}来电登记"] = file_of(site, "来电登记", rows_of, title=f"{month}来电登记")
    if CHANGED[site]:
        found["2026-10退订退房换房"] = file_of(site, "退订退房换房", CHANGED[site])
    if check_rows(site):
        found["2026-10合同抽检"] = file_of(site, "合同抽检", check_rows(site))
    sparse = {
        "留言登记": told_rows(
            LEFT_WORDS, site, {"consultant_id": "by", "friend_phone": "phone", "friend_name": "who", "left_at": "at"}, left_at=at_of
        ),
        "客户关系": told_rows(
            FAMILIES, site, {"phone": "phone", "other_phone": "other", "relation": "relation", "noted_on": "on"}, noted_on=day_of
        ),
        "撞单申报": told_rows(
            CLAIMS,
            site,
            {
                **{"claim_no": "no", "phone": "phone", "consultant_id": "by", "raised_on": "raised"},
                **{"ruled_for_id": "for", "ruled_by": "ruled_by", "ruled_on": "ruled_on", "opinion": "opinion"},
            },
            raised_on=day_of,
            ruled_on=day_of,
        ),
        "暂存现金": told_rows(
            CASH,
            site,
            {
                **{"holding_no": "no", "holder_kind": "kind", "holder_id": "by", "amount": "amount"},
                **{"held_at": "held", "handed_at": "handed", "consented_by": "consent"},
            },
            amount=Decimal,
            held_at=at_of,
            handed_at=at_of,
        ),
        "2026-11销售计划": told_rows(PLANS, site, plan_columns, amount=Decimal, reported_on=date.fromisoformat),
        "销售期初": told_rows(
            OPENINGS,
            site,
            {
                **{"indicator": "indicator", "building_no": "building", "product_type": "product"},
                **{"moved_count": "count", "area": "area", "amount": "amount"},
            },
            moved_count=Decimal,
            area=Decimal,
            amount=Decimal,
        ),
    }
    for name, rows_of in sparse.items():
        if rows_of:
            found[name] = file_of(site, name.removeprefix("2026-11"), rows_of)
    of_deals = [("业绩比例", SHARES, {"share": "share"}, {}), ("客户交接", HANDOVERS, {"to_consultant_id": "to"}, {})]
    for kind, text, more, _ in of_deals:
        rows_of = [
            {
                "contract_no": OF_NAME[row["deal"]].contract_no,
                "consultant_id": row.get("consultant"),
                "handed_on": date.fromisoformat(row["on"]) if "on" in row else None,
                "reason": row.get("reason"),
                **{name: row[source] for name, source in more.items()},
            }
            for row in table(text)
            if site_of(row["deal"]) == site
        ]
        if rows_of:
            found[kind] = file_of(site, kind, rows_of)
    if site == "YQ01":
        found["2026年8-10月认购登记-更正"] = file_of(site, "认购登记", [subscription_row(CORRECTED)])
        found["2026年8-10月回款登记-补录"] = file_of(site, "回款登记", TOLD_ON_2_NOVEMBER[site])
    return found


def named(site: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{site}/{name}.{'xlsx' if site == 'JN01' else 'csv'}": content for name, content in files.items()}


def with_headings(text: str, *over: str) -> bytes:
    """A drawn table under Chinese headings, for the group's lists."""
    rows_of = table(text)
    return csv_bytes(over, [list(row.values()) for row in rows_of], "utf-8-sig")


def group_contracts() -> bytes:
    """The group's own list of contracts, one amount of which is not the project's (SAL-20)."""
    columns = ("contract_no", "subscription_no", "unit_no", "customer_name", "signed_on", "area", "amount", "payment_way", "consultant_id")
    over = ["项目编号", "台账来源", "合同号", "认购单号", "房号", "客户姓名", "签约日期", "面积", "合同总价", "付款方式", "置业顾问工号"]
    lines = []
    for name, amount in IN_GROUP_FILE.items():
        deal = OF_NAME[name]
        row = contract_row(deal, deal.signed_on)
        row["amount"] = Decimal(amount) if amount else row["amount"]
        lines.append([deal.site, "集团", *(written("", row, column) for column in columns)])
    return csv_bytes(over, lines, "gb18030")


def inbox() -> dict[str, bytes]:
    """The files of the quarter, of the group and of its three projects."""
    found = {
        "案场项目登记.csv": with_headings(
            PROJECTS, "项目编号", "项目名称", "集团编号", "集团名称", "启用日期", "登记房源", "案场经理工号", "联系方式"
        ),
        "置业顾问名单.csv": with_headings(
            CONSULTANTS, "置业顾问工号", "生效日期", "置业顾问", "项目编号", "团队", "级别", "邮箱", "离岗日期"
        ),
        "销售目标.csv": with_headings(TARGETS, "项目编号", "目标月份", "指标", "置业顾问工号", "生效日期", "目标"),
        "集团签约台账.csv": group_contracts(),
    }
    for site in SITES:
        found |= named(site, site_files(site))
    return found


def later() -> dict[str, bytes]:
    """What came when the reports of October and of its last week were out."""
    deals = [(OF_NAME[name], signed_on) for name, signed_on in SIGNED_LATER.items()]
    plans = [row for deal, signed_on in deals for row in instalment_rows(deal, instalments(deal, signed_on))]
    files = {
        "2026-11签约登记": file_of("YQ01", "签约登记", [contract_row(deal, signed_on) for deal, signed_on in deals]),
        "2026-11应收计划": file_of("YQ01", "应收计划", plans),
        "2026-11退订退房换房": file_of("YQ01", "退订退房换房", change_rows(CHANGES_LATER)["YQ01"]),
        "2026-11回款登记": file_of("YQ01", "回款登记", RECEIVED_LATER["YQ01"]),
    }
    sold_again = [subscription_row(deal) for deal in told_deals(DEALS_LATER)]
    return named("YQ01", files) | named("JN01", {"2026-11认购登记": file_of("JN01", "认购登记", sold_again)})


# Reckoned once more ---------------------------------------------------------------------------------------


def digits(phone: str) -> str:
    """The key of a customer: eleven digits, whatever the spelling."""
    plain = "".join(str(int(sign)) for sign in phone if sign.isdecimal())
    return plain[-11:]


def first_days(site: str, found: list[Row], at: str) -> dict[str, date]:
    seen: dict[str, date] = {}
    for row in found:
        day, key = row[at].date(), digits(str(row["phone"]))
        seen[key] = min(day, seen.get(key, day))
    return seen


def control(site: str, first: date, last: date) -> dict[str, Decimal | int]:
    """What a project moved from a day to a day, by what the inbox says.

    来访(新) counts a telephone number on the first day on which it came, 复访 once on each later day.
    """
    visits = {(digits(str(row["phone"])), row["visited_at"].date()) for row in CAME[site]}
    calls = {(digits(str(row["phone"])), row["called_at"].date()) for row in CALLED[site]}
    first_visit = first_days(site, CAME[site], "visited_at")
    deals = [deal for deal in DEALS_MADE if deal.site == site]
    subscribed = [deal for deal in deals if first <= deal.subscribed_on <= last]
    signed = [deal for deal in deals if deal.signed_on and first <= deal.signed_on <= last]
    changed = [row for row in CHANGED[site] if row["approved_on"] and first <= row["approved_on"] <= last]
    cancelled = [row for row in changed if row["change_kind"] == "退房"]
    signed_amount = sum((deal.amount for deal in signed), NOTHING)
    received = [*RECEIVED[site], *TOLD_ON_2_NOVEMBER.get(site, [])]
    return {
        "来电": sum(first <= day <= last for _, day in calls),
        "来访(新)": sum(first <= day <= last and day == first_visit[key] for key, day in visits),
        "复访": sum(first <= day <= last and day != first_visit[key] for key, day in visits),
        "认购套": len(subscribed),
        "认购金额": sum((deal.amount for deal in subscribed), NOTHING),
        "退订套": sum(row["change_kind"] == "退订" for row in changed),
        "签约套": len(signed),
        "签约金额": signed_amount,
        "净签约套": len(signed) - len(cancelled),
        "净签约金额": signed_amount
        - sum((row["amount"] for row in cancelled), NOTHING)
        + sum((row["amount"] for row in changed if row["change_kind"] in ("换房", "补充协议")), NOTHING),
        "回款": sum((row["amount"] for row in received if first <= row["value_on"] <= last), NOTHING),
    }


AGES = ("未到期", "1-30", "31-60", "61-90", "90以上")


def receivables(site: str, as_of: date) -> dict[str, Decimal]:
    """What is still to be received of the contracts that stand, by days over the contract's due day (SAL-14).

    Named instalments first, then the oldest due (SAL-15); the deposit belongs to the contract that came of it.
    """
    received = [*RECEIVED[site], *TOLD_ON_2_NOVEMBER.get(site, [])]
    ended = {
        row["contract_no"] for row in CHANGED[site] if row["change_kind"] == "退房" and row["approved_on"] and row["approved_on"] <= as_of
    }
    found = dict.fromkeys(("应收", *AGES, "预收"), NOTHING)
    for deal in DEALS_MADE:
        if deal.site != site or not deal.signed_on or deal.signed_on > as_of or deal.contract_no in ended:
            continue
        open_parts = [amount for _, _, amount in deal.plan]
        spare = NOTHING
        for row in received:
            if row["value_on"] > as_of or (row["contract_no"] or "") != deal.contract_no and (row["subscription_no"] or "") != deal.subscription_no:
                continue
            place = row["instalment_no"]
            part = min(row["amount"], open_parts[place - 1]) if place else NOTHING
            if place:
                open_parts[place - 1] -= part
            spare += row["amount"] - part
        for place in sorted(range(len(open_parts)), key=lambda place: (deal.plan[place][1], place)):
            part = min(spare, open_parts[place])
            open_parts[place] -= part
            spare -= part
        found["预收"] += spare
        for (_, due_on, _), left in zip(deal.plan, open_parts, strict=True):
            late = (as_of - due_on).days
            age = AGES[0] if late <= 0 else AGES[min(4, 1 + (late - 1) // 30)]
            found[age] += left
            found["应收"] += left
    return found


def signed_rows(site: str, first: date, last: date) -> list[Deal]:
    """Contracts of a project by day."""
    return sorted(
        (deal for deal in DEALS_MADE if deal.site == site and deal.signed_on and first <= deal.signed_on <= last),
        key=lambda deal: (deal.signed_on, deal.name),
    )
