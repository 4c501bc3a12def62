# Milegate with git, for CI services that run jobs in images. `complete` and `record` call git.
FROM rust:1.95-alpine AS build
# Alpine keeps one version of a package: a pinned one is gone with the next.
# hadolint ignore=DL3018
RUN apk add --no-cache build-base perl
WORKDIR /source
COPY . .
RUN cargo build --locked --profile dist --features github && ./target/dist/milegate --version

FROM alpine:3.22
# hadolint ignore=DL3018
RUN apk add --no-cache git openssh-client ca-certificates \
 && adduser -D -u 1000 milegate
COPY --from=build /source/target/dist/milegate /usr/local/bin/milegate
COPY LICENSE-MIT LICENSE-APACHE /usr/share/licenses/milegate/
USER 1000
WORKDIR /repo
# No entry point: the jobs of a CI service bring their own shell.
CMD ["milegate", "--help"]
