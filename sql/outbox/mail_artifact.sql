/*  Reads one artifact: what a document is about, and its file once that is written.

    Grain:  one artifact.
    Rerun:  safe; only reads.  */
with run as (
    select %(artifact_id)s::bigint as artifact_id
)

select artifact.*
from run
inner join ops.artifact on run.artifact_id = artifact.artifact_id
