"""Write the Chinese note of a run, which operations read in the grid.

A task cannot set its run's note through the Task SDK; the stable REST API can, with a service account whose
address, name and password are in the environment (BACKOFFICE_API_URL, _USER, _PASSWORD).
"""

import logging
import os
from typing import Any
from urllib.parse import quote

import httpx

log = logging.getLogger(__name__)
LONGEST = 1000


def write_note(dag_run: Any, note: str) -> None:
    """Set the note of this run; a note that cannot be written is logged, never a reason to fail.

    :param note: at most 1000 characters are kept.
    """
    url = os.environ.get("BACKOFFICE_API_URL")
    if not url:
        log.info("BACKOFFICE_API_URL is not set; the note stays in the log: %s", note)
        return
    account = {name: os.environ.get(f"BACKOFFICE_API_{name.upper()}", "") for name in ("user", "password")}
    try:
        with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
            token = client.post("/auth/token", json={"username": account["user"], "password": account["password"]})
            token.raise_for_status()
            client.patch(
                f"/api/v2/dags/{quote(dag_run.dag_id, safe='')}/dagRuns/{quote(dag_run.run_id, safe='')}",
                json={"note": note[:LONGEST]},
                headers={"Authorization": f"Bearer {token.json()['access_token']}"},
            ).raise_for_status()
    except httpx.HTTPError as error:
        log.warning("The note could not be written (%s): %s", error, note)
