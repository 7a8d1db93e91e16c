#!/usr/bin/env bash
# What Facet does on this machine's GPU, beside PyTorch on the same card, in under 6 minutes: bench/gpu.sh [OUT]
# Writes OUT/gpu.txt (default: dist/bench/gpu.txt): the step on CUDA and on WebGPU, runs side by side, the first step of a child, the loop around the
# step. LONG=600 gives slow machines time.
# Needs what set-up brings (`npm run setup -- --cuda`) and, for the peer, a python3 with torch. BENCH_TINY=1 tries it with tiny nets, anywhere.
set -u
cd "$(dirname "$0")/.." || exit 1
out=$(realpath -m "${1:-dist/bench}")
mkdir -p "$out"
table=$out/gpu.txt
: > "$table"
began=$(date +%s)
export BENCH_ALTERNATIONS=${BENCH_ALTERNATIONS:-3}
say() { echo "$*" | tee -a "$table"; }
# part TITLE SECONDS NAME [ARGUMENTS]: a benchmark, its output kept, ended after so many seconds; the others go on.
part() {
  local title=$1 seconds=$2 name=$3
  shift 3
  say "== $title"
  timeout "$seconds" node bench/run.js "$name" "$@" 2>> "$out/gpu-errors.txt" | tee -a "$table"
  local status=${PIPESTATUS[0]}
  [ "$status" = 0 ] || say "(ended with $status; gpu-errors.txt has why)"
}
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | tee -a "$table"
part 'step on CUDA' "${LONG:-170}" train --backend tensorflow
part 'step on WebGPU' "${LONG:-60}" train --backend webgpu
part 'runs at once on one GPU, CUDA' "${LONG:-50}" parallel --backend tensorflow
part 'from the start of a child, CUDA' "${LONG:-25}" start --backend tensorflow
if [ -n "${BENCH_TINY:-}" ]; then size='8 4 20'; else size='64 64 300'; fi
for backend in tensorflow webgpu; do
  # shellcheck disable=SC2086
  part "the loop around the step, $backend" "${LONG:-25}" engine --backend "$backend" $size
done
say "== $(($(date +%s) - began)) s"
