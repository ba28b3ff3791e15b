"""Definitions and tables say the same: each column, each type, each key, each wall has its rule."""

import re

import pytest

from backoffice.feeds.composing import POSTGRES_TYPES
from backoffice.feeds.definitions import BOOKKEEPING, SQL_CHECKS, feed_of, feeds, read_definition
from backoffice.feeds.headings import normalise
from tests.drawing import Books
from tests.feeds.conftest import Office

FEEDS = list(feeds().values())

BUILT = "施工合同号,项目编号,施工单位编号,工程名称,结算价,竣工验收日期,缺陷责任期（月）,质保金比例"
ORDERED = "派工单号,项目编号,派工单类别,房号/部位,保修部位,工种,缺陷,施工合同号,估算金额,报修日期"
APPROVED = "派工单号,审批级别,审批环节,结论,意见,审批人,审批日期,审批金额"
PLACED = "项目编号,项目名称,集团编号,集团名称,启用日期,联系方式"
PRICED = "项目编号,房号,楼栋号,产品类型,面积,底价,内部价,批发价,表价"
EMPLOYED = "项目编号,工号,生效日期,姓名,级别"
VISITED = "项目编号,来访编号,来访时间,客户姓名,客户电话,置业顾问工号"
CLAIMED = "项目编号,申报单号,客户电话,申报人工号,申报日期"
SUBSCRIBED = "项目编号,认购单号,房号,客户姓名,客户电话,认购日期,面积,认购总价,定金,置业顾问工号"
SIGNED = "项目编号,合同号,房号,客户姓名,签约日期,面积,合同总价,置业顾问工号"
CHANGED = "项目编号,变更单号,变更类型,认购单号,合同号,新房号,金额,申请日期,批准日期,原因"
RELATED = "项目编号,客户电话,家属电话,关系,登记日期"
DUE = "项目编号,合同号,期次,款项,应收日期,应收金额"
HELD_CASH = "项目编号,暂存单号,保管人身份,保管人工号,金额,存入时间"
AIMED = "项目编号,月份,指标,生效日期,目标"
PLANNED = "项目编号,月份,类型,计划项目,金额,上报日期"
KEPT = "项目编号,房号,保留类型,开始日期,批准人"
EXCHANGED = "换班单号,换班类型,申请人工号,对方工号,日期,状态"
WORKED_OVER = "加班单号,工号,加班日期,开始时间,结束时间,状态,补偿方式"
RULED = "认定单号,工号,考勤日期,认定结果,理由,批准人,签字日期"
WAIVED = "减免单号,工号,发生日,罚款类型,减免金额,减免原因,批准人,批准日期,状态"
EXECUTED = "执行单号,工号,罚款月份,决定,金额,确认人,确认日期"
LIMITED = "地区,生效日期,失效日期,扣款方式,最低工资,扣款上限,依据"
RECEIVED = "项目编号,收据号,合同号,款项,金额,到账日期"

