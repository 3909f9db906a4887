# Not built where Newstide is developed (no Docker engine there); tests/unit/test_compose.py holds it against the code.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY newstide newstide
COPY producers producers
COPY streams streams
COPY sinks sinks
RUN python -m venv /opt/newstide && /opt/newstide/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data newstide && mkdir /data && chown newstide /data
COPY --from=build /opt/newstide /opt/newstide
ENV PATH=/opt/newstide/bin:$PATH PYTHONUNBUFFERED=1 TZ=UTC NEWSTIDE_DATA_DIR=/data NEWSTIDE_LOG_FORMAT=json
USER newstide
WORKDIR /data
VOLUME /data
EXPOSE 8421
STOPSIGNAL SIGTERM
ENTRYPOINT ["newstide"]
CMD ["run"]
