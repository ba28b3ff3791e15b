"""A step that somebody marked as success told nothing; those after it say so instead of passing it over."""

import pytest


def operators():
    from operators.enqueue_mail import EnqueueMail
    from operators.make_documents import MakeDocuments
    from operators.merge_notices import MergeNotices
    from operators.release_document import ReleaseDocument
    from operators.render_notices import RenderNotices

    return {
        "release": ReleaseDocument(task_id="release", run_id="1", document=None, document_kind="x", title="x"),
        "write": MakeDocuments(task_id="write", artifact=None, papers=[]),
        "render": RenderNotices(task_id="render", artifact=None, source="x:y"),
        "merge": MergeNotices(task_id="merge", artifact=None, source="x:y", enclosure="x", statement="x", title="x"),
        "enqueue": EnqueueMail(task_id="enqueue", artifact=None, statement="x", template="x"),
    }


@pytest.mark.parametrize("name", ["release", "write", "render", "merge", "enqueue"])
def test_a_step_after_one_that_was_marked_as_success_fails_in_words(airflow_home, name):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="前一步没有留下结果：它可能被“标记成功”跳过了"):
        operators()[name].execute({})
