/*  Writes down how a landed file is to be split and how many rows it brought.

    Grain:  one row per landed file.
    Rerun:  runs once, in the transaction of the COPY. */
update ops.landing_file
set
    encoding = %(encoding)s,
    delimiter = %(delimiter)s,
    header = %(header)s,
    row_count = %(row_count)s,
    blank_count = %(blank_count)s,
    is_ascii = %(is_ascii)s,
    archive_path = %(archive_path)s,
    note = %(note)s
where file_id = %(file_id)s
