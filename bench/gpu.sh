#!/usr/bin/env bash
# What Facet does on this machine's GPU, beside PyTorch on the same card, in under 6 minutes: bench/gpu.sh [OUT]
# Writes OUT/gpu.txt (default: dist/bench/gpu.txt), one table: the step on CUDA and on WebGPU, runs side by side, the loop around the step, the start of a
# child, the step put together by XLA. gpu-log.txt beside it has all that was printed. A part that fails, or has no time left, has a row that says why.
# BUDGET=350: seconds for all parts. LONG=600: so many for each part instead, for slow machines. BENCH_TINY=1 tries it with tiny nets, anywhere.
# Needs what set-up brings (`npm run setup -- --cuda`) and, for the peer, a python3 with torch.
set -u
cd "$(dirname "$0")/.." || exit 1
out=$(realpath -m "${1:-dist/bench}")
mkdir -p "$out"
table=$out/gpu.txt log=$out/gpu-log.txt
export BENCH_ROWS=$out/gpu-rows.tsv BENCH_ALTERNATIONS=${BENCH_ALTERNATIONS:-3} CUDA_CACHE_MAXSIZE=4294967296
: > "$BENCH_ROWS"
: > "$log"
began=$(date +%s)
row() { printf '%s\t%s\t%s\n' "$BENCH_PART" "$1" "$2" >> "$BENCH_ROWS"; }
# part TITLE SECONDS NAME [ARGUMENTS]: a benchmark, ended after so many seconds; the others go on.
part() {
  export BENCH_PART=$1
  local seconds=${LONG:-$2} name=$3 status reason errors=$out/gpu-errors.txt
  shift 3
  if [ -z "${LONG:-}" ]; then
    local left=$((${BUDGET:-350} - $(date +%s) + began))
    [ "$left" -ge 10 ] || { row - "not begun: no time left"; return; }
    [ "$seconds" -le "$left" ] || seconds=$left
  fi
  echo "== $BENCH_PART ($(($(date +%s) - began)) s)" | tee -a "$log"
  timeout -k 5 "$seconds" node bench/run.js "$name" "$@" 2> "$errors" | tee -a "$log"
  status=${PIPESTATUS[0]}
  cat "$errors" >> "$log"
  [ "$status" = 0 ] && return
  reason=$(grep -E 'Error|expected|not |cannot' "$errors" | grep -v '^ *at ' | tail -1 | cut -c1-200)
  [ "$status" -lt 124 ] || reason="ended after $seconds s"
  row - "failed ($status): ${reason:-gpu-log.txt has what it printed}"
}
if [ -n "${BENCH_TINY:-}" ]; then size='8 4 4'; else size='64 64 300'; fi
# Most important first: what comes last may find no time left.
part 'step, CUDA' 150 train --backend tensorflow
part 'step, WebGPU' 60 train --backend webgpu
part 'runs on one card, CUDA' 70 parallel --backend tensorflow
# shellcheck disable=SC2086
part 'loop, CUDA' 25 engine --backend tensorflow $size
# shellcheck disable=SC2086
part 'loop, WebGPU' 25 engine --backend webgpu $size
part 'start of a child, CUDA' 25 start --backend tensorflow
compile='--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit'
TF_XLA_FLAGS=$compile BENCH_PEER=none BENCH_SIZES='64x64 512x32' part 'step, CUDA, XLA' 60 train --backend tensorflow float32
TF_XLA_FLAGS=$compile XLA_FLAGS='--xla_gpu_enable_command_buffer=FUSION,CUBLAS,CUBLASLT,CUDNN,CUSTOM_CALL --xla_gpu_graph_min_graph_size=1' \
  BENCH_PEER=none BENCH_SIZES='64x64' part 'step, CUDA, XLA and command buffers' 60 train --backend tensorflow float32
{
  nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2> /dev/null || echo 'no NVIDIA card'
  { printf 'part\twhat\tfigures\n'; cat "$BENCH_ROWS"; } | awk -F'\t' '{for (i = 1; i <= 2; i++) if (length($i) > w[i]) w[i] = length($i); r[NR] = $0}
    END {for (n = 1; n <= NR; n++) {split(r[n], c, "\t"); printf "%-" w[1] "s  %-" w[2] "s  %s\n", c[1], c[2], c[3]}}'
  echo "$(($(date +%s) - began)) s in all"
} | tee "$table"
