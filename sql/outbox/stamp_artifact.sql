/*  Registers the file of a document.

    Grain:  one artifact.
    Rerun:  safe; the same file stamps the same values, another file is not stamped.  */
with run as (
    select
        %(artifact_id)s::bigint as artifact_id,
        %(file_path)s::text as file_path,
        %(sha256)s::text as sha256,
        %(byte_count)s::bigint as byte_count,
        %(row_count)s::integer as row_count
)

update ops.artifact set
    file_path = run.file_path,
    sha256 = run.sha256,
    byte_count = run.byte_count,
    row_count = run.row_count
from run
where artifact.artifact_id = run.artifact_id and (artifact.sha256 is null or artifact.sha256 = run.sha256)