#: one row per wall of the fact tables (check constraints) that a file can run into, as people would write it; walls of
#: repairs and sales with their schema, as the fees have a contract, too
WALLS = {
    "site_fined_share_limit_check": ("案场.csv", "案场编号,案场名称,罚款人数上限比例\nS1,甲,1.5"),
    "employee_check": ("花名册.csv", "工号,姓名,案场编号,入职日期,离职日期\n1,甲,S1,2026-02-01,2026-01-01"),
    "calendar_day_check": ("节假日.csv", "日期,年度,名称,是否放假,法定节假日\n2026-10-10,2026,国庆节,否,是"),
    "recipient_address_check": ("收件人.csv", "单据,案场编号,邮箱,收件人,生效日期\n日报,S1,没有,甲,2026-01-01"),
    "rule_check": (
        "rules.csv",
        "制度编号,参数,生效日期,失效日期,规则编号,取值,条款原文\na,late_limit_minutes,2026-02-01,2026-01-01,A,1,x",
    ),
    "leave_check": (
        "请假.csv",
        "假条号,工号,请假类型,开始时间,结束时间,状态\n1,1,事假,2026-10-02 09:00,2026-10-01 09:00,批准",
    ),
    "leave_status_check": (
        "请假.csv",
        "假条号,工号,请假类型,开始时间,结束时间,状态\n1,1,事假,2026-10-01 09:00,2026-10-02 09:00,不知道",
    ),
    "outing_check": ("外出.csv", "工号,外出时间,返回时间,外出类型\n1,2026-10-02 09:00,2026-10-02 08:00,因公"),
    "split_has_break": (
        "班次表.csv",
        "案场编号,班次代码,班次名称,上班时间,下班时间,生效日期,两段班\nS1,A,甲,08:30,18:00,2026-01-01,是",
    ),
    "timetable_change_check": (
        "临时作息.csv",
        "案场编号,开始日期,结束日期,新班次,批准人\nS1,2026-10-02,2026-10-01,A,甲",
    ),
    "swap_swap_kind_check": ("换班登记.csv", f"{EXCHANGED}\n1,代班,1,2,2026-10-01,批准"),
    "swap_status_check": ("换班登记.csv", f"{EXCHANGED}\n1,换班,1,2,2026-10-01,不知道"),
    "swap_check": ("换班登记.csv", f"{EXCHANGED}\n1,换班,1,1,2026-10-01,批准"),
    "spot_check_finding_check": ("查岗记录.csv", "工号,查岗时间,结果,查岗人\n1,2026-10-01 09:00,睡着,甲"),
    "gathering_gathering_kind_check": (
        "会议培训安排.csv",
        "案场编号,编号,类型,名称,开始时间,结束时间\nS1,1,团建,甲,2026-10-01 09:00,2026-10-01 10:00",
    ),
    "gathering_check": (
        "会议培训安排.csv",
        "案场编号,编号,类型,名称,开始时间,结束时间\nS1,1,会议,甲,2026-10-01 09:00,2026-10-01 09:00",
    ),
    "reception_customer_kind_check": (
        "接待轮位登记.csv",
        "案场编号,工号,时间,客户,客户类型,结果\nS1,1,2026-10-01 09:00,甲,路人,接待",
    ),
    "reception_outcome_check": (
        "接待轮位登记.csv",
        "案场编号,工号,时间,客户,客户类型,结果\nS1,1,2026-10-01 09:00,甲,新客,看情况",
    ),
    "overtime_status_check": (
        "加班单.csv",
        f"{WORKED_OVER}\n1,1,2026-10-01,2026-10-01 18:00,2026-10-01 20:00,不知道,调休",
    ),
    "overtime_compensation_check": (
        "加班单.csv",
        f"{WORKED_OVER}\n1,1,2026-10-01,2026-10-01 18:00,2026-10-01 20:00,批准,请客",
    ),
    "overtime_check": (
        "加班单.csv",
        f"{WORKED_OVER}\n1,1,2026-10-01,2026-10-01 18:00,2026-10-01 18:00,批准,调休",
    ),
    "day_ruling_verdict_check": ("考勤认定单.csv", f"{RULED}\n1,1,2026-10-01,再议,设备故障,甲,2026-10-02"),
    "praise_amount_check": ("表扬单.csv", "单号,工号,日期,事由,金额,开单人\n1,1,2026-10-01,拾金不昧,-1,甲"),
    "fine_waiver_fine_kind_check": (
        "罚款减免单.csv",
        f"{WAIVED}\n1,1,2026-10-01,旷工,5,设备故障,甲,2026-10-02,批准",
    ),
    "fine_waiver_amount_check": ("罚款减免单.csv", f"{WAIVED}\n1,1,2026-10-01,迟到,0,设备故障,甲,2026-10-02,批准"),
    "fine_waiver_status_check": (
        "罚款减免单.csv",
        f"{WAIVED}\n1,1,2026-10-01,迟到,5,设备故障,甲,2026-10-02,不知道",
    ),
    "fine_execution_month_on_check": ("罚款执行登记.csv", f"{EXECUTED}\n1,1,2026-13,已确认,,甲,2026-10-02"),
    "fine_execution_decision_check": ("罚款执行登记.csv", f"{EXECUTED}\n1,1,2026-09,再议,,甲,2026-10-02"),
    "fine_execution_amount_check": ("罚款执行登记.csv", f"{EXECUTED}\n1,1,2026-09,已确认,0,甲,2026-10-02"),
    "fine_execution_check": ("罚款执行登记.csv", f"{EXECUTED}\n1,1,2026-09,已执行,,甲,2026-10-02"),
    "wage_month_on_check": ("工资标准.csv", "工号,月份,月工资标准\n1,2026-13,3050"),
    "wage_monthly_wage_amount_check": ("工资标准.csv", "工号,月份,月工资标准\n1,2026-10,-1"),
    "wage_payable_wage_amount_check": ("工资标准.csv", "工号,月份,月工资标准,应发工资\n1,2026-10,3050,-1"),
    "wage_limit_profile_check": ("工资扣款参数.csv", f"{LIMITED}\n甲,2026-01-01,,随意,2490,20%,x"),
    "wage_limit_minimum_wage_amount_check": ("工资扣款参数.csv", f"{LIMITED}\n甲,2026-01-01,,待确认,0,,x"),
    "wage_limit_cap_rate_check": ("工资扣款参数.csv", f"{LIMITED}\n甲,2026-01-01,,待确认,,120%,x"),
    "wage_limit_check": ("工资扣款参数.csv", f"{LIMITED}\n甲,2026-02-01,2026-01-01,待确认,,,x"),
    "wage_limit_check1": ("工资扣款参数.csv", f"{LIMITED}\n甲,2026-02-01,,限额扣除,2490,,x"),
    "outing_kind_is_known": ("外出.csv", "工号,外出时间,返回时间,外出类型\n1,2026-10-02 09:00,,散步"),
    "missed_punch_punch_kind_check": ("补卡.csv", "单号,工号,日期,补卡类型,状态\n1,1,2026-10-02,午休,批准"),
    "missed_punch_status_check": ("补卡.csv", "单号,工号,日期,补卡类型,状态\n1,1,2026-10-02,上班,不知道"),
    "conduct_slip_amount_check": ("违纪.csv", "单号,工号,日期,事由,金额,签字\n1,1,2026-10-02,x,-1,是"),
    "conduct_slip_call_cost_amount_check": ("违纪.csv", "单号,工号,日期,事由,话费,签字\n1,1,2026-10-02,x,-1,是"),
    "tower_opens_with_check": (
        "楼宇登记.csv",
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话\nA1,甲,甲,1,2,2026-13,8000",
    ),
    "tower_due_days_check": (
        "楼宇登记.csv",
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话,缴费天数\nA1,甲,甲,1,2,2026-10,8000,0",
    ),
    "tower_due_rule_check": (
        "楼宇登记.csv",
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话,到期日顺延\nA1,甲,甲,1,2,2026-10,8000,看情况",
    ),
    "tower_reading_days_check": (
        "楼宇登记.csv",
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话,抄表有效天数\nA1,甲,甲,1,2,2026-10,8000,32",
    ),
    "tower_jump_limit_check": (
        "楼宇登记.csv",
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话,环比预警比例\nA1,甲,甲,1,2,2026-10,8000,0%",
    ),
    "tower_late_rate_limit_check": (
        "楼宇登记.csv",
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话,违约金日率提示上限\nA1,甲,甲,1,2,2026-10,8000,0",
    ),
    "tower_objection_days_check": (
        "楼宇登记.csv",
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话,异议天数\nA1,甲,甲,1,2,2026-10,8000,61",
    ),
    "payee_account_no_check": (
        "收款单位.csv",
        "收款单位编号,生效日期,户名,开户行,账号\n1,2026-01-01,甲,工商银行,6222 0001",
    ),
    "unit_area_check": ("房源登记.csv", "楼宇编号,房号,面积\nA1,9,0"),
    "tenant_address_check": ("租户登记.csv", "租户编号,租户名称,邮箱\n1,甲,没有"),
    "contract_contract_kind_check": (
        "合同登记.csv",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期\nA1,A1,9,1,借用,2026-01-01,2026-12-31",
    ),
    "contract_check": (
        "合同登记.csv",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期\nA1,A1,9,1,租赁,2026-01-01,2025-12-31",
    ),
    "contract_late_rate_check": (
        "合同登记.csv",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期,违约金日率,违约金条款\nA1,A1,9,1,租赁,2026-01-01,2026-12-31,5,第八条",
    ),
    "contract_proration_check": (
        "合同登记.csv",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期,不足月折算\nA1,A1,9,1,租赁,2026-01-01,2026-12-31,看情况",
    ),
    "contract_check1": (
        "合同登记.csv",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期,违约金日率\nA1,A1,9,1,租赁,2026-01-01,2026-12-31,0.05%",
    ),
    "charge_charge_kind_check": (
        "固定收费.csv",
        "合同号,费项,开始日期,结束日期,月金额,税率\nA1,电费,2026-01-01,2026-12-31,1,9%",
    ),
    "charge_check": ("固定收费.csv", "合同号,费项,开始日期,结束日期,月金额,税率\nA1,租金,2026-01-01,2025-12-31,1,9%"),
    "charge_month_amount_check": (
        "固定收费.csv",
        "合同号,费项,开始日期,结束日期,月金额,税率\nA1,租金,2026-01-01,2026-12-31,-1,9%",
    ),
    "charge_timing_check": (
        "固定收费.csv",
        "合同号,费项,开始日期,结束日期,月金额,税率,收取时间\nA1,租金,2026-01-01,2026-12-31,1,9%,看情况",
    ),
    "charge_vat_rate_check": (
        "固定收费.csv",
        "合同号,费项,开始日期,结束日期,月金额,税率\nA1,租金,2026-01-01,2026-12-31,1,9",
    ),
    "charge_vat_method_check": (
        "固定收费.csv",
        "合同号,费项,开始日期,结束日期,月金额,税率,计税方法\nA1,租金,2026-01-01,2026-12-31,1,9%,看情况",
    ),
    "rent_free_charge_kind_check": ("免租期.csv", "合同号,费项,开始日期,结束日期\nA1,电费,2026-01-01,2026-01-31"),
    "rent_free_check": ("免租期.csv", "合同号,费项,开始日期,结束日期\nA1,租金,2026-02-01,2026-01-31"),
    "meter_utility_check": ("表计登记.csv", "表号,楼宇编号,类别,表位数\nA1,A1,燃气,5"),
    "meter_dials_check": ("表计登记.csv", "表号,楼宇编号,类别,表位数\nA1,A1,电费,2"),
    "meter_multiplier_check": ("表计登记.csv", "表号,楼宇编号,类别,表位数,倍率\nA1,A1,电费,5,0"),
    "meter_share_check": ("表计归属.csv", "表号,合同号,开始日期,结束日期\nA1,A1,2026-02-01,2026-01-31"),
    "meter_share_share_key_check": (
        "表计归属.csv",
        "表号,合同号,开始日期,结束日期,分摊系数\nA1,A1,2026-01-01,2026-12-31,0",
    ),
    "reading_reading_check": ("抄表.csv", "表号,抄表日期,读数\nA1,2026-10-19,-1"),
    "reading_source_check": ("抄表.csv", "表号,抄表日期,读数,抄表方式\nA1,2026-10-19,1,听说"),
    "tariff_utility_check": ("收费标准.csv", "费项,生效日期,单价,税率,规则编号,条款原文\n燃气费,2026-01-01,3,9%,A,x"),
    "tariff_check": (
        "收费标准.csv",
        "费项,生效日期,单价,税率,规则编号,条款原文,失效日期\n电费,2026-01-01,0.8245,13%,A,x,2025-12-31",
    ),
    "tariff_unit_price_check": ("收费标准.csv", "费项,生效日期,单价,税率,规则编号,条款原文\n电费,2026-01-01,0,13%,A,x"),
    "tariff_vat_rate_check": (
        "收费标准.csv",
        "费项,生效日期,单价,税率,规则编号,条款原文\n电费,2026-01-01,0.8245,13,A,x",
    ),
    "tariff_vat_method_check": (
        "收费标准.csv",
        "费项,生效日期,单价,税率,规则编号,条款原文,计税方法\n电费,2026-01-01,0.8245,13%,A,x,看情况",
    ),
    "payment_amount_check": ("到账登记.csv", "收据号,到账日期,金额\n1,2026-10-19,-5"),
    "payment_status_check": ("到账登记.csv", "收据号,到账日期,金额,状态\n1,2026-10-19,5,不知道"),
    "waiver_charge_kind_check": (
        "减免登记.csv",
        "减免单号,合同号,费项,金额,生效日期,原因,批准人\n1,A1,话费,5,2026-10-01,x,甲",
    ),
    "waiver_amount_check": (
        "减免登记.csv",
        "减免单号,合同号,费项,金额,生效日期,原因,批准人\n1,A1,租金,-5,2026-10-01,x,甲",
    ),
    "opening_charge_kind_check": ("期初余额.csv", "合同号,费项,所属月份,到期日,金额\nA1,话费,2026-09,2026-09-30,5"),
    "opening_base_month_check": ("期初余额.csv", "合同号,费项,所属月份,到期日,金额\nA1,租金,2026-0,2026-09-30,5"),
    "opening_amount_check": ("期初余额.csv", "合同号,费项,所属月份,到期日,金额\nA1,租金,2026-09,2026-09-30,0"),
    "opening_check": ("期初余额.csv", "合同号,费项,所属月份,金额\nA1,租金,2026-09,5"),
    "wording_place_check": ("通知单文字.csv", "位置,生效日期,文字\n封面,2026-01-01,x"),
    "number_start_base_month_check": ("号段.csv", "楼宇编号,月份,起始号\nA1,13,1"),
    "number_start_first_number_check": ("号段.csv", "楼宇编号,月份,起始号\nA1,2026-10,0"),
    "repairs.company_opens_with_check": (
        "公司登记.csv",
        "公司编号,公司名称,首个扣款月,维修队收款单位,联系电话\nA1,甲,2026-13,乙,8000",
    ),
    "repairs.warranty_term_term_months_check": ("保修期约定.csv", "项目编号,保修部位,保修期（月）\nA1,装修,0"),
    "repairs.contractor_address_check": ("施工单位登记.csv", "施工单位编号,施工单位名称,邮箱\nA1,甲,没有"),
    "repairs.contract_settled_amount_check": ("施工合同登记.csv", f"{BUILT}\nA1,A1,A1,土建,0,2024-10-15,24,3%"),
    "repairs.contract_liability_months_check": ("施工合同登记.csv", f"{BUILT}\nA1,A1,A1,土建,1,2024-10-15,25,3%"),
    "repairs.contract_deposit_rate_check": ("施工合同登记.csv", f"{BUILT}\nA1,A1,A1,土建,1,2024-10-15,24,3.01%"),
    "repairs.contract_other_security_check": (
        "施工合同登记.csv",
        f"{BUILT},其他担保\nA1,A1,A1,土建,1,2024-10-15,24,3%,口头保证",
    ),
    "repairs.contract_management_rate_check": (
        "施工合同登记.csv",
        f"{BUILT},管理费率,管理费条款\nA1,A1,A1,土建,1,2024-10-15,24,3%,10,第八条",
    ),
    "repairs.contract_check": ("施工合同登记.csv", f"{BUILT},管理费率\nA1,A1,A1,土建,1,2024-10-15,24,3%,10%"),
    "repairs.deposit_movement_movement_kind_check": (
        "质保金收支.csv",
        "凭证号,施工合同号,收支类型,金额,日期\n1,A1,扣款,1,2026-10-01",
    ),
    "repairs.deposit_movement_check": (
        "质保金收支.csv",
        "凭证号,施工合同号,收支类型,金额,日期\n1,A1,退还,-1,2026-10-01",
    ),
    "repairs.work_order_order_class_check": ("派工单.csv", f"{ORDERED}\n1,A1,C,301,装修,瓦,裂,A1,1,2026-10-01"),
    "repairs.work_order_cause_check": ("派工单.csv", f"{ORDERED},责任认定\n1,A1,A,301,装修,瓦,裂,A1,1,2026-10-01,天气"),
    "repairs.work_order_contractor_share_check": (
        "派工单.csv",
        f"{ORDERED},承担比例\n1,A1,A,301,装修,瓦,裂,A1,1,2026-10-01,0%",
    ),
    "repairs.work_order_estimate_amount_check": ("派工单.csv", f"{ORDERED}\n1,A1,A,301,装修,瓦,裂,A1,0,2026-10-01"),
    "repairs.work_order_done_by_check": (
        "派工单.csv",
        f"{ORDERED},维修单位\n1,A1,A,301,装修,瓦,裂,A1,1,2026-10-01,路人",
    ),
    "repairs.work_order_status_check": ("派工单.csv", f"{ORDERED},状态\n1,A1,A,301,装修,瓦,裂,A1,1,2026-10-01,不知道"),
    "repairs.work_order_check": ("派工单.csv", f"{ORDERED}\n1,A1,A,301,装修,瓦,裂,,1,2026-10-01"),
    "repairs.work_order_check1": ("派工单.csv", f"{ORDERED},是否紧急\n1,A1,A,301,装修,瓦,裂,A1,1,2026-10-01,是"),
    "repairs.approval_level_no_check": ("维修审批.csv", f"{APPROVED}\n1,4,审批,同意,估算合理,甲,2026-10-01,1"),
    "repairs.approval_duty_check": ("维修审批.csv", f"{APPROVED}\n1,1,旁听,同意,估算合理,甲,2026-10-01,1"),
    "repairs.approval_verdict_check": ("维修审批.csv", f"{APPROVED}\n1,1,审批,再议,估算合理,甲,2026-10-01,1"),
    "repairs.final_account_amount_check": ("决算.csv", "派工单号,金额（含税）,维修队长,提交日期\n1,0,甲,2026-10-01"),
    "repairs.audit_audited_amount_check": (
        "决算审核.csv",
        "派工单号,审定金额,审核部门,审核人,审核日期,意见\n1,-1,客服部,甲,2026-10-01,单价合理",
    ),
    "repairs.audit_department_check": (
        "决算审核.csv",
        "派工单号,审定金额,审核部门,审核人,审核日期,意见\n1,1,门卫,甲,2026-10-01,单价合理",
    ),
    "repairs.letter_letter_kind_check": (
        "施工单位函件.csv",
        "函件编号,派工单号,函件类型,发出日期\n1,1,贺卡,2026-10-01",
    ),
    "repairs.letter_check1": (
        "施工单位函件.csv",
        "函件编号,派工单号,函件类型,发出日期,答复期限\n1,1,维修通知,2026-10-02,2026-10-01",
    ),
    "repairs.answer_answer_kind_check": (
        "施工单位答复.csv",
        "函件编号,派工单号,答复时间,答复\n1,1,2026-10-01 09:00,再说",
    ),
    "repairs.certification_verdict_check": (
        "结算认定.csv",
        "派工单号,结论,认定金额,认定人,意见,认定日期\n1,再议,1,甲,价格合理,2026-10-01",
    ),
    "repairs.certification_order_class_check": (
        "结算认定.csv",
        "派工单号,结论,认定金额,认定类别,认定人,意见,认定日期\n1,认定,1,C,甲,价格合理,2026-10-01",
    ),
    "repairs.team_payment_amount_check": ("维修工程款支付.csv", "付款单号,派工单号,金额,付款日期\n1,1,0,2026-10-01"),
    "repairs.claim_receipt_amount_check": ("索赔收款.csv", "收据号,派工单号,金额,收款日期\n1,1,0,2026-10-01"),
    "repairs.release_request_check": (
        "质保金退还申请.csv",
        "申请单号,施工合同号,申请日期,收到日期\n1,A1,2026-10-02,2026-10-01",
    ),
    "repairs.release_opinion_department_check": (
        "质保金退还意见.csv",
        "申请单号,部门,结论,意见,签字人,签字日期\n1,门卫,同意,质量良好,甲,2026-10-01",
    ),
    "repairs.release_opinion_verdict_check": (
        "质保金退还意见.csv",
        "申请单号,部门,结论,意见,签字人,签字日期\n1,财务部,再议,质量良好,甲,2026-10-01",
    ),
    "repairs.float_movement_holder_check": (
        "周转金收支.csv",
        "凭证号,公司编号,部门,收支类型,金额,日期\n1,A1,门卫,支用,1,2026-10-01",
    ),
    "repairs.float_movement_movement_kind_check": (
        "周转金收支.csv",
        "凭证号,公司编号,部门,收支类型,金额,日期\n1,A1,维修队,借款,1,2026-10-01",
    ),
    "repairs.float_movement_amount_check": (
        "周转金收支.csv",
        "凭证号,公司编号,部门,收支类型,金额,日期\n1,A1,维修队,支用,-1,2026-10-01",
    ),
    "repairs.general_balance_base_month_check": ("总账余额.csv", "公司编号,月份,科目,余额\nA1,2026-13,质保金,1"),
    "repairs.general_balance_account_check": ("总账余额.csv", "公司编号,月份,科目,余额\nA1,2026-10,库存商品,1"),
    "approver_duty_check": ("审批人名单.csv", "公司编号,岗位,登录名,姓名,生效日期\nA1,门卫,a,甲,2026-01-01"),
    "approver_check": (
        "审批人名单.csv",
        "公司编号,岗位,登录名,姓名,生效日期,失效日期\nA1,总经理,a,甲,2026-02-01,2026-01-01",
    ),
    "sales.project_check": ("案场项目登记.csv", f"{PLACED}\nA1,甲,A1,集团,2026-10-01,8000"),
    "sales.unit_area_check": ("房源价目表.csv", f"{PRICED}\nA1,1,A1,住宅,0,1,1,1,1"),
    "sales.unit_floor_amount_check": ("房源价目表.csv", f"{PRICED}\nA1,1,A1,住宅,1,0,1,1,1"),
    "sales.unit_check": ("房源价目表.csv", f"{PRICED}\nA1,1,A1,住宅,1,3,2,4,5"),
    "sales.unit_hold_hold_kind_check": (
        "房源保留.csv",
        f"{KEPT}\nA1,1,借用,2026-10-01,甲",
    ),
    "sales.unit_hold_check": (
        "房源保留.csv",
        "项目编号,房号,保留类型,开始日期,结束日期,批准人\nA1,1,保留,2026-10-02,2026-10-01,甲",
    ),
    "sales.consultant_address_check": ("置业顾问登记.csv", f"{EMPLOYED},邮箱\nA1,1,2026-01-01,甲,主管,没有"),
    "sales.consultant_check": ("置业顾问登记.csv", f"{EMPLOYED},离岗日期\nA1,1,2026-01-01,甲,主管,2025-12-31"),
    "sales.consultant_grade_check": ("置业顾问登记.csv", f"{EMPLOYED}\nA1,1,2026-01-01,甲,保安"),
    "sales.visit_feedback_check": (
        "来访登记.csv",
        f"{VISITED},客户反馈\nA1,1,2026-10-01 09:00,甲,13800001111,1,看情况",
    ),
    "sales.visit_check": ("来访登记.csv", f"{VISITED},是否代接\nA1,1,2026-10-01 09:00,甲,13800001111,1,是"),
    "sales.family_link_relation_check": (
        "客户关系.csv",
        f"{RELATED}\nA1,13800001111,13800002222,同事,2026-10-01",
    ),
    "sales.family_link_check": (
        "客户关系.csv",
        f"{RELATED}\nA1,13800001111,+86 138-0000-1111,夫妻,2026-10-01",
    ),
    "sales.claim_check": (
        "撞单申报.csv",
        f"{CLAIMED},裁定归属工号,裁定日期,裁定意见\nA1,1,13800001111,1,2026-10-01,1,2026-10-02,登记在先",
    ),
    "sales.claim_check1": (
        "撞单申报.csv",
        f"{CLAIMED},裁定归属工号,裁定人,裁定意见\nA1,1,13800001111,1,2026-10-01,1,乙,登记在先",
    ),
    "sales.claim_check2": (
        "撞单申报.csv",
        f"{CLAIMED},裁定归属工号,裁定人,裁定日期\nA1,1,13800001111,1,2026-10-01,1,乙,2026-10-02",
    ),
    "sales.subscription_check": (
        "认购登记.csv",
        f"{SUBSCRIBED},应签约日期\nA1,1,1,甲,13800001111,2026-10-02,1,1,1,1,2026-10-01",
    ),
    "sales.subscription_area_check": ("认购登记.csv", f"{SUBSCRIBED}\nA1,1,1,甲,13800001111,2026-10-02,0,1,1,1"),
    "sales.subscription_amount_check": ("认购登记.csv", f"{SUBSCRIBED}\nA1,1,1,甲,13800001111,2026-10-02,1,0,1,1"),
    "sales.subscription_deposit_amount_check": (
        "认购登记.csv",
        f"{SUBSCRIBED}\nA1,1,1,甲,13800001111,2026-10-02,1,1,-1,1",
    ),
    "sales.contract_source_check": ("签约登记.csv", f"{SIGNED},台账来源\nA1,1,1,甲,2026-10-01,1,1,1,传真"),
    "sales.contract_area_check": ("签约登记.csv", f"{SIGNED}\nA1,1,1,甲,2026-10-01,0,1,1"),
    "sales.contract_amount_check": ("签约登记.csv", f"{SIGNED}\nA1,1,1,甲,2026-10-01,1,0,1"),
    "sales.contract_payment_way_check": ("签约登记.csv", f"{SIGNED},付款方式\nA1,1,1,甲,2026-10-01,1,1,1,赊账"),
    "sales.contract_approved_price_check": (
        "签约登记.csv",
        f"{SIGNED},批准价格档,批准人\nA1,1,1,甲,2026-10-01,1,1,1,半价,乙",
    ),
    "sales.contract_share_share_check": ("业绩比例.csv", "项目编号,合同号,工号,业绩比例\nA1,1,1,50"),
    "sales.change_change_kind_check": ("退订退房换房登记.csv", f"{CHANGED}\nA1,1,赠送,1,,,1,2026-10-01,,x"),
    "sales.change_check": ("退订退房换房登记.csv", f"{CHANGED}\nA1,1,退订,1,,,1,2026-10-02,2026-10-01,x"),
    "sales.change_check1": ("退订退房换房登记.csv", f"{CHANGED}\nA1,1,退订,1,1,,1,2026-10-01,,x"),
    "sales.change_check2": ("退订退房换房登记.csv", f"{CHANGED}\nA1,1,退订,,,,1,2026-10-01,,x"),
    "sales.change_check3": ("退订退房换房登记.csv", f"{CHANGED}\nA1,1,换房,,1,,1,2026-10-01,,x"),
    "sales.change_check4": ("退订退房换房登记.csv", f"{CHANGED}\nA1,1,退房,,1,,-1,2026-10-01,,x"),
    "sales.instalment_instalment_no_check": (
        "应收计划.csv",
        f"{DUE}\nA1,1,0,首付,2026-10-01,1",
    ),
    "sales.instalment_instalment_kind_check": (
        "应收计划.csv",
        f"{DUE}\nA1,1,1,小费,2026-10-01,1",
    ),
    "sales.instalment_amount_check": (
        "应收计划.csv",
        f"{DUE}\nA1,1,1,首付,2026-10-01,0",
    ),
    "sales.receipt_receipt_kind_check": ("回款登记.csv", f"{RECEIVED}\nA1,1,1,小费,1,2026-10-01"),
    "sales.receipt_amount_check": ("回款登记.csv", f"{RECEIVED}\nA1,1,1,首付,0,2026-10-01"),
    "sales.receipt_check": ("回款登记.csv", f"{RECEIVED}\nA1,1,,首付,1,2026-10-01"),
    "sales.receipt_check1": ("回款登记.csv", f"{RECEIVED}\nA1,1,1,退款,1,2026-10-01"),
    "sales.receipt_check2": ("回款登记.csv", f"{RECEIVED},认购单号,期次\nA1,1,,首付,1,2026-10-01,1,1"),
    "sales.mortgage_loan_kind_check": ("按揭进度.csv", "项目编号,合同号,银行,贷款金额,贷款类型\nA1,1,某银行,1,典当"),
    "sales.mortgage_amount_check": ("按揭进度.csv", "项目编号,合同号,银行,贷款金额\nA1,1,某银行,0"),
    "sales.cash_holding_holder_kind_check": (
        "暂存现金.csv",
        f"{HELD_CASH}\nA1,1,保安,1,1,2026-10-01 09:00",
    ),
    "sales.cash_holding_amount_check": (
        "暂存现金.csv",
        f"{HELD_CASH}\nA1,1,案场经理,1,0,2026-10-01 09:00",
    ),
    "sales.cash_holding_check": (
        "暂存现金.csv",
        f"{HELD_CASH},上交时间\nA1,1,案场经理,1,1,2026-10-01 09:00,2026-10-01 08:00",
    ),
    "sales.contract_check_check": (
        "合同抽检.csv",
        "项目编号,抽检编号,合同号,抽检日期,是否合格\nA1,1,1,2026-10-01,不合格",
    ),
    "sales.meeting_meeting_kind_check": ("晨夕会登记.csv", "项目编号,日期,会议类型,是否召开\nA1,2026-10-01,午会,是"),
    "sales.training_training_kind_check": ("培训竞品登记.csv", "项目编号,编号,类型,日期,主题\nA1,1,团建,2026-10-01,x"),
    "sales.training_attendee_count_check": (
        "培训竞品登记.csv",
        "项目编号,编号,类型,日期,主题,参加人数\nA1,1,培训,2026-10-01,x,-1",
    ),
    "sales.target_target_month_check": (
        "销售目标.csv",
        f"{AIMED}\nA1,2026-13,签约套数,2026-10-01,1",
    ),
    "sales.target_indicator_check": ("销售目标.csv", f"{AIMED}\nA1,2026-10,好评,2026-10-01,1"),
    "sales.target_amount_check": (
        "销售目标.csv",
        f"{AIMED}\nA1,2026-10,签约套数,2026-10-01,-1",
    ),
    "sales.plan_plan_month_check": (
        "销售计划.csv",
        f"{PLANNED}\nA1,2026-0,销售,x,1,2026-10-01",
    ),
    "sales.plan_plan_kind_check": (
        "销售计划.csv",
        f"{PLANNED}\nA1,2026-11,旅游,x,1,2026-10-01",
    ),
    "sales.plan_amount_check": (
        "销售计划.csv",
        f"{PLANNED}\nA1,2026-11,销售,x,-1,2026-10-01",
    ),
    "sales.opening_indicator_check": ("销售期初.csv", "项目编号,指标,数量\nA1,好评,1"),
}


