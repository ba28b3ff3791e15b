/*  A letter may bring further files of its own beside the first: a paper as PDF, its tables as a workbook. */

alter table ops.outbox
add column further_files jsonb not null default '[]',
add constraint outbox_further_files_are_whole check (
    jsonb_typeof(further_files) = 'array'
    and not jsonb_path_exists(
        further_files,
        '$[*] ? (!(@.file_path.type() == "string" && @.sha256.type() == "string" && @.byte_count.type() == "number"))'
    )
),
add constraint outbox_further_files_follow_a_first check (file_path is not null or further_files = '[]');
comment on column ops.outbox.further_files is
'[{file_path, sha256, byte_count}, …], as the columns of the first file, in the order in which they are attached';
