"""The back office without Airflow: periods, runs, feeds, workbooks, letters. Holds no business word."""
