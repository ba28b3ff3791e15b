"""Write the Chinese note of a run, which operations read in the grid.

A task cannot set its run's note through the Task SDK; the stable REST API can, with the service account of
the Airflow connection `backoffice_api`.
"""

import logging
from typing import Any
from urllib.parse import quote

import httpx
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

log = logging.getLogger(__name__)
CONNECTION_ID = "backoffice_api"


def write_note(dag_run: Any, note: str) -> None:
    """Set the note of this run; a note that cannot be written is logged, never a reason to fail.

    :param note: at most 1000 characters are kept.
    """
    try:
        account = BaseHook.get_connection(CONNECTION_ID)
        base = f"{account.schema or 'http'}://{account.host}:{account.port}"
        with httpx.Client(base_url=base, timeout=20, trust_env=False) as client:
            token = client.post("/auth/token", json={"username": account.login, "password": account.password})
            token.raise_for_status()
            client.patch(
                f"/api/v2/dags/{quote(dag_run.dag_id, safe='')}/dagRuns/{quote(dag_run.run_id, safe='')}",
                json={"note": note[:1000]},
                headers={"Authorization": f"Bearer {token.json()['access_token']}"},
            ).raise_for_status()
    except AirflowNotFoundException:
        log.info("No connection %s: the note stays in the log only: %s", CONNECTION_ID, note)
    except httpx.HTTPError as error:
        log.warning("The note could not be written (%s): %s", error, note)
