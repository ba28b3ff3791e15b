# Slim: our lock brings the providers, and by hash. The image's Airflow and the lock's are the same version.
FROM apache/airflow:slim-3.3.2-python3.11

# A mirror may be named at build time (--build-arg PIP_INDEX_URL=…); the lock names none.
ARG PIP_INDEX_URL

COPY --chown=airflow:root requirements.lock /tmp/requirements.lock
RUN if [ -z "$PIP_INDEX_URL" ]; then unset PIP_INDEX_URL; fi; \
    pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock

WORKDIR /opt/backoffice
COPY --chown=airflow:root . .
ENV PYTHONPATH=/opt/backoffice PYTHONUTF8=1 TZ=Asia/Shanghai

# Named volumes take over the owner of the folder that they are mounted on.
USER root
RUN cd / && mkdir -p office/inbox office/files office/archive office/logs office/auth && \
    chown -R airflow:root office && chmod -R 0770 office
USER airflow
