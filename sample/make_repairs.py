"""The repairs of the sample: what 锦城置业 charges to six contractors' deposits for October 2026, and what follows.

Nine contracts, and one that comes back; 83 orders of September and October, each at one place on its way. What is told
about an order stands in ORDERS; its days, letters, approvals and files follow from there. Nobody in here is real.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from filing import csv_bytes, csv_table, table, xlsx_table

SITE = "GS01"
CENT = Decimal("0.01")
#: last day that the files of the inbox know of
KNOWN_UNTIL = date(2026, 10, 31)
#: days off of the autumn of 2026 beside weekends, and weekends that are worked (国务院 2026)
OFF = {date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))}
WORKED = {date(2026, 9, 20), date(2026, 10, 10)}

# The story ------------------------------------------------------------------------------------------------

COMPANIES = """
公司编号 | 公司名称             | 首个扣款月 | 维修队收款单位           | 联系方式
GS01     | 云州锦城置业有限公司 | 2026-10    | 云州华清物业服务有限公司 | 0500-6600-0900
"""

APPROVERS = """
公司编号 | 岗位           | 登录名   | 审批人 | 生效日期
GS01     | 客户服务部经理 | service  | 贺知遥 | 2026-01-01
GS01     | 副总工程师     | engineer | 梁景川 | 2026-01-01
GS01     | 副总经理       | deputy   | 曹若水 | 2026-01-01
GS01     | 总经理         | manager  | 陶望山 | 2026-01-01
"""
NAMES = {row["岗位"]: row["审批人"] for row in table(APPROVERS)}

PROJECTS = """
项目编号 | 公司编号 | 项目名称
JC1      | GS01     | 锦城花园一期
JC2      | GS01     | 锦城花园二期
JC3      | GS01     | 锦城广场
"""

#: Longer than the law asks for; of all else the law's term holds.
TERMS = """
项目编号 | 保修部位 | 保修期（月） | 条款
JC3      | 外墙渗漏 | 72           | 质量保修书第三条
JC3      | 装修工程 | 36           | 质量保修书第六条
"""

CONTRACTORS = """
施工单位编号 | 施工单位名称             | 保修联系人 | 电话        | 邮箱
SG01         | 云州宏砌建筑工程有限公司 | 邵北川     | 19900009101 | sg01@example.cn
SG02         | 云州恒润防水工程有限公司 | 尹青山     | 19900009102 | sg02@example.cn
SG03         | 云州素墙装饰工程有限公司 | 卢照野     | 19900009103 | sg03@example.cn
SG04         | 云州通澜机电安装有限公司 | 丁若安     | 19900009104 | sg04@example.cn
SG05         | 云州明框门窗有限公司     | 石砚秋     | 19900009105 | sg05@example.cn
SG06         | 云州润渠管网工程有限公司 | 孟长河     | 19900009106 |
"""

#: deposit: what is held on 1 October.
CONTRACTS = """
contract  | firm | work         | settled | accepted   | months | rate | bond     | supplement         | silence      | fee | deposit
HT-JC1-01 | SG01 | 一期总包     | 2000000 | 2025-06-30 | 24     | 3%   |          | BC-01 2025-06-30   |              |     | 60000.00
HT-JC1-02 | SG02 | 一期防水     | 800000  | 2024-10-15 | 24     | 3%   |          | BC-02 2024-10-15   |              |     | 24000.00
HT-JC1-03 | SG03 | 一期样板装修 | 100000  | 2025-10-20 | 24     | 3%   |          | BC-03 2025-10-20   |              |     | 3000.00
HT-JC2-01 | SG01 | 二期总包     | 2000000 | 2025-12-31 | 24     | 3%   |          |                    | 专用条款15.2 |     | 60000.00
HT-JC2-02 | SG04 | 二期机电     | 1500000 | 2025-12-31 | 24     | 3%   |          | BC-05 2025-12-31   | 专用条款12.3 | 10% | 40000.00
HT-JC2-03 | SG05 | 二期门窗     | 1600000 | 2024-10-18 | 24     | 3%   |          | BC-06 2024-10-18   |              |     | 43500.00
HT-JC3-01 | SG06 | 广场管网     | 700000  | 2026-01-20 | 24     | 0    | 履约保函 | BC-07 2026-01-20   |              |     |
HT-JC3-02 | SG04 | 广场机电     | 1200000 | 2026-01-20 | 24     | 3%   |          | BC-08 2026-01-20   | 专用条款12.3 |     | 36000.00
HT-JC3-03 | SG03 | 广场装修     | 900000  | 2026-01-20 | 12     | 3%   |          | BC-09 2026-09-10   |              |     | 27000.00
HT-JC3-09 | SG05 | 广场门窗     | 500000  | 2026-03-20 | 30     | 3%   |          | BC-10 2026-03-20   |              |     |
"""

#: Orders, one case each. contract: of a class B order only its project. class: of B with the reason, of A with the
#: contractor's share, unless it is all. amounts: estimate/final account/audited. way: how far it has come, where no amount
#: says it, and what is special about it. letter: day of the 扣款确认函, the answer and its instant. becomes: 扣 deducted,
#: 赔 claimed, 司 the company's, 冻 disputed, 停 audited and stopped, 修 repaired by the contractor, 未 not audited yet.
ORDERS = """
order      | contract | class       | place   | part   | trades       | defect         | cause    | amounts              | reported | way         | letter                  | becomes
PG-2609-01 | JC1-01   | A           | 1-301   | 装修   | 瓦工         | 客厅地砖空鼓   |          | 1200/1200/1200       | 09-10    |             | 10-13 确认 10-19 09:15  | 扣
PG-2609-02 | JC1-01   | A           | 2-502   | 装修   | 油漆工       | 内墙抹灰开裂   |          | 900/860/860          | 09-11    |             | 10-13 确认 10-19 09:15  | 扣
PG-2609-03 | JC1-01   | A           | 3-东墙  | 外墙   | 瓦工、防水工 | 外墙渗水       |          | 21500/22300/21800    | 09-07    |             | 10-14 确认 10-20 16:40  | 扣
PG-2609-04 | JC1-01   | A           | 车库B1  | 主体   | 瓦工、防水工 | 顶板裂缝       |          | 9800/8900/8650.50    | 09-14    |             | 10-14 确认 10-20 16:40  | 扣
PG-2609-05 | JC1-01   | A           | 5-管井  | 给排水 | 水暖工       | 立管爆裂       |          | 1500/1480/1480       | 09-19    | 紧急        | 10-14 确认 10-21 11:05  | 扣
PG-2609-06 | JC1-01   | A           | 2-801   | 装修   | 木工         | 户门变形       |          | 700/684.20/684.20    | 09-16    | 补批        | 10-15 确认 10-22 10:30  | 扣
PG-2609-07 | JC1-01   | A           | 4-102   | 卫生间 | 防水工       | 淋浴间渗漏     |          | 3600/3600/3600       | 09-09    |             | 10-14 异议 10-29 17:50  | 冻
PG-2609-08 | JC1-01   | A           | 1-1102  | 装修   | 油漆工       | 顶棚起皮       |          | 950/950/950          | 09-17    |             | 10-12 无                | 停
PG-2610-01 | JC1-01   | A           | 3-702   | 装修   | 瓦工         | 阳台地砖空鼓   |          | 1330/1330/1330       | 10-08    |             | 10-27 无                | 停
PG-2610-02 | JC1-01   | A           | 1-903   | 装修   | 木工         | 踢脚线脱落     |          | 800/780/780          | 10-09    |             |                         | 停
PG-2610-03 | JC1-01   | A           | 2-305   | 卫生间 | 防水工       | 地漏周边渗水   |          | 2300/2260/2260       | 10-08    |             |                         | 停
PG-2609-10 | JC1-02   | A           | 6-屋面  | 屋面   | 防水工       | 女儿墙根渗漏   |          | 4600/4600/4580       | 09-08    |             | 10-12 确认 10-16 14:20  | 扣
PG-2610-10 | JC1-02   | A           | 6-401   | 卫生间 | 防水工       | 卫生间渗漏     |          | 2300/2300/2300       | 10-15    | 委托        | 10-26 确认 10-28 10:10  | 扣
PG-2610-11 | JC1-02   | A           | 7-屋面  | 屋面   | 防水工       | 屋面漏水       |          | 3150/3150/3150       | 10-16    | 委托        | 10-27 确认 10-29 10:10  | 赔
PG-2610-12 | JC1-02   | A           | 7-1801  | 装修   | 油漆工       | 顶棚水渍重刷   |          | 450/450/450          | 10-16    | 委托        |                         | 司
PG-2610-13 | JC1-02   | A           | 8-屋面  | 屋面   | 防水工、瓦工 | 屋面大面积渗漏 |          | 12600                | 10-20    | 勘察        |                         | 未
PG-2610-14 | JC1-02   | A           | 6-902   | 卫生间 | 防水工       | 卫生间渗漏     | 待定     | 600                  | 10-30    | 登记        |                         | 未
PG-2609-20 | JC1-03   | A           | 样板A   | 装修   | 木工         | 木地板起拱     |          | 2000/2000/2000       | 09-21    |             | 10-19 确认 10-26 10:05  | 扣
PG-2609-21 | JC1-03   | A           | 样板B   | 装修   | 木工         | 衣柜门脱落     |          | 2500/2500/2500       | 09-22    |             | 10-19 确认 10-26 10:00  | 扣
PG-2609-22 | JC1-03   | A           | 样板C   | 装修   | 瓦工         | 台面开裂       |          | 1150/1150/1150       | 09-23    |             | 10-19 确认 10-26 10:05  | 扣
PG-2609-23 | JC1-03   | A           | 样板D   | 装修   | 油漆工       | 墙面色差       |          | 800/800/800          | 09-24    |             | 10-20 异议 10-28 09:40  | 冻
PG-2610-20 | JC1-03   | A           | 样板E   | 装修   | 油漆工       | 门套掉漆       |          | 640                  | 10-12    | 完工        |                         | 未
PG-2610-21 | JC1-03   | A           | 1-1501  | 卫生间 | 瓦工         | 墙砖脱落       |          | 900                  | 10-09    | 审批        |                         | 未
PG-2610-22 | JC1-03   | A           | 1-1501  | 卫生间 | 瓦工         | 墙砖脱落       |          | 900                  | 10-16    | 审批        |                         | 未
PG-2610-23 | JC1-03   | A           | 1-1501  | 卫生间 | 瓦工         | 墙砖脱落       |          | 900                  | 10-23    | 审批        |                         | 未
PG-2609-30 | JC2-01   | A           | 9-西墙  | 外墙   | 防水工       | 外墙渗水       |          | 4200/4200/4200       | 09-09    |             |                         | 停
PG-2609-31 | JC2-01   | A           | 10-201  | 主体   | 瓦工         | 楼板裂缝       |          | 1500/1500/1500       | 09-18    |             |                         | 停
PG-2610-30 | JC2-01   | A           | 10-803  | 装修   | 瓦工         | 地面起砂       |          | 860                  | 10-12    | 在修        |                         | 未
PG-2610-31 | JC2-01   | A           | 11-北墙 | 外墙   | 防水工       | 外墙渗水       |          | 2900                 | 10-27    | 审批        |                         | 未
PG-2609-40 | JC2-02   | A           | 9-602   | 电气   | 电工         | 插座无电       |          | 1000/1000/1000       | 09-11    |             | 10-12 确认 10-15 15:00  | 扣
PG-2609-41 | JC2-02   | A           | 9-泵房  | 设备   | 电工、水暖工 | 增压泵异响     |          | 2400/2345.67/2345.67 | 09-14    |             | 10-16 无                | 扣
PG-2609-42 | JC2-02   | A           | 10-1101 | 给排水 | 水暖工       | 排水管渗漏     |          | 650/618.40/618.40    | 09-15    |             | 10-15 确认 10-20 09:30  | 扣
PG-2610-40 | JC2-02   | A           | 9-1203  | 采暖   | 水暖工       | 地暖不热       |          | 1050/1010/1010       | 10-08    |             | 10-27 无                | 停
PG-2610-41 | JC2-02   | A           | 10-902  | 电气   | 电工         | 配电箱跳闸     |          | 1600/1560/1560       | 10-09    |             |                         | 停
PG-2610-42 | JC2-02   | A           | 11-303  | 给排水 | 水暖工       | 阀门滴漏       |          | 430/430/430          | 10-10    |             |                         | 停
PG-2610-43 | JC2-02   | A           | 9-305   | 电气   | 电工         | 灯线短路       |          | 760                  | 10-12    | 签认        |                         | 未
PG-2610-44 | JC2-02   | A           | 9-机房  | 设备   | 电工         | 风机停转       |          | 3300/3280            | 10-09    |             |                         | 未
PG-2610-45 | JC2-02   | A           | 10-机房 | 设备   | 电工、水暖工 | 换热器渗漏     |          | 4800                 | 10-26    | 勘察        |                         | 未
PG-2610-46 | JC2-02   | A           | 11-机房 | 设备   | 电工         | 控制柜故障     |          | 6200                 | 10-21    | 勘察 驳回   |                         | 未
PG-2609-50 | JC2-03   | A           | 9-1001  | 装修   | 木工         | 窗扇变形       |          | 2500/2500/2500       | 09-10    |             | 10-12 确认 10-16 10:00  | 扣
PG-2609-51 | JC2-03   | A           | 10-1502 | 外墙   | 防水工       | 窗边渗水       |          | 1800/1800/1800       | 09-17    |             | 10-14 异议 10-19 11:20  | 冻
PG-2609-52 | JC2-03   | A           | 11-702  | 装修   | 木工         | 推拉门卡滞     |          | 1300                 | 09-15    | 签认 自修   |                         | 修
PG-2609-53 | JC2-03   | A           | 11-1203 | 装修   | 木工         | 窗锁失灵       |          | 600/600/600          | 09-16    | 早开工      |                         | 停
PG-2609-60 | JC3-01   | A           | 广场北  | 给排水 | 水暖工       | 雨水管断裂     |          | 3980/3980/3980       | 09-14    |             | 10-13 确认 10-20 10:20  | 赔
PG-2609-61 | JC3-01   | A           | 广场南  | 给排水 | 水暖工       | 井盖下沉       |          | 1100                 | 09-21    | 通知 答自修 |                         | 未
PG-2610-60 | JC3-01   | A           | 广场西  | 给排水 | 水暖工       | 阀门井积水     |          | 880                  | 10-13    | 通知        |                         | 未
PG-2610-61 | JC3-01   | A           | 广场东  | 给排水 | 水暖工       | 排水沟堵塞     |          | 950                  | 10-22    | 通知        |                         | 未
PG-2610-62 | JC3-01   | A           | 地下2   | 给排水 | 水暖工       | 集水井倒灌     |          | 720                  | 10-28    | 审批        |                         | 未
PG-2609-70 | JC3-02   | A           | 冷机房  | 设备   | 电工         | 冷却塔漏水     |          | 5300/5260/5260       | 09-11    | 认定        | 10-12 确认 10-14 09:00  | 扣
PG-2609-71 | JC3-02   | A           | A座12层 | 电气   | 电工         | 应急灯失效     |          | 930/930/930          | 09-16    |             | 10-15 无                | 扣
PG-2609-72 | JC3-02   | A           | B座机房 | 设备   | 电工、焊工   | 空调机组故障   |          | 12800/12400/12400    | 09-08    |             | 10-13 确认 10-19 13:45  | 扣
PG-2609-73 | JC3-02   | A           | A座机房 | 设备   | 电工、焊工   | 水泵基座开裂   |          | 9800/10500/10200     | 09-09    |             |                         | 停
PG-2609-74 | JC3-02   | A           | C座机房 | 设备   | 电工、焊工   | 风管脱落       |          | 20800/20650/20650    | 09-11    | 客服审      |                         | 停
PG-2609-75 | JC3-02   | A           | A座3层  | 给排水 | 水暖工       | 喷淋渗漏       |          | 2200/2150/2150       | 09-14    | 剔除        | 10-13 确认 10-19 13:45  | 停
PG-2610-70 | JC3-02   | A           | B座5层  | 电气   | 电工         | 桥架松动       |          | 640/640/640          | 10-09    |             | 10-28 无                | 停
PG-2610-71 | JC3-02   | A           | B座7层  | 采暖   | 水暖工       | 风机盘管不热   |          | 1900/1875.50/1875.50 | 10-08    |             |                         | 停
PG-2610-72 | JC3-02   | A           | C座2层  | 电气   | 电工         | 开关失灵       |          | 360/360/360          | 10-12    |             |                         | 停
PG-2610-73 | JC3-02   | A           | C座屋面 | 设备   | 电工、焊工   | 冷却塔支架锈断 |          | 23000/23600          | 10-08    |             |                         | 未
PG-2610-74 | JC3-02   | A           | A座9层  | 采暖   | 水暖工       | 管道漏水       |          | 1450                 | 10-12    | 在修        |                         | 未
PG-2610-75 | JC3-02   | A           | A座泵房 | 设备   | 电工         | 变频器故障     |          | 5600                 | 10-23    | 勘察 已审核 |                         | 未
PG-2609-80 | JC3-03   | A60%        | 大堂    | 装修   | 瓦工         | 石材脱落       |          | 3400/3333.33/3333.33 | 09-14    |             | 10-12 确认 10-16 09:20  | 扣
PG-2609-81 | JC3-03   | A           | A座6层  | 装修   | 木工         | 吊顶下沉       |          | 1800/1750/1750       | 09-15    |             | 10-13 确认 10-16 09:20  | 扣
PG-2609-82 | JC3-03   | A           | A座8层  | 装修   | 油漆工       | 墙面开裂       |          | 1050/1020/1020       | 09-08    |             |                         | 停
PG-2609-83 | JC3-03   | A           | B座2层  | 装修   | 瓦工         | 地砖空鼓       |          | 1120/1120/1120       | 09-16    |             | 10-15 无                | 停
PG-2609-84 | JC3-03   | A           | B座3层  | 装修   | 木工         | 门锁损坏       | 业主使用 | 720/720/720          | 09-16    |             |                         | 司
PG-2609-85 | JC3-03   | A           | B座4层  | 装修   | 油漆工       | 踢脚褪色       | 自然损耗 | 400/390/390          | 09-17    |             |                         | 司
PG-2610-80 | JC3-03   | A           | A座2层  | 装修   | 木工         | 柜门松动       |          | 480                  | 10-28    | 勘察        |                         | 未
PG-2610-81 | JC3-03   | A           | A座4层  | 装修   | 瓦工         | 台阶松动       |          | 990                  | 10-26    | 勘察 只签名 |                         | 未
PG-2610-82 | JC3-03   | A           | A座大堂 | 装修   | 瓦工、油漆工 | 背景墙开裂     |          | 3600                 | 10-27    | 勘察        |                         | 未
PG-2610-83 | JC3-03   | A           | B座大堂 | 装修   | 木工         | 吊顶异响       | 待定     | 1500                 | 10-29    | 登记        |                         | 未
PG-2610-84 | JC3-03   | A           | B座6层  | 装修   | 油漆工       | 墙面起泡       |          | 520                  | 10-20    | 勘察 缺表号 |                         | 未
PG-2610-85 | JC3-03   | A           | B座7层  | 装修   | 木工         | 隔断开裂       | 待定     | 700                  | 10-21    | 勘察        |                         | 未
PG-2610-86 | JC3-03   | A           | B座8层  | 装修   | 瓦工         | 墙砖脱落       |          | 1800                 | 10-22    | 勘察 缺席   |                         | 未
PG-2610-87 | JC3-03   | A           | C座3层  | 装修   | 木工         | 地板起拱       |          | 830                  | 10-13    | 在修 迟批   |                         | 未
PG-2610-88 | JC3-03   | A           | C座4层  | 装修   | 油漆工       | 顶棚开裂       |          | 540                  | 10-12    | 完工        |                         | 未
PG-2610-89 | JC3-03   | A           | C座5层  | 装修   | 油漆工       | 墙面划痕       | 待定     | 300                  | 10-14    | 登记 作废   |                         |
PG-2609-90 | JC1      | B保修期外   | 1-502   | 装修   | 油漆工       | 墙面返碱       | 自然损耗 | 900/880/880          | 09-15    | 认定        |                         | 司
PG-2609-91 | JC2      | B业主使用   | 9-403   | 给排水 | 水暖工       | 下水管堵塞     | 业主使用 | 1260/1260/1260       | 09-16    | 认定        |                         | 司
PG-2609-92 | JC3      | B第三方     | A座门厅 | 装修   | 瓦工、木工   | 门厅撞损       | 第三方   | 2100/2040/2040       | 09-17    |             |                         | 司
PG-2609-93 | JC1      | B补充协议外 | 3-1201  | 装修   | 木工         | 加装纱窗       |          | 560/560/560          | 09-21    |             |                         | 司
PG-2610-90 | JC2      | B保修期外   | 9-1502  | 装修   | 木工         | 门铰链锈蚀     | 自然损耗 | 300                  | 10-20    | 签认        |                         | 未
PG-2610-91 | JC1      | B业主使用   | 2-1103  | 电气   | 电工         | 线路改动       | 业主使用 | 1350                 | 10-26    | 在修        |                         | 未
PG-2610-92 | JC3      | B第三方     | 广场岗亭 | 装修  | 木工         | 岗亭撞损       | 第三方   | 1900                 | 10-30    | 登记        |                         | 未
PG-2610-98 | JC1      | B           | 4-1301  | 装修   | 木工         | 门把手脱落     | 自然损耗 | 150                  | 10-22    | 登记        |                         |
"""
#: Found on 6 November, when October's settlement was out.
ORDERS_LATER = """
order      | contract | class       | place   | part   | trades       | defect         | cause    | amounts              | reported | way         | letter                  | becomes
PG-2610-79 | JC3-02   | A           | C座9层  | 电气   | 电工         | 配电箱进水     |          | 1700/1640/1640       | 10-12    | 迟报        | 11-10 确认 11-13 09:20  | 扣
"""
#: In the second file of October's orders once more.
SENT_TWICE = ("PG-2610-43",)
#: An audit of an order that nobody registered.
UNKNOWN_ORDER = "PG-2610-99"
#: An answer without its time of day.
ANSWER_WITHOUT_TIME = ("PG-2610-40", "2026-10-30")

MOVEMENTS = """
凭证号     | 施工合同号 | 收支类型 | 金额     | 日期       | 原因
ZB-2610-01 | HT-JC2-02  | 补缴     | 5000.00  | 2026-10-12 | 补足至结算价的3%
ZB-2610-02 | HT-JC1-01  | 补缴     | 40000.00 | 2026-10-14 | 施工单位多付
"""

REQUESTS = """
申请单号   | 施工合同号 | 申请日期   | 收到日期
TF-2610-01 | HT-JC2-03  | 2026-10-19 | 2026-10-20
"""

PAYMENTS = """
付款单号   | 派工单号   | 付款金额 | 付款日期   | 支付申请意见
FK-2610-01 | PG-2609-90 | 880.00   | 2026-10-30 | 认定金额属实，按结算支付
FK-2610-01 | PG-2609-91 | 1260.00  | 2026-10-30 | 认定金额属实，按结算支付
"""

#: 100,000.00 each; the team's cash is 3.60 short.
FLOATS = """
凭证号     | 公司编号 | 持有部门   | 收支类型 | 金额     | 日期       | 派工单号   | 用途
ZZ-2610-01 | GS01     | 客户服务部 | 支用     | 8300.00  | 2026-10-09 |            | 维修材料
ZZ-2610-02 | GS01     | 客户服务部 | 支用     | 4000.00  | 2026-10-22 |            | 应急维修备料
ZZ-2610-03 | GS01     | 客户服务部 | 报销     | 8300.00  | 2026-10-26 |            | 凭发票报销
ZZ-2610-04 | GS01     | 客户服务部 | 盘点     | 96000.00 | 2026-10-31 |            | 月末盘点
ZZ-2610-05 | GS01     | 维修队     | 支用     | 1480.00  | 2026-10-09 | PG-2609-05 | 立管爆裂抢修
ZZ-2610-06 | GS01     | 维修队     | 支用     | 25000.50 | 2026-10-13 |            | 外墙维修材料
ZZ-2610-07 | GS01     | 维修队     | 报销     | 20000.00 | 2026-10-28 |            | 凭发票报销
ZZ-2610-08 | GS01     | 维修队     | 盘点     | 93515.90 | 2026-10-31 |            | 月末盘点
"""

BALANCES = """
公司编号 | 月份    | 科目              | 期末余额
GS01     | 2026-10 | 其他应付款-质保金 | 224744.82
GS01     | 2026-10 | 应收索赔          | 9780.00
GS01     | 2026-10 | 应付账款-维修队   | 88632.10
"""

# What the shared lists of the group say about the company -------------------------------------------------

RULE_SETS = """
制度编号 | 制度名称                 | 优先级 | 出处
kefu     | 客户服务管理工作程序     | 10     | 002 房地产公司客户服务管理工作程序
"""

RULES = """
制度编号 | 规则编号 | 参数                         | 取值      | 生效日期   | 失效日期 | 条款原文                               | 出处
kefu     | WA-D6    | approval_limit_1             | 1000.00   | 2018-01-01 |          | 一千元以内由客户服务部经理审批         | 002 客户服务管理工作程序
kefu     | WA-D6    | approval_limit_2             | 10000.00  | 2018-01-01 |          | 一万元以内由副总工程师审核副总经理审批 | 002 客户服务管理工作程序
kefu     | WA-D7    | audit_limit                  | 20000.00  | 2018-01-01 |          | 两万元以内由客户服务部审核             | 002 客户服务管理工作程序
kefu     | WA-D2    | contractor_inspection_amount | 500.00    | 2018-01-01 |          | 五百元以下施工单位可不参加勘察         | 002 客户服务管理工作程序
kefu     | WA-D1    | answer_days                  | 3         | 2018-01-01 |          | 责任部门三个工作日内答复               | 002 客户服务管理工作程序
kefu     | WA-D2    | inspection_days              | 1         | 2018-01-01 |          | 一个工作日内现场勘察                   | 002 客户服务管理工作程序
kefu     | WA-D3    | one_trade_days               | 3         | 2018-01-01 |          | 单工种三个工作日内完成                 | 002 客户服务管理工作程序
kefu     | WA-D3    | several_trades_days          | 7         | 2018-01-01 |          | 多工种七个工作日内完成                 | 002 客户服务管理工作程序
kefu     | WA-D5    | callback_days                | 1         | 2018-01-01 |          | 完工后一个工作日内电话回访             | 002 客户服务管理工作程序
kefu     | WAR-05   | notice_days                  | 7         | 2018-01-01 |          | 维修通知发出后七日内响应               | 集团设定
kefu     | WAR-08   | confirm_days                 | 7         | 2018-01-01 |          | 扣款确认函发出后七日内答复             | 集团设定
kefu     | WAR-03   | split_window_days            | 30        | 2018-01-01 |          | 同部位同缺陷三十日内视为一组           | 集团设定
kefu     | WAR-03   | split_floor_amount           | 1000.00   | 2018-01-01 |          | 一组合计超过一千元提示拆单             | 集团设定
kefu     | WAR-13   | deposit_cap_rate             | 0.03      | 2018-01-01 |          | 质保金不超过结算价的百分之三           | 建质〔2017〕138号第七条
kefu     | WAR-14   | verify_days                  | 14        | 2018-01-01 |          | 收到申请后十四日内核实                 | 建质〔2017〕138号第十一条
kefu     | WAR-14   | return_days                  | 14        | 2018-01-01 |          | 核实后十四日内返还                     | 建质〔2017〕138号第十一条
kefu     | WA-D10   | float_amount                 | 100000.00 | 2018-01-01 |          | 客户服务部、维修队周转金各十万元       | 002 客户服务管理工作程序
"""

BINDINGS = """
案场编号 | 制度编号 | 生效日期   | 失效日期
GS01     | kefu     | 2018-01-01 |
"""

RECIPIENTS = """
单据               | 案场编号 | 收件人     | 部门       | 邮箱                       | 生效日期
repair_daily       | GS01     | 锦城客服   | 客户服务部 | jincheng.kefu@example.cn   | 2026-01-01
repair_daily       | GS01     | 锦城工程   | 工程材料部 | jincheng.works@example.cn  | 2026-01-01
repair_daily       | GS01     | 锦城审计   | 审计核算部 | jincheng.audit@example.cn  | 2026-01-01
chargeback_preview | GS01     | 锦城工程   | 工程材料部 | jincheng.works@example.cn  | 2026-01-01
chargeback_preview | GS01     | 锦城副总工 | 副总工程师 | jincheng.chief@example.cn  | 2026-01-01
chargeback_summary | GS01     | 锦城审计   | 审计核算部 | jincheng.audit@example.cn  | 2026-01-01
chargeback_summary | GS01     | 锦城工程   | 工程材料部 | jincheng.works@example.cn  | 2026-01-01
chargeback_summary | GS01     | 锦城客服   | 客户服务部 | jincheng.kefu@example.cn   | 2026-01-01
chargeback_summary | GS01     | 锦城财务   | 财务计统部 | jincheng.money@example.cn  | 2026-01-01
chargeback_cover   | GS01     | 集团领导   | 集团领导   | group.leaders@example.cn   | 2026-01-01
release_form       | GS01     | 锦城客服   | 客户服务部 | jincheng.kefu@example.cn   | 2026-01-01
chargeback_rerun   | GS01     | 锦城审计   | 审计核算部 | jincheng.audit@example.cn  | 2026-01-01
chargeback_rerun   | *        | 运维       | 信息部     | ops@example.cn             | 2026-01-01
returned_rows      | GS01     | 锦城客服   | 客户服务部 | jincheng.kefu@example.cn   | 2026-01-01
"""

# After October's settlement -------------------------------------------------------------------------------

ANSWERS_LATER = """
order      | at               | answer
PG-2609-51 | 2026-11-04 10:00 | 确认
"""
#: Posted in October, found to be a third party's work.
FOUND_LATER = {"PG-2609-01": "第三方"}

RECEIPTS_LATER = """
收款凭证号 | 派工单号   | 收款金额 | 收款日期
SK-2611-01 | PG-2609-20 | 1500.00  | 2026-11-12
"""
PAYMENTS_LATER = """
付款单号   | 派工单号   | 付款金额 | 付款日期   | 支付申请意见
FK-2611-01 | PG-2609-03 | 21800.00 | 2026-11-13 | 十月认定，按结算支付
FK-2611-01 | PG-2609-92 | 2040.00  | 2026-11-13 | 十月认定，按结算支付
"""
OPINIONS_LATER = """
申请单号   | 部门       | 结论 | 意见                                   | 签字人 | 签字日期
TF-2610-01 | 客户服务部 | 同意 | 保修期内维修及时，窗边渗水一项已冻结   | 贺知遥 | 2026-10-28
TF-2610-01 | 工程材料部 | 同意 | 缺陷责任期已满，未发现遗留质量问题     | 梁景川 | 2026-10-30
TF-2610-01 | 审计核算部 | 同意 | 扣除冻结1800元后应退39200元            | 秦书砚 | 2026-11-03
TF-2610-01 | 财务计统部 | 同意 | 账面余额41000元，可退39200元，资金已备 | 宋若谷 | 2026-11-06
TF-2610-01 | 公司领导   | 同意 | 手续齐全，按39200元在期限内退还        | 陶望山 | 2026-11-10
"""
MOVEMENTS_LATER = """
凭证号     | 施工合同号 | 收支类型 | 金额     | 日期       | 申请单号   | 原因
ZB-2611-01 | HT-JC2-03  | 退还     | 39200.00 | 2026-11-16 | TF-2610-01 | 缺陷责任期满，冻结1800元不退
"""
#: The final audit of the works lowers the price.
LOWERED_LATER = {"HT-JC2-01": "1900000"}

# From the tables to days ----------------------------------------------------------------------------------

CONTRACT = {row["contract"]: row for row in table(CONTRACTS)}
FEE_CLAUSE = "补充协议第八条"
#: place of each step on an order's way
STEPS = {name: place for place, name in enumerate(("登记", "勘察", "审批", "通知", "在修", "完工", "签认", "决算", "审定"))}


def is_workday(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def workday_after(day: date, number: int = 1) -> date:
    for _ in range(number):
        day += timedelta(1)
        while not is_workday(day):
            day += timedelta(1)
    return day


def workday_from(day: date) -> date:
    return day if is_workday(day) else workday_after(day)


def day_of(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Order:
    """A row of ORDERS, with the days that follow from it."""

    row: dict[str, str]

    @property
    def number(self) -> str:
        return self.row["order"]

    @property
    def contract(self) -> str:
        return f"HT-{self.row['contract']}" if "-" in self.row["contract"] else ""

    @property
    def project(self) -> str:
        return self.row["contract"][:3]

    @property
    def is_a(self) -> bool:
        return self.row["class"].startswith("A")

    @property
    def words(self) -> list[str]:
        return self.row["way"].split()

    @property
    def amounts(self) -> list[Decimal]:
        return [Decimal(cell).quantize(CENT) for cell in self.row["amounts"].split("/")]

    @property
    def step(self) -> int:
        by_amount = {1: "", 2: "决算", 3: "审定"}[len(self.amounts)]
        return STEPS[by_amount or self.words[0]]

    @property
    def cause(self) -> str:
        return self.row["cause"] or "施工质量"

    def has(self, step: str) -> bool:
        return self.step >= STEPS[step]

    @property
    def reported_on(self) -> date:
        return day_of(self.row["reported"])

    @property
    def inspected_on(self) -> date:
        return self.reported_on if "紧急" in self.words else workday_after(self.reported_on)

    @property
    def noticed_on(self) -> date:
        return self.reported_on if "紧急" in self.words else workday_after(self.inspected_on)

    @property
    def asked_for_repair_on(self) -> date:
        """Day on which the contractor answered the notice."""
        return workday_after(self.noticed_on)

    @property
    def started_on(self) -> date:
        if "紧急" in self.words:
            return self.reported_on
        if not self.is_a:
            return workday_after(self.noticed_on)
        if "委托" in self.words:
            return workday_after(self.asked_for_repair_on)
        return workday_from(self.noticed_on + timedelta(4 if "早开工" in self.words else 8))

    @property
    def approved_on(self) -> date:
        is_late = {"补批", "迟批"} & set(self.words)
        return workday_after(self.started_on, 2) if is_late else workday_after(self.inspected_on)

    @property
    def completed_on(self) -> date:
        return workday_after(self.started_on, 2) if "、" in self.row["trades"] else self.started_on

    @property
    def accounted_on(self) -> date:
        return date(2026, 11, 9) if "迟报" in self.words else workday_after(self.completed_on)

    @property
    def audited_on(self) -> date:
        return workday_after(self.accounted_on)

    @property
    def share(self) -> str:
        return self.row["class"][1:] if self.is_a else ""

    @property
    def charge(self) -> Decimal:
        """What the contractor is asked to confirm: his share of the audited amount, and the management charge."""
        rate = Decimal(self.share.rstrip("%") or 100) / 100
        part = half_up(self.amounts[2] * rate)
        fee = Decimal(CONTRACT[self.contract]["fee"].rstrip("%") or 0) / 100
        return part + half_up(part * fee)

    @property
    def asked_on(self) -> date | None:
        return day_of(self.row["letter"].split()[0]) if self.row["letter"] else None

    @property
    def answer(self) -> tuple[str, str] | None:
        """Answer to the 扣款确认函 and its instant."""
        cells = self.row["letter"].split()
        return (cells[1], f"2026-{cells[2]} {cells[3]}") if len(cells) == 4 else None


def orders(*texts: str) -> list[Order]:
    return [Order(row) for text in texts for row in table(text)]


# From days to files ---------------------------------------------------------------------------------------


def level_of(amount: Decimal) -> int:
    return 1 if amount <= 1000 else 2 if amount <= 10000 else 3


def order_line(order: Order, later_reason: str = "") -> list[str]:
    row = order.row
    is_b = not order.is_a or later_reason
    answered_on = workday_after(order.reported_on, 2)
    days = [
        order.reported_on,
        answered_on if answered_on <= KNOWN_UNTIL else None,
        order.inspected_on if order.has("勘察") else None,
    ]
    works = [
        order.started_on if order.has("在修") else None,
        order.completed_on if order.has("完工") else None,
        order.completed_on if order.has("签认") else None,
        workday_after(order.completed_on) if order.has("签认") else None,
    ]
    is_inspected = order.has("勘察") and "缺表号" not in order.words
    is_present = order.is_a and order.has("勘察") and order.amounts[0] >= 500 and "缺席" not in order.words
    return [
        order.number,
        order.project,
        "B" if is_b else "A",
        (later_reason or row["class"][1:]) if is_b else "",
        row["place"],
        row["part"],
        row["trades"],
        row["defect"],
        later_reason or order.cause,
        order.contract,
        "" if later_reason else order.share,
        str(order.amounts[0]),
        "是" if "紧急" in order.words else "否",
        f"照片-{order.number}" if "紧急" in order.words else "",
        "施工单位" if "自修" in order.words else "维修队",
        *(day.isoformat() if day else "" for day in days),
        f"KC-{order.number[3:]}" if is_inspected else "",
        "是" if is_present else "否",
        *(day.isoformat() if day else "" for day in works),
        "作废" if "作废" in order.words else "有效",
    ]


ORDER_HEADER = [
    *("派工单号", "项目编号", "类别", "B类原因", "房号/部位", "保修部位", "工种", "缺陷描述", "责任认定", "施工合同号"),
    *("施工单位承担比例", "估算金额", "是否紧急", "紧急依据", "维修单位", "报修日期", "答复日期", "勘察日期", "会签表号"),
    *("施工单位到场", "开工日期", "完工日期", "客户签认日期", "回访日期", "状态"),
]

APPROVAL_HEADER = ["派工单号", "审批级别", "审批环节", "结论", "意见", "审批人", "审批日期", "审批金额", "补批"]


def approval_lines(found: list[Order]) -> list[list[str]]:
    duties = {1: [("审批", "客户服务部经理")], 3: [("审批", "总经理")]}
    duties[2] = [("审核", "副总工程师"), ("审批", "副总经理")]
    lines = []
    for order in found:
        level = level_of(order.amounts[0])
        signed = duties[level] if order.has("审批") else []
        verdict = "同意"
        opinion = "属保修范围，估算合理，由维修队施工" if order.is_a else "不由施工单位承担，估算合理，列公司维修费"
        if "驳回" in order.words:
            signed, verdict, opinion = duties[2][:1], "驳回", "先请厂家检测控制柜，再报估算"
        if "已审核" in order.words:
            signed = duties[2][:1]
        if "只签名" in order.words:
            signed, opinion = duties[1], "同意"
        if "补批" in order.words:
            opinion = "住户门无法关闭，先行维修，事后补批，估算合理"
        for duty, post in signed:
            day = order.approved_on.isoformat()
            late = "是" if {"补批", "紧急"} & set(order.words) else "否"
            lines.append(
                [order.number, str(level), duty, verdict, opinion, NAMES[post], day, str(order.amounts[0]), late]
            )
    return lines


LETTER_HEADER = ["函件编号", "派工单号", "函件类型", "发出日期", "发送方式", "送达凭据", "确认金额"]
ANSWER_HEADER = ["函件编号", "派工单号", "答复时间", "答复内容", "理由", "处理人"]


@dataclass(frozen=True)
class Letter:
    """A letter about the orders of one contract that were due on one day."""

    number: str
    kind: str
    sent_on: date
    about: tuple[Order, ...]


def letters(found: list[Order]) -> list[Letter]:
    made = []
    for letters_of, kind in (("TZ", "维修通知"), ("QR", "扣款确认函")):
        grouped: dict[tuple[date, str], list[Order]] = {}
        for order in found:
            is_due = order.is_a and order.has("通知") if letters_of == "TZ" else order.asked_on is not None
            if is_due:
                sent_on = order.noticed_on if letters_of == "TZ" else order.asked_on
                grouped.setdefault((sent_on, order.contract), []).append(order)
        counted: dict[str, int] = {}
        for (sent_on, _), about in sorted(grouped.items(), key=lambda group: group[0]):
            month = f"{sent_on:%y%m}"
            counted[month] = counted.get(month, 0) + 1
            is_late = any("迟报" in order.words for order in about)
            number = f"JC-{letters_of}-{month}-{'B' if is_late else ''}{counted[month]:02}"
            made.append(Letter(number, kind, sent_on, tuple(about)))
    return made


def letter_lines(found: list[Letter]) -> list[list[str]]:
    lines = []
    for letter in found:
        for order in letter.about:
            is_mailed = CONTRACT[order.contract]["firm"] != "SG06"
            channel, proof = ("邮件", "") if is_mailed else ("邮寄", f"EMS{letter.number[3:].replace('-', '')}")
            amount = str(order.charge) if letter.kind == "扣款确认函" else ""
            lines.append([letter.number, order.number, letter.kind, letter.sent_on.isoformat(), channel, proof, amount])
    return lines


def answer_lines(found: list[Letter]) -> list[list[str]]:
    lines = []
    for letter in found:
        for order in letter.about:
            if letter.kind == "扣款确认函" and order.answer:
                kind, at = order.answer
                reason = "现场照片看不出施工缺陷，要求复勘" if kind == "异议" else ""
                lines.append([letter.number, order.number, at, kind, reason, "秦书砚"])
            for word, kind in (("委托", "委托维修"), ("自修", "自行维修"), ("答自修", "自行维修")):
                if letter.kind == "维修通知" and word in order.words:
                    at = f"{order.asked_for_repair_on} 10:00"
                    lines.append([letter.number, order.number, at, kind, "", "贺知遥"])
    return sorted(lines, key=lambda line: (line[2], line[1]))


def letter_about(found: list[Letter], number: str, kind: str) -> str:
    [name] = [letter.number for letter in found if letter.kind == kind and number in {o.number for o in letter.about}]
    return name


ACCOUNT_HEADER = ["派工单号", "决算金额", "维修队长", "提交日期"]
AUDIT_HEADER = ["派工单号", "审定金额", "审核部门", "审核人", "审核日期", "审核意见"]
CERTIFICATION_HEADER = ["派工单号", "结论", "认定金额", "认定人", "意见", "认定日期"]


def account_lines(found: list[Order]) -> list[list[str]]:
    return [
        [order.number, str(order.amounts[1]), "姜水生", order.accounted_on.isoformat()]
        for order in found
        if order.has("决算")
    ]


def audit_lines(found: list[Order]) -> list[list[str]]:
    lines = []
    for order in found:
        if not order.has("审定"):
            continue
        is_large = max(order.amounts[1:]) > 20000 and "客服审" not in order.words
        department, auditor = ("审计核算部", "秦书砚") if is_large else ("客户服务部", "袁听雪")
        opinion = "工程量属实，单价合理"
        if order.amounts[2] < order.amounts[1]:
            opinion = f"核减{order.amounts[1] - order.amounts[2]}元，其余属实"
        day = order.audited_on.isoformat()
        lines.append([order.number, str(order.amounts[2]), department, auditor, day, opinion])
    return lines


def certification_lines(found: list[Order]) -> list[list[str]]:
    lines = []
    for order in found:
        if "认定" in order.words or "剔除" in order.words:
            is_in = "认定" in order.words
            opinion = "价格与工艺属实" if is_in else "喷淋接头型号与图纸不符，先核实单价"
            verdict = "认定" if is_in else "剔除"
            lines.append([order.number, verdict, str(order.amounts[2]), NAMES["副总工程师"], opinion, "2026-10-28"])
    return lines


CONTRACT_HEADER = [
    *("施工合同号", "项目编号", "施工单位编号", "工程名称", "结算价", "竣工验收日期", "缺陷责任期（月）", "质保金比例"),
    *("其他担保", "补充协议号", "补充协议日期", "逾期视为确认条款", "管理费率", "管理费条款"),
]


def contract_line(row: dict[str, str], settled: str = "") -> list[object]:
    supplement, _, signed_on = row["supplement"].partition(" ")
    return [
        row["contract"],
        row["contract"][3:6],
        row["firm"],
        row["work"],
        int(settled or row["settled"]),
        date.fromisoformat(row["accepted"]),
        int(row["months"]),
        row["rate"],
        row["bond"] or "无",
        supplement,
        date.fromisoformat(signed_on) if signed_on else "",
        row["silence"],
        row["fee"],
        FEE_CLAUSE if row["fee"] else "",
    ]


def plain(line: list[object]) -> list[str]:
    return [value.isoformat() if isinstance(value, date) else str(value) for value in line]


def dated(line: list[str]) -> list[object]:
    """As Excel keeps it: days are days."""
    is_day = [len(cell) == 10 and cell[:5] == "2026-" for cell in line]
    return [date.fromisoformat(cell) if day else cell for cell, day in zip(line, is_day, strict=True)]


def in_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{SITE}/{name}": content for name, content in files.items()}


def openings() -> list[list[str]]:
    return [
        [f"QC-{row['contract'][3:]}", row["contract"], "期初余额", row["deposit"], "2026-10-01", "上线时账面余额"]
        for row in CONTRACT.values()
        if row["deposit"]
    ]


def inbox() -> dict[str, bytes]:
    """The files that October is settled from."""
    known = orders(ORDERS)
    september = [order for order in known if order.number[5:7] == "09"]
    october = [order for order in known if order.number[5:7] == "10"]
    real = [order for order in known if order.row["class"] != "B"]
    sent = letters(real)
    audits = audit_lines(real)
    audits.append([UNKNOWN_ORDER, "420.00", "客户服务部", "袁听雪", "2026-10-28", "工程量属实，单价合理"])
    late, day = ANSWER_WITHOUT_TIME
    answers = [*answer_lines(sent), [letter_about(sent, late, "扣款确认函"), late, day, "确认", "", "秦书砚"]]
    twice = [order_line(order) for order in known if order.number in SENT_TWICE]
    contracts = [contract_line(row) for row in CONTRACT.values()]
    note = ["说明：缺陷责任期自竣工验收之日起算；没有补充协议的，维修费不从质保金扣。"]
    movement_header = ["凭证号", "施工合同号", "收支类型", "金额", "日期", "原因"]
    files = {
        "项目登记.csv": csv_table(PROJECTS),
        "保修期约定.csv": csv_table(TERMS, encoding="gb18030"),
        "施工单位登记.xlsx": xlsx_table(
            "锦城置业 施工单位登记",
            list(table(CONTRACTORS)[0]),
            [list(row.values()) for row in table(CONTRACTORS)],
            [14, 28, 12, 14, 20],
        ),
        "施工合同登记.xlsx": xlsx_table(
            "锦城置业 施工合同登记", CONTRACT_HEADER, [*contracts, note], [14] * len(CONTRACT_HEADER)
        ),
        "2026-09质保金期初.csv": csv_bytes(movement_header, openings(), "gb18030"),
        "2026-10质保金收支.csv": csv_table(MOVEMENTS, encoding="gb18030"),
        "质保金退还申请.csv": csv_table(REQUESTS),
        "2026-09派工单登记.csv": csv_bytes(ORDER_HEADER, map(order_line, september), "gb18030"),
        "2026-10派工单登记.xlsx": xlsx_table(
            "客户服务部 2026年10月派工单登记",
            ["序号", *ORDER_HEADER],
            [
                *([number, *dated(order_line(order))] for number, order in enumerate(october, 1)),
                ["说明：A类由施工单位承担，B类由公司承担。"],
            ],
            [6, *[12] * len(ORDER_HEADER)],
        ),
        "2026-10派工单登记-补报.csv": csv_bytes(ORDER_HEADER, twice, "utf-8-sig"),
        "2026-10维修审批.xlsx": xlsx_table(
            "2026年9月至10月维修审批",
            APPROVAL_HEADER,
            [dated(line) for line in approval_lines(real)],
            [12] * len(APPROVAL_HEADER),
        ),
        "2026-10决算.csv": csv_bytes(ACCOUNT_HEADER, account_lines(real), "utf-8-sig"),
        "2026-10决算审核.csv": csv_bytes(AUDIT_HEADER, audits, "gb18030"),
        "2026-10施工单位函件.csv": csv_bytes(LETTER_HEADER, letter_lines(sent), "utf-8-sig"),
        "2026-10施工单位答复.csv": csv_bytes(ANSWER_HEADER, answers, "utf-8-sig"),
        "2026-10结算认定.csv": csv_bytes(CERTIFICATION_HEADER, certification_lines(real), "utf-8-sig"),
        "2026-10维修工程款支付.csv": csv_table(PAYMENTS),
        "2026-10周转金收支.csv": csv_table(FLOATS, encoding="gb18030"),
        "2026-10总账余额.csv": csv_table(BALANCES),
    }
    return {"公司登记.csv": csv_table(COMPANIES), "审批人名单.csv": csv_table(APPROVERS), **in_folder(files)}


def later() -> dict[str, bytes]:
    """The files that come after October's settlement: what was found, answered, paid and returned in November."""
    before, found = orders(ORDERS), orders(ORDERS_LATER)
    sent = letters([order for order in before if order.row["class"] != "B"])
    sent_later = letters(found)
    of_number = {order.number: order for order in before}
    lines = [order_line(of_number[number], reason) for number, reason in FOUND_LATER.items()]
    lines += [order_line(order) for order in found]
    answers = [
        [letter_about(sent, row["order"], "扣款确认函"), row["order"], row["at"], row["answer"], "", "秦书砚"]
        for row in table(ANSWERS_LATER)
    ]
    lowered = [plain(contract_line(CONTRACT[number], settled)) for number, settled in LOWERED_LATER.items()]
    files = {
        "施工合同登记-更正.csv": csv_bytes(CONTRACT_HEADER, lowered, "utf-8-sig"),
        "2026-11派工单登记.csv": csv_bytes(ORDER_HEADER, lines, "gb18030"),
        "2026-11维修审批.csv": csv_bytes(APPROVAL_HEADER, approval_lines(found), "utf-8-sig"),
        "2026-11决算.csv": csv_bytes(ACCOUNT_HEADER, account_lines(found), "utf-8-sig"),
        "2026-11决算审核.csv": csv_bytes(AUDIT_HEADER, audit_lines(found), "gb18030"),
        "2026-11施工单位函件.csv": csv_bytes(LETTER_HEADER, letter_lines(sent_later), "utf-8-sig"),
        "2026-11施工单位答复.csv": csv_bytes(ANSWER_HEADER, [*answers, *answer_lines(sent_later)], "utf-8-sig"),
        "2026-11索赔收款.csv": csv_table(RECEIPTS_LATER),
        "2026-11维修工程款支付.csv": csv_table(PAYMENTS_LATER),
        "2026-11质保金退还意见.csv": csv_table(OPINIONS_LATER),
        "2026-11质保金收支.csv": csv_table(MOVEMENTS_LATER, encoding="gb18030"),
    }
    return in_folder(files)
