# Not built where Newstide is developed (no Docker engine there); tests/unit/test_compose.py holds it against the code.

# The packages that Newstide needs, as wheels: nothing is compiled. This layer stays until a version changes.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /src
COPY pyproject.toml constraints.txt ./
RUN python -m venv /opt/newstide \
    && python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > needed.txt \
    && /opt/newstide/bin/pip install --no-cache-dir --only-binary :all: -c constraints.txt -r needed.txt

# Newstide itself, its models, lexicons and SQL among it; after that nobody needs pip any more.
FROM packages AS newstide
COPY README.md LICENSE ./
COPY newstide newstide
COPY producers producers
COPY streams streams
COPY sinks sinks
RUN /opt/newstide/bin/pip install --no-cache-dir --no-deps . \
    && /opt/newstide/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 newstide \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data newstide \
    && install -d -o newstide -g newstide -m 700 /data
COPY --from=newstide /opt/newstide /opt/newstide
# Two workers, for a container sees all cores of its host but not what it may use of them, and each worker takes memory.
ENV PATH=/opt/newstide/bin:$PATH PYTHONUNBUFFERED=1 TZ=UTC NEWSTIDE_DATA_DIR=/data NEWSTIDE_LOG_FORMAT=json \
    NEWSTIDE_WORKERS__COUNT=2
USER 10001:10001
WORKDIR /data
EXPOSE 8421
STOPSIGNAL SIGTERM
ENTRYPOINT ["newstide"]
CMD ["run"]
