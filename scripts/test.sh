#!/usr/bin/env bash
# Builds everything and runs every test. The last line sums them up.
# Usage: scripts/test.sh [--quick]      --quick: without corpus and models
quick=no
for argument in "$@"; do
  case $argument in
  --quick) quick=yes ;;
  *) echo "usage: scripts/test.sh [--quick]" >&2; exit 2 ;;
  esac
done
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

echo "== building"
reports=$BUILD/reports
rm -rf "$reports"
mkdir -p "$reports"
ninja -C "$BUILD" | tee "$reports/build.log"

# Each step leaves a report that summary.py reads; a failing one stops nothing.
step() { echo "== $1"; shift; "$@" || true; }

format() {
  git ls-files '*.c' '*.h' '*.cpp' '*.hpp' |
    xargs clang-format-22 --dry-run -Werror 2>&1 | tee "$reports/format.log"
}
lit_tests() {
  lit -s --no-progress-bar --xunit-xml-output "$reports/lit.xml" "$BUILD/test/lit"
}
ctest_tests() {
  ctest --test-dir "$BUILD" --output-on-failure -j "$(nproc)" \
    --output-junit "$PWD/$reports/ctest.xml"
}
corpus() {
  test/corpus/run_corpus.py --sluice "$BUILD/bin/sluice" --operators \
    >"$reports/corpus.log"
  local code=$?
  # The table by operator is long: it stays in the log.
  sed '/^operator /,/^$/d' "$reports/corpus.log"
  return $code
}
models() {
  test/corpus/run_models.py --sluice "$BUILD/bin/sluice" | tee "$reports/models.log"
}

step "formatting" format
step "lit" lit_tests
step "unit, structural and end-to-end tests" ctest_tests
if [ $quick = no ]; then
  step "corpus" corpus
  step "trained models" models
fi
exec scripts/summary.py "$reports" $([ $quick = no ] || echo --quick)