#: what the rows of the other feeds of a subject speak of, in the order of admission
FIRST = {
    "案场登记表.csv": "案场编号,案场名称,城市\nA1,甲,甲",
    "花名册.csv": "工号,姓名,案场编号,部门,入职日期\nA1,甲,A1,甲,2026-01-01\nA2,乙,A1,甲,2026-01-01",
    "班次表.csv": "案场编号,班次代码,班次名称,上班时间,下班时间,生效日期\nA1,A1,甲,08:30,18:00,2026-01-01",
    "违纪单登记.csv": "单号,工号,日期,事由,签字\nA1,A1,2026-10-01,甲,是",
    "会议培训安排.csv": ("案场编号,编号,类型,名称,开始时间,结束时间\nA1,A1,会议,甲,2026-10-01 08:00,2026-10-01 09:00"),
    "楼宇登记.csv": (
        "楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话\nA1,甲,甲,1,2,2026-10,8000"
    ),
    "合同登记.csv": "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期\nA1,A1,9,1,租赁,2026-01-01,2026-12-31",
    "表计登记.csv": "表号,楼宇编号,类别,表位数\nA1,A1,电费,5",
    "公司登记.csv": "公司编号,公司名称,首个扣款月,维修队收款单位,联系电话\nA1,甲,2026-10,乙,8000",
    "项目登记.csv": "项目编号,公司编号,项目名称\nA1,A1,甲",
    "施工单位登记.csv": "施工单位编号,施工单位名称\nA1,甲",
    "施工合同登记.csv": f"{BUILT}\nA1,A1,A1,土建,1000000,2024-10-15,24,3%",
    "质保金退还申请.csv": "申请单号,施工合同号,申请日期,收到日期\nA1,A1,2026-10-01,2026-10-01",
    "派工单登记.csv": f"{ORDERED}\nA1,A1,A,301,装修,瓦,裂,A1,1,2026-10-01",
    "施工单位函件.csv": "函件编号,派工单号,函件类型,发出日期,金额\nA1,A1,扣款确认函,2026-10-01,1",
    "案场项目登记.csv": f"{PLACED}\nA1,甲,G1,集团,2026-10-01,8000",
    "楼栋登记.csv": "项目编号,楼栋号,楼栋名称\nA1,A1,1号楼",
    "房源价目表.csv": f"{PRICED}\nA1,A1,A1,住宅,1,1,1,1,1",
    "置业顾问登记.csv": f"{EMPLOYED}\nA1,A1,2026-01-01,甲,主管",
    "认购登记.csv": f"{SUBSCRIBED}\nA1,A1,A1,甲,13800001111,2026-10-01,1,1,1,A1",
    "签约登记.csv": f"{SIGNED},认购单号\nA1,A1,A1,甲,2026-10-01,1,1,A1,A1",
}


