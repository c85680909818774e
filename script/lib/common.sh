# What the scripts share: where the project is, how loudly things are said, and how a preset is configured and built.
# Sourced by bash; sets the working directory to the root of the project.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

jobs=${LINDUNG_JOBS:-$(nproc)}
# Another clone of the project finds what this one has compiled.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# configure PRESET: once; afterwards ninja itself notices changed CMake files.
configure() {
  local preset=$1
  if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
  if [[ ! -f build/$preset/build.ninja || CMakePresets.json -nt build/$preset/build.ninja ]]; then
    say "configuring build/$preset"
    cmake --preset "$preset" >/dev/null
  fi
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  configure "$preset"
  ninja -C "build/$preset" -j "$jobs" "$@"
}
