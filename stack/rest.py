"""Airflow's stable REST API, as much of it as the launcher needs."""

import time

import httpx

from stack.state import ROBOT, StackError, State


class Airflow:
    """A client logged in as one user of a state's Airflow; use as a context manager.

    :param user: whose password is in the state's secrets.
    :raises httpx.HTTPError: when nobody answers.
    :raises StackError: when the answer is a refusal, with Airflow's own words.
    """

    def __init__(self, state: State, user: str = ROBOT) -> None:
        self.client = httpx.Client(base_url=state.url, timeout=30, trust_env=False)
        self.credentials = {"username": user, "password": state.secrets[user]}

    def __enter__(self) -> "Airflow":
        try:
            answer = self.client.post("/auth/token", json=self.credentials)
            if not answer.is_success:
                raise StackError(
                    f"{self.client.base_url} refuses {self.credentials['username']} ({answer.status_code}): "
                    "another program may listen there; `make down`, then `make up`."
                )
            self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        except BaseException:
            self.client.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def call(self, method: str, path: str, **options: object) -> dict:
        """Call `/api/v2…` and return the JSON answer; StackError says what Airflow refused."""
        answer = self.client.request(method, f"/api/v2{path}", **options)
        if answer.is_success:
            return answer.json() if answer.content else {}
        try:
            told = answer.json().get("detail")
        except ValueError:
            told = answer.text[:300]
        raise StackError(f"Airflow answered {answer.status_code} to {method} {path}: {told}")

    def health(self) -> dict:
        """Return the health of the components."""
        return self.call("GET", "/monitor/health")

    def dags(self) -> dict[str, dict]:
        """Return the workflows by id."""
        return {dag["dag_id"]: dag for dag in self.call("GET", "/dags", params={"limit": 100})["dags"]}

    def wait_for_dag(self, dag_id: str, seconds: float = 40) -> dict:
        """Wait until the DAG processor has read a workflow and return it.

        :raises StackError: naming the workflows there are and the files that cannot be imported.
        """
        limit = time.monotonic() + seconds
        while True:
            dags = self.dags()
            if dag_id in dags:
                return dags[dag_id]
            errors = self.call("GET", "/importErrors", params={"limit": 20})["import_errors"]
            # One that cannot be imported will not appear; others may just not have been read yet.
            if time.monotonic() > limit or any(dag_id in error["filename"] for error in errors):
                broken = "".join(f"\n{error['filename']}:\n{error['stack_trace'][-800:]}" for error in errors)
                known = ", ".join(sorted(dags)) or "none"
                raise StackError(f"There is no workflow {dag_id}; there are: {known}.{broken}")
            time.sleep(1)

    def pause_all(self) -> None:
        """Pause every workflow that is known."""
        for dag_id in self.dags():
            self.unpause(dag_id, paused=True)

    def unpause(self, dag_id: str, *, paused: bool = False) -> None:
        """Switch a workflow on, or off."""
        self.call("PATCH", f"/dags/{dag_id}", json={"is_paused": paused})

    def trigger(self, dag_id: str, conf: dict) -> str:
        """Start a run without a logical date and return its id."""
        return self.call("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf})["dag_run_id"]

    def run(self, dag_id: str, run_id: str) -> dict:
        """Return a run: `state`, `note`, …"""
        return self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")

    def tasks(self, dag_id: str, run_id: str) -> list[dict]:
        """Return a run's task instances, all of them."""
        found: list[dict] = []
        while True:
            page = self.call(
                "GET",
                f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances",
                params={"limit": 100, "offset": len(found)},
            )
            found += page["task_instances"]
            if len(found) >= page["total_entries"] or not page["task_instances"]:
                return found

    def errors(self, task: dict) -> list[str]:
        """Return what a task instance's latest log says of its failure, at worst the log's last lines."""
        path = f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/logs"
        answer = self.call("GET", f"{path}/{task['try_number']}", params={"map_index": task["map_index"]})
        events = [line for line in answer.get("content", []) if isinstance(line, dict)]
        raised = [
            f"{error['exc_type']}: {error['exc_value']}" for line in events for error in line.get("error_detail") or []
        ]
        return raised or [str(line.get("event", "")) for line in events][-8:]

    def questions(self, dag_id: str, run_id: str) -> list[dict]:
        """Return what a run waits for a person to answer."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/hitlDetails"
        return self.call("GET", path, params={"response_received": "false", "limit": 100})["hitl_details"]

    def answer(self, question: dict, option: str, opinion: str) -> None:
        """Answer one question; of its fields the opinion is filled in, every other one stays as it is offered."""
        task = question["task_instance"]
        path = f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}"
        fields = {name: param.get("value") for name, param in question["params"].items()}
        body = {"chosen_options": [option], "params_input": fields | {"opinion": opinion}}
        self.call("PATCH", f"{path}/{task['map_index']}/hitlDetails", json=body)
