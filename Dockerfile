# syntax=docker/dockerfile:1.7
# Daemun as an image: everything by hash from the lock, nobody's root, nothing to write to but /data.
# Pin the base to a digest where you build:  --build-arg PYTHON=python:3.13.9-slim-trixie@sha256:…
ARG PYTHON=python:3.13.9-slim-trixie

FROM ${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /build
RUN python -m venv --without-pip /venv
COPY requirements-build.lock requirements.lock ./
RUN python -m pip install --require-hashes -r requirements-build.lock \
    && python -m pip --python /venv/bin/python install --require-hashes --no-deps --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src ./src
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && python -m pip --python /venv/bin/python install --no-deps /wheels/*.whl \
    && /venv/bin/python -m compileall -q /venv/lib

FROM ${PYTHON}
LABEL org.opencontainers.image.title="Daemun" \
    org.opencontainers.image.description="The gate of a Python team" \
    org.opencontainers.image.licenses="Apache-2.0"
# A number, so that runAsNonRoot can tell; the same in compose.yaml and in the guide.
RUN groupadd --system --gid 10001 daemun \
    && useradd --system --uid 10001 --gid daemun --home-dir /data --shell /usr/sbin/nologin daemun \
    && install -d -o daemun -g daemun -m 0700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DAEMUN_PROFILE=prod \
    DAEMUN_DATA=/data \
    DAEMUN_HOST=0.0.0.0 \
    DAEMUN_PORT=8000
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Ready, not only alive: an orchestrator that waits for it waits for the database, too.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"DAEMUN_PORT\"]}/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["daemun"]
CMD ["serve"]