def subject(feed) -> str:
    """The schema of its table; who approves speaks of the companies, too; slips speak of sites and people."""
    others = {"approvers": "repairs", "sites": "attendance", "employees": "attendance"}
    return others.get(feed.name) or feed.table.split(".")[0]


def table_columns(books: Books, table: str) -> dict[str, tuple[str, bool]]:
    """Column name to (type, is not null) of a table, without the bookkeeping."""
    return {
        row["attname"]: (row["type"], row["attnotnull"])
        for row in books.query(
            """select attname, attnotnull,
                regexp_replace(format_type(atttypid, atttypmod), ' without time zone| with time zone', '') as type
            from pg_attribute where attrelid = %(table)s::regclass and attnum > 0""",
            table=table,
        )
        if row["attname"] not in BOOKKEEPING
    }


def test_there_is_something_to_check():
    assert len(FEEDS) == 93


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_definition_names_every_column_of_its_table_with_its_type(books: Books, feed):
    found = table_columns(books, feed.table)
    assert {column.name for column in feed.columns} == found.keys()
    for column in feed.columns:
        type_name, is_not_null = found[column.name]
        expected = {"timestamptz": "timestamp", "numeric": "numeric"}.get(
            POSTGRES_TYPES[column.kind], POSTGRES_TYPES[column.kind]
        )
        assert re.sub(r"\(.*\)", "", type_name) == expected, column.name
        if column.kind in ("decimal", "rate"):
            assert type_name.endswith(f",{column.scale})"), column.name
        assert column.is_required == is_not_null, f"{column.name}: required in the one, optional in the other"


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_the_key_of_a_definition_is_the_unique_index_of_its_table(books: Books, feed):
    indexes = books.query(
        """select array(
                select attname from pg_attribute
                where attrelid = indrelid and attnum = any((indkey::smallint[])[0:indnkeyatts - 1]) order by attname
            )::text[] as columns, pg_get_expr(indpred, indrelid) as held
        from pg_index where indrelid = %(table)s::regclass and indisunique""",
        table=feed.table,
    )
    assert {"columns": sorted(column.name for column in feed.key), "held": indexes[0]["held"]} in indexes
    assert ("infinity" in (indexes[0]["held"] or "")) == (feed.kind == "register")


