# The tool in an image of its own: docker build -t repscope . && docker run --rm -v "$PWD:/data" repscope inspect sit.pt
# Nobody has built this where the project is developed; `make install STATIC=1` there does the same on a plain Debian 12.

FROM swift:6.3.1-bookworm AS build
WORKDIR /repscope
COPY scripts/setup.sh scripts/
RUN scripts/setup.sh --static
COPY . .
RUN make install STATIC=1 PREFIX=/usr/local DESTDIR=/stage

FROM debian:12-slim
# Figures need a font; libstdc++ comes with apt.
# Versions are the image's own: Debian keeps no older ones to pin.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-dejavu-core fontconfig-config \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /stage/ /
USER 1000
WORKDIR /data
ENTRYPOINT ["repscope"]
