#!/usr/bin/env bash
# Installs what Debian 12 lacks and configures the build folder. Repeats no work.
# Usage: scripts/setup.sh    (sourced by the other scripts; $BUILD: the build folder)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
BUILD=${BUILD:-build}

packages=(
  llvm-22 llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools
  clang-22 lld-22 clang-format-22 gcc g++ binutils make
  cmake ninja-build ccache protobuf-compiler libprotobuf-dev zlib1g-dev
  libgtest-dev libc6-dev-arm64-cross python3 python3-numpy git
  qemu-user libtbb-dev libeigen3-dev
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "== installing ${missing[*]}"
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "error: installing packages needs root or sudo" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
fi

# Debian's own Python goes first: it is the one that has Debian's numpy.
export PATH=/usr/lib/llvm-22/bin:/usr/bin:$PATH
# Objects are shared between build folders and clones.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD} CCACHE_NOHASHDIR=1
if [ ! -f "$BUILD/build.ninja" ]; then
  echo "== configuring $BUILD"
  cmake -S . -B "$BUILD" -G Ninja \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
    -DPython3_EXECUTABLE=/usr/bin/python3
fi
