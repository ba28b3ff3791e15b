/*  Who answers for a month sheet before it is issued: the department manager's signature (OF-A2). */

alter table book.approver drop constraint approver_duty_check;
alter table book.approver add check (
    duty in ('客户服务部经理', '副总工程师', '副总经理', '总经理', '财务核对', '考勤签字')
);
