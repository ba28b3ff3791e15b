"""Steps that every workflow takes alike: files in and the period held; a document written, mailed and delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from airflow.providers.standard.sensors.date_time import DateTimeSensor
from airflow.sdk import TriggerRule, chain

from operators.admit_files import AdmitFiles
from operators.ask_period import AskPeriod
from operators.await_before import AwaitBefore
from operators.deliver_mail import DeliverMail
from operators.enqueue_each import EnqueueEach
from operators.enqueue_mail import EnqueueMail
from operators.hold_run import HoldRun
from operators.land_files import LandFiles
from operators.make_documents import MakeDocuments
from operators.merge_notices import MergeNotices
from operators.release_document import ReleaseDocument
from operators.render_notices import RenderNotices
from operators.return_rows import ReturnRows
from operators.tell_result import TellResult
from workbooks import Stationery

RUN_ID = "{{ ti.xcom_pull(task_ids='hold')['run_id'] }}"
#: what a mapped step is about, for the Airflow UI
PLACE = "{{ ((task.document if task.document is defined else task.artifact) or {}).get('site_name', '—') }}"
_PERIOD = "{{ ti.xcom_pull(task_ids='period')['key'] }}"
_LAST_ON = "{{ ti.xcom_pull(task_ids='period')['last_on'] }}"
_IS_TRIAL = "{{ '是' if params.mode == '试算' else '' }}"


@dataclass(frozen=True)
class Intake:
    """The first steps of a workflow: what it holds, and the letters about bad files, which end it beside the rest."""

    hold: HoldRun
    told: DeliverMail


def take_in(
    *,
    scope: str,
    whole: str = "",
    as_of_day: int | None = None,
    late: str | None = None,
    waits: str | None = None,
    keeps_cutoffs: bool = False,
) -> Intake:
    """确定期间, 收取资料, 校验入库, 占用期间, and beside them 退回问题资料.

    :param scope, as_of_day, late, keeps_cutoffs: see `HoldRun`; whole: see `AskPeriod` and `HoldRun`.
    :param waits: for 等待上期发布, before the period is held; see `AwaitBefore`.
    """
    period = AskPeriod(task_id="period", task_display_name="确定期间", whole=whole)
    land = LandFiles(task_id="land", task_display_name="收取资料", as_of_on=_LAST_ON, is_trial=_IS_TRIAL)
    admit = AdmitFiles(
        task_id="admit",
        task_display_name="校验入库",
        as_of_on=_LAST_ON,
        is_trial=_IS_TRIAL,
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,  # a refused file stops no other department
    )
    hold = HoldRun(
        task_id="hold",
        task_display_name="占用期间",
        period=_PERIOD,
        scope=scope,
        as_of_day=as_of_day,
        whole=whole,
        late=late,
        keeps_cutoffs=keeps_cutoffs,
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
    )
    give_back = ReturnRows(task_id="give_back", task_display_name="退回问题资料", run_id=RUN_ID, contact="系统运维")
    send_back = DeliverMail(task_id="send_back", task_display_name="发送退回表", run_id=RUN_ID)
    if waits:
        await_before = AwaitBefore(
            task_id="await_before",
            task_display_name="等待上期发布",
            period=_PERIOD,
            statement=waits,
            trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        )
        chain(period, await_before)
        chain(admit, await_before, hold)
    chain(period, land, admit, hold, give_back, send_back)
    chain(period, [admit, hold])  # without a period nothing is admitted or held
    return Intake(hold, send_back)


def wait_until(at: str, **kwargs: Any) -> DateTimeSensor:
    """Wait for an instant on the house clock.

    :param at: the instant, ISO 8601 (templated); a trial does not wait, nor does a run after it.
    """
    return DateTimeSensor(
        target_time="{% if params.mode == '试算' %}2000-01-01T00:00:00+08:00{% else %}" + at + "{% endif %}",
        # the slot of the worker is given back between two looks
        mode="reschedule",
        poke_interval=60,
        timeout=timedelta(days=30).total_seconds(),
        execution_timeout=None,
        **kwargs,
    )


def take_in_late(from_at: str, *, named: str) -> tuple[DateTimeSensor, LandFiles, AdmitFiles]:
    """等待 an instant, then 收取, 校验入库 of what came since; `RunStatements` behind it renews what the run knows.

    :param from_at: see `wait_until`.
    :param named: what the instant is called, e.g. 核对日.
    """
    return (
        wait_until(from_at, task_id="await_late", task_display_name=f"等待{named}"),
        LandFiles(task_id="land_late", task_display_name="收取补交资料", as_of_on=_LAST_ON, is_trial=_IS_TRIAL),
        AdmitFiles(
            task_id="admit_late",
            task_display_name="校验补交资料",
            as_of_on=_LAST_ON,
            is_trial=_IS_TRIAL,
            trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        ),
    )


def hand_out(
    papers: Sequence[Stationery], artifact: Any, *, named: str, suffix: str = "", is_beside: bool = False
) -> tuple[Any, Any]:
    """生成, 发送 of released documents with their letters; chain them behind the release.

    :param papers: how each of them is made and told of.
    :param artifact: output of the step that released them.
    :param named: what they are called on the steps, e.g. 日报.
    :param suffix: told apart by it where a workflow hands out twice, e.g. ``_preview``.
    :param is_beside: whether they were released beside another document, whose release `artifact` tells of.
    """
    return (
        MakeDocuments(
            task_id=f"write_workbook{suffix}",
            task_display_name=f"生成{named}",
            artifact=artifact,
            papers=papers,
            is_beside=is_beside,
        ),
        DeliverMail(
            task_id=f"deliver_mail{suffix}",
            task_display_name=f"发送{named}",
            artifact=artifact,
            enclosures=[paper.kind for paper in papers] if is_beside else [],
        ),
    )


def show(paper: Stationery, document: Any, *, named: str, suffix: str = "") -> tuple[Any, Any, Any]:
    """登记, 生成, 发送 of a document that only shows what a person is asked about; chain them.

    :param paper: how the document is made and told of.
    :param document: the document that will be asked about.
    :param named, suffix: see `hand_out`.
    """
    shown = ReleaseDocument(
        task_id="show",
        task_display_name=f"登记{named}",
        run_id=RUN_ID,
        document=document,
        document_kind=paper.kind,
        title=paper.title,
        is_preview=True,
    )
    return shown, *hand_out([paper], shown.output, named=named, suffix=suffix)


def render_parts(artifact: Any, *, source: str, named: str = "通知书", parts: int = 2) -> list[RenderNotices]:
    """生成通知书, in parts.

    :param artifact: output of the step that released the notices; source: see `RenderNotices`.
    :param named: what they are called on the steps.
    :param parts: so many workers can share the notices of one place.
    """
    return [
        RenderNotices(
            task_id=f"render_{part + 1}",
            task_display_name=f"生成{named}{part + 1}",
            artifact=artifact,
            source=source,
            part=part,
            parts=parts,
        )
        for part in range(parts)
    ]


def hand_over(paper: Stationery, released: Any, *, source: str, listed: str, title: str) -> tuple[Any, Any, Any]:
    """合并, 登记邮件, 发送 of the notices bound into one file; chain them behind the rendering of the notices.

    :param paper: the document that the file belongs to, released beside the notices' own.
    :param released: output of the step that released both.
    :param source: see `MergeNotices`.
    :param listed: query of the notices in order.
    :param title: what the file is called.
    """
    return (
        MergeNotices(
            task_id="merge",
            task_display_name="合并通知书",
            artifact=released,
            source=source,
            enclosure=paper.kind,
            statement=listed,
            title=title,
        ),
        EnqueueMail(
            task_id="enqueue_handover",
            task_display_name="登记移交邮件",
            artifact=released,
            enclosure=paper.kind,
            statement=paper.statement,
            template=paper.template,
            exceptions=paper.exceptions,
        ),
        DeliverMail(
            task_id="deliver_handover", task_display_name="发送移交邮件", artifact=released, enclosures=[paper.kind]
        ),
    )


def tell_each(paper: Stationery, released: Any, *, named: str, suffix: str) -> tuple[Any, Any]:
    """登记邮件, 发送 of letters that say something else to each recipient; chain them behind what goes with them.

    :param paper: the document whose letters these are, released beside another.
    :param released: output of the step that released both.
    :param named: whom the letters are for, e.g. 租户.
    :param suffix: tells the steps apart, e.g. ``_tenants``.
    """
    return (
        EnqueueEach(
            task_id=f"enqueue{suffix}",
            task_display_name=f"登记{named}邮件",
            artifact=released,
            enclosure=paper.kind,
            source=paper.source,
            template=paper.template,
        ),
        DeliverMail(
            task_id=f"deliver{suffix}",
            task_display_name=f"发送{named}邮件",
            artifact=released,
            enclosures=[paper.kind],
        ),
    )


def tell_run(paper: Stationery, *, accounts: str, places: str) -> tuple[Any, Any, Any]:
    """核对结果 whatever happened before, 生成, 发送结果单; chain them behind all that the run does.

    :param paper: the result sheet.
    :param accounts, places: see `TellResult`.
    """
    tell = TellResult(
        task_id="tell",
        task_display_name="核对结果",
        hold="hold",
        paper=paper,
        accounts=accounts,
        places=places,
    )
    return tell, *hand_out([paper], tell.output, named="结果单", suffix="_result")
