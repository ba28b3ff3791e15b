# `make` lists what can be asked for. PYTHON names another interpreter for the set-up.
SHELL := /bin/sh
PYTHON ?= python3
STATE ?= var
VENV := .venv
PY := $(VENV)/bin/python
STACK := $(PY) -m stack --state "$(STATE)"

export PYTHONPATH := $(CURDIR)
export DAG PERIOD MODE SITES INBOX REASON MAIL OPINION BY UNPAUSE RUN DECISION SCHEDULES FILE PURGE CHAPTER

.DEFAULT_GOAL := help
.PHONY: help setup lock demo up down run answer status logs psql backup restore test kills lint bench

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo; echo "  STATE=dir keeps another office beside this one (now: $(STATE))."

setup:  ## make .venv from requirements.lock, if the lock changed
	@$(PYTHON) stack/install.py

lock: setup  ## pin requirements.in again, with hashes and without naming an index
	@for it in requirements requirements-uv; do \
	  $(VENV)/bin/uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	    --generate-hashes --custom-compile-command "make lock" --upgrade --quiet $$it.in -o $$it.lock; done

demo: setup  ## start everything, run a sample month, say where to look
	@$(STACK) demo

up: setup  ## start (SCHEDULES=on|off decides, and is remembered, whether the timetable runs)
	@$(STACK) up

down:  ## stop, leaving no process behind (PURGE=1 deletes STATE, too)
	@$(PYTHON) stack/install.py && $(STACK) down

run: setup  ## DAG= PERIOD= [MODE= SITES=a,b INBOX=dir REASON= MAIL=1 OPINION= BY= UNPAUSE=1]: one run, to its end
	@$(STACK) run

answer: setup  ## DAG= RUN= OPINION= [DECISION=同意|驳回]: answer what a run waits for
	@$(STACK) answer

status: setup  ## components, addresses, logins
	@$(STACK) status

logs: setup  ## follow the components' logs
	@$(STACK) logs

psql: setup  ## a psql on the business database
	@$(STACK) psql

backup: setup  ## databases, documents and inbox into STATE/backups
	@$(STACK) backup

restore: setup  ## FILE=: put a backup into a stopped or new STATE; what it replaces is kept aside
	@$(STACK) restore

test: setup  ## all tests, two files at a time, each worker on a Postgres of its own (PYTEST_ARGS= goes to pytest)
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

kills: setup  ## workers killed in a running Airflow, against an office left in peace (STATE/kills, three quarters of an hour; CHAPTER=attendance, fees or months: one of them)
	@$(PY) -m tests.live.kills "$(STATE)/kills" $(CHAPTER)

lint: setup  ## ruff, sqlfluff, the compose file against its specification, every file compiles
	@$(PY) -m stack lint

bench: setup  ## what it costs, side by side with what else one would use
	@$(PY) -m bench