def test_every_wall_of_the_tables_has_its_rule(books: Books):
    walls = books.query(
        """select case
                when relnamespace::regnamespace::text in ('repairs', 'sales') then relnamespace::regnamespace || '.'
                else ''
            end || conname as name
        from pg_constraint inner join pg_class on conrelid = pg_class.oid
        where contype = 'c' and conrelid = any(%(tables)s::regclass[])
            -- whether a file or a run brought a row is for us to say, no file can
            and not array(
                select attname::text from pg_attribute where attrelid = conrelid and attnum = any(conkey)
            ) <@ array['file_id', 'run_id']""",
        tables=[feed.table for feed in FEEDS],
    )
    assert {row["name"] for row in walls} == WALLS.keys()


@pytest.mark.parametrize("wall", WALLS)
def test_a_row_that_would_hit_a_wall_goes_back_and_the_file_is_admitted(office: Office, wall: str):
    office.drop(*WALLS[wall])
    office.take()
    assert office.totals() == [(1, 0, 0, 0, 0, 1)]
    # for its own sake, and not because nothing that it speaks of is registered here
    assert "没有登记" not in office.books.query("select reason from ops.quarantine")[0]["reason"]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_feed_admits_a_file_with_its_own_titles_and_an_example(office: Office, feed):
    example = {
        "text": "甲", "id": "A1", "date": "2026-10-01", "time": "08:30", "timestamp": "2026-10-01 08:30:00",
        "integer": "2026", "decimal": "0.50", "boolean": "否", "month": "2026-10", "rate": "9%", "phone": "13800001111",
        "roc_date": "1151001",
    }  # fmt: skip
    special = {
        "address": "a@example.com", "back_at": "2026-10-01 09:00:00", "ends_at": "2026-10-01 17:00:00",
        "left_on": "2026-10-31", "valid_to": "2026-10-31", "parameter": "late_limit_minutes", "value": "30",
        "account_no": "0200001001000000001", "late_rate": "0.05%", "markup_rate": "0", "dials": "5", "due_days": "10",
        "reading_days": "7", "objection_days": "5", "replaces": "-",
        "term_months": "600", "liability_months": "24", "deposit_rate": "3%", "level_no": "1", "opinion": "单价合理",
        "group_id": "G1", "served_for_id": "-", "other_phone": "13800002222", "share": "100%",
        "change_kind": "补充协议", "new_unit_no": "-",
        "second_employee_id": "A2", "month_on": "2026-09", "cap_rate": "20%", "reason": "设备故障",
        "left_at": "2026-10-01 17:00:00",
    }  # fmt: skip
    if feed.name == "shifts":
        special["ends_at"] = "18:00"
    if feed.name == "fine_waivers":
        special["slip_no"] = "A1"
    if feed.name == "presale_contracts":
        special["amount"] = "10000"
    for name, content in FIRST.items():
        other = feed_of(name, FEEDS)
        if other.order < feed.order and subject(other) == subject(feed):
            office.drop(name, content)
    if feed.name == "site_rule_sets":
        office.drop("制度清单.csv", "制度编号,制度名称,优先级\nA1,甲,1")
    cells = [
        special.get(column.name) or (next(iter(column.choices)) if column.choices else example[column.kind])
        for column in feed.columns
    ]
    name = next(name for pattern in feed.patterns if feed_of(name := f"{pattern.strip('*')}.csv", FEEDS) is feed)
    office.drop(name, ",".join(column.title for column in feed.columns) + "\n" + ",".join(cells))
    office.take()
    assert office.totals()[-1] == (1, 0, 1, 0, 0, 0)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_no_heading_is_both_meant_and_ignored_by_its_exact_name(feed):
    exact = {normalise(heading) for heading in feed.ignored if "*" not in heading}
    assert not exact & {normalise(heading) for column in feed.columns for heading in column.headings}


