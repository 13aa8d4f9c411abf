# The daemon and the event generator:
#
#   docker build -t tallymill --build-arg COMMIT=$(git rev-parse --short HEAD) .
#   docker run --rm -p 127.0.0.1:9108:9108 -v ./config:/etc/tallymill:ro \
#     -e KAFKA_BROKERS=... -e POSTGRES_DSN=... -e HTTP_ADDRESS=0.0.0.0 \
#     tallymill run /etc/tallymill/ad_campaigns.yaml

FROM debian:12-slim AS build
# A compiler cache that is mounted at /root/.cache/ccache knows a file wherever it lay before.
ENV CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1 LANG=C.UTF-8
WORKDIR /src
# First what seldom changes: the compiler, the libraries, librdkafka.
COPY deploy/install deploy/install
COPY deploy/install.d deploy/install.d
RUN deploy/install --build-only --yes
COPY . .
ARG COMMIT=unknown
RUN cmake --preset release -DTALLYMILL_COMMIT="$COMMIT" && \
    cmake --build build/release --target tallymill tallymill-generate
RUN install -D -s -t /made/bin build/release/src/tallymill build/release/deploy/generate/tallymill-generate && \
    install -D -m 644 -t /made/share/doc/tallymill LICENSE THIRD-PARTY-NOTICES && \
    deploy/runtime_packages /made/bin/* > /made/share/doc/tallymill/packages && \
    deploy/sbom build/release > /made/share/doc/tallymill/sbom.cdx.json

FROM debian:12-slim
COPY --from=build /made /usr/local
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates $(cat /usr/local/share/doc/tallymill/packages) && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/*
COPY config /etc/tallymill
# No name is needed: the daemon writes no files and owns none.
USER 65532:65532
EXPOSE 9108
STOPSIGNAL SIGTERM
# Asks 127.0.0.1 on port HTTP_PORT, 9108 if that is not set.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["tallymill", "health"]
ENTRYPOINT ["tallymill"]
CMD ["run", "/etc/tallymill/ad_campaigns.yaml"]
