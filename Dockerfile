# syntax=docker/dockerfile:1
#
# docker build -t refund-inbox .
# docker run -p 8080:8080 -v ./refund-inbox.toml:/etc/refund-inbox.toml:ro \
#     -e REFUND_INBOX_CONFIG=/etc/refund-inbox.toml refund-inbox
#
# The image contains no PostgreSQL, so the configuration must give [database] url. Mount keys and
# secrets (…_file, …_files) or pass them in the environment; the build copies none into the image.

ARG RUST=1.95
ARG DEBIAN=bookworm

FROM rust:${RUST}-slim-${DEBIAN} AS build
WORKDIR /build
COPY . .
# The caches keep compiled dependencies between builds, outside of the image's layers. Cargo compares
# modification times, and those of a checkout may be older than the cached results.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target,sharing=locked \
    find src crates config migrations -type f -exec touch {} + \
    && cargo build --release --locked --target-dir "target/$(uname -m)" \
    && cp "target/$(uname -m)/release/refund-inbox" /usr/local/bin/

# The binary needs only the C library and libgcc. Debian's slim image has both in the versions of the
# build, gets the distribution's security updates, and has a shell for the person on call. It is some
# 50 MB larger than an image without a distribution.
FROM debian:${DEBIAN}-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/bin/refund-inbox /usr/local/bin/
# A numeric user, so that an orchestrator can see that it is not root.
USER 10001:10001
# 8080 is for providers. 8081 is for monitoring: never publish it to the internet.
ENV REFUND_INBOX__HTTP__LISTEN=0.0.0.0:8080 \
    REFUND_INBOX__HTTP__OPERATOR_LISTEN=0.0.0.0:8081
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["refund-inbox", "healthcheck"]
ENTRYPOINT ["refund-inbox"]
CMD ["serve"]
