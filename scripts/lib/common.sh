# What the scripts share: words on the screen, packages, the build. Sourced; needs $root.
set -euo pipefail

say() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { printf '\nFailed: %s\n' "$*" >&2; exit 1; }

# Installs the packages that are missing; without root or sudo it prints the one line that does.
ensure_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo)
    else
      warn "These Debian packages are missing. Install them, then run this again:"
      warn ""
      warn "  sudo apt-get install --no-install-recommends ${missing[*]}"
      exit 1
    fi
  fi
  say "Installing ${#missing[@]} Debian packages"
  local log
  log=$(mktemp)
  "${as_root[@]}" apt-get update >"$log" 2>&1 || { tail -n 5 "$log" >&2; die "apt-get update"; }
  # policy-rc.d keeps packages from starting their services: what a test needs, it starts itself, on its own port.
  local policy=/usr/sbin/policy-rc.d made_policy=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    made_policy=1
  fi
  local status=0
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" \
    >"$log" 2>&1 || status=$?
  [ -z "$made_policy" ] || "${as_root[@]}" rm -f "$policy"
  [ $status -eq 0 ] || { tail -n 15 "$log" >&2; die "apt-get install (the whole log: $log)"; }
  rm -f "$log"
}

# build PRESET [TARGET…]: configures once, then builds; quiet when it goes well.
build() {
  local preset=$1; shift
  local log="$root/build/$preset.log"
  mkdir -p "$root/build"
  (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "configuring the preset $preset ($log)"; }
  local started=$SECONDS
  (cd "$root" && cmake --build --preset "$preset" ${1:+--target "$@"}) >>"$log" 2>&1 ||
    { grep -E -A 12 'error|FAILED' "$log" | tail -n 60 >&2; die "building the preset $preset ($log)"; }
  say "Built $preset in $((SECONDS - started)) s"
}