def test_every_check_of_a_definition_is_a_statement_and_every_statement_is_used():
    used = {check for feed in FEEDS for check in (*feed.checks, *feed.row_checks, *feed.trials)}
    assert used == {path.stem for path in SQL_CHECKS.glob("check_*.sql")}


def test_patterns_of_different_feeds_never_tie():
    for feed in FEEDS:
        for pattern in feed.patterns:
            rivals = [other.name for other in FEEDS if other is not feed and pattern in other.patterns]
            assert not rivals, pattern


def test_names_that_fit_two_feeds_go_to_the_one_that_says_more():
    names = [
        "固定收费标准",
        "租户合同",
        "合同减免",
        "合同免租期",
        "租户到账",
        "楼宇抄表",
        "楼宇合同",
        "表计归属",
        "收款单位",
    ]
    found = [feed.name if (feed := feed_of(f"{name}.csv", FEEDS)) else None for name in names]
    assert found == [
        "charges", "contracts", "waivers", "rent_free", "payments", "readings", "contracts", "meter_shares", "payees",
    ]  # fmt: skip


def test_names_of_what_people_hand_in_go_to_the_register_that_is_meant():
    meant = {
        "换班": "swaps", "2026年10月换班": "swaps", "排班表-换班": "roster", "排班表-调班": "roster",
        "会议培训安排": "gatherings", "会议培训签到": "gathering_attendees", "2026-10培训签到表": "gathering_attendees",
        "培训登记": "trainings", "培训竞品登记": "trainings", "晨会": "meetings", "晨夕会登记": "meetings",
        "接待登记": "visits", "接待轮位登记": "receptions", "查岗": "spot_checks", "外出查岗": "outings",
        "加班单": "overtime", "罚款减免单": "fine_waivers", "减免登记": "waivers", "罚款执行登记": "fine_executions",
        "考勤认定单": "day_rulings", "结算认定": "certifications", "工资标准": "wages", "租金标准": "charges",
        "工资扣款参数": "wage_limits", "临时班次": "timetable_changes", "班次表": "shifts",
        "工作小结": "work_summaries",
    }  # fmt: skip
    assert {name: feed_of(f"{name}.csv", FEEDS).name for name in meant} == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind = 'diary'", "kind must be one of"),
        ("kind = 'register'", "a register needs key columns"),
        ("kind = 'event'\nformats = ['csv', 'pdf']", "unknown formats"),
        ("kind = 'event'\nformats = ['csv']\ncolour = 'red'", "unknown keys"),
        ("kind = 'event'\nformats = ['csv', 'attlog']\nadapter = 'presale'", "reads csv and xlsx"),
        ("kind = 'event'\nadapter = 'harmony'", "adapter must be one of"),
        (
            "kind = 'register'\n[[columns]]\nname = 'a'\ntype = 'id'\nheadings = ['甲']\nkey = true\n"  # noqa: ISC004
            "[[rows]]\njudge = 'taste'\ncolumn = 'a'\nreason = ''\nadvice = ''",
            "needs either must or judge",
        ),
        (
            "kind = 'register'\nconfidential = true\n"  # noqa: ISC004
            "[[columns]]\nname = 'a'\ntype = 'id'\nheadings = ['甲']\nkey = true",
            "confidential and returned_to belong together",
        ),
        (
            "kind = 'register'\nconfidential = true\nreturned_to = 'x'\nchecks = ['check_shift_overlaps']\n"  # noqa: ISC004
            "[[columns]]\nname = 'a'\ntype = 'id'\nheadings = ['甲']\nkey = true",
            "what refuses a file names its rows",
        ),
        (
            "kind = 'event'\nrow_checks = ['check_tower_known']",
            "row_checks, trials, looks_again and judges belong to a register",
        ),
        ("kind = 'event'\ncolumns = [{name = 'a', type = 'money', headings = ['甲']}]", "type must be one of"),
        (
            "kind = 'event'\n[[columns]]\nname = 'a'\ntype = 'id'\nheadings = ['甲']\n"  # noqa: ISC004
            "[[columns]]\nname = 'b'\ntype = 'id'\nheadings = ['甲']",
            "belongs to both a and b",
        ),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(tmp_path, text: str, said: str):
    path = tmp_path / "x.toml"
    rest = "" if "formats" in text else "\nformats = ['csv']"
    head = "title = 'x'\ntable = 'a.b'\norder = 1\nfiles = ['x*']\neffect = ''\n"
    path.write_text(f"{head}{rest}\n{text}", encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_definition(path)
