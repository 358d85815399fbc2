# Debian 12 packages, by what needs them. Sourced by the scripts beside it.

# To build and run the server.
PACKAGES_BUILD="clang-19 lld-19 cmake ninja-build ccache pkg-config git ca-certificates
  libboost1.81-dev libboost-json1.81-dev libssl-dev libcurl4-openssl-dev libsqlite3-dev libpq-dev libsoci-dev
  libfmt-dev prometheus-cpp-dev libcli11-dev libargon2-dev libcjose-dev libjansson-dev libyaml-cpp-dev
  libgtest-dev libgmock-dev"

# To show the main job on real images (scripts/run --demo).
PACKAGES_DEMO="buildah skopeo curl jq python3 openssl"

# To run every test that Debian packages allow (scripts/test).
PACKAGES_TEST="$PACKAGES_DEMO postgresql podman docker.io containerd docker-registry python3-pytest
  python3-requests python3-yaml python3-jsonschema iproute2 procps clang-format-19 clang-tidy-19 libclang-rt-19-dev g++"

# To measure against others (bench/compare).
PACKAGES_BENCH="nginx docker-registry postgresql wrk strace python3"
