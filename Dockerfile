# Trapwise in a container: the bot only, without the playground and the tests.
#   docker build -t trapwise .    then    docker compose up -d    (settings in .env; see compose.yaml)

FROM python:3.13-slim AS build
WORKDIR /build
# The dependencies first: they change less often than the sources, so their layer is usually kept.
COPY pyproject.toml constraints.txt ./
RUN python -m venv --without-pip /opt/trapwise \
    && python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' > core.txt \
    && pip --python /opt/trapwise/bin/python install --no-cache-dir -c constraints.txt -r core.txt
COPY README.md LICENSE ./
COPY bot bot
COPY content content
RUN pip wheel --no-cache-dir --no-deps --wheel-dir wheels . \
    && pip --python /opt/trapwise/bin/python install --no-cache-dir -c constraints.txt wheels/*.whl

FROM python:3.13-slim
# The number is fixed so that a volume keeps its owner from image to image.
RUN groupadd --gid 10001 trapwise \
    && useradd --uid 10001 --gid trapwise --home-dir /data --no-create-home --shell /usr/sbin/nologin trapwise \
    && install -d -o trapwise -g trapwise /data
COPY --from=build /opt/trapwise /opt/trapwise
ENV PATH=/opt/trapwise/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TRAPWISE_DATA_DIR=/data
USER trapwise
WORKDIR /data
VOLUME /data
# The bot touches a file in /data as it works; this asks how long ago.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["trapwise", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["trapwise"]
CMD ["run"]
