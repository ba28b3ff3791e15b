/*  The key of a document's letters.

    Grain:  one row.
    Rerun:  safe; only reads.  */
select
    document_kind as letter_kind,
    document_kind || '/' || site_id || '/' || lower(period) || '/' || upper(period) - 1 as document_key,
    revision
from ops.artifact
where artifact_id = %(artifact_id)s
