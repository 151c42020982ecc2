#!/usr/bin/env bash
# Make the published records and the board:
#
#   bash benchmarks/board.sh DATA HEADS WORK
#
# DATA holds the files of the benchmark `core`; HEADS is the output folder of benchmarks/heads.sh, for the heads that have
# to be trained on a data set's labels; WORK gets predictions and a trained head. Records of data that must not be passed
# on are written without their texts. What was evaluated before is not evaluated again.
set -euo pipefail
data=$1 heads=$2 work=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
results=$here/results/core
mkdir -p "$work"

hide() { sed "s#$data#DATA#g; s#$heads#HEADS#g; s#$work#WORK#g; s#$here/##g"; }
run() {
  { printf '$ nlptasks' && printf ' %s' "$@" && echo; } | hide
  nlptasks "$@" 2>&1 | grep -v '^\(training\|validation\): .* encoded$' | hide
}

# evaluate TASK NAME FLAGS... -- DATASETS...
evaluate() {
  local task=$1 name=$2 flags=() datasets=()
  shift 2
  while [[ $1 != -- ]]; do flags+=("$1") && shift; done
  shift
  for dataset in "$@"; do datasets+=(--dataset "$dataset"); done
  run eval "$task" --benchmark core --data-dir "$data" "${datasets[@]}" --name "$name" "${flags[@]}" \
    --withhold-texts --slice length --output "$results"
}

nlptasks --version

# Systems without a Transformer.
[[ -d $work/predictions ]] || python "$here/baselines.py" core --data-dir "$data" --output "$work/predictions" | hide
for file in "$work"/predictions/*/*.jsonl; do
  dataset=$(basename "$(dirname "$file")") name=$(basename "$file" .jsonl)
  [[ -d $results/$dataset/$name ]] && continue
  run rescore "$file" --benchmark core --dataset "$dataset" --data-dir "$data" --name "$name" --withhold-texts \
    --output "$results/$dataset/$name"
done

# The bundled model, and others on the same backbone.
evaluate sentiment bundled -- sst2 imdb tweeteval-sentiment
evaluate sentiment 'bundled, bfloat16' --precision bfloat16 -- sst2
[[ -d $work/sst2-probe ]] || run train sentiment --data "$data/sst2/train.jsonl.gz" --output "$work/sst2-probe"
evaluate sentiment 'probe on the frozen encoder' --head "$work/sst2-probe" -- sst2 imdb

evaluate classification bundled -- agnews
evaluate classification 'probe on the frozen encoder' --head "$heads/banking77" -- banking77
evaluate classification 'zero-shot' --labels 'World,Sports,Business,Sci/Tech' -- agnews
evaluate classification 'bundled, bfloat16' --precision bfloat16 -- agnews

evaluate qa bundled -- squad squadshifts

evaluate summarization extractive --head extractive -- bbc-summary samsum
evaluate summarization abstractive --head abstractive -- samsum

for dataset in multi30k-en-de multi30k-en-fr tatoeba-en-de; do
  evaluate translation bundled -- "$dataset"
  evaluate translation 'bundled, greedy' --beams 1 -- "$dataset"
done

evaluate generation bundled -- imdb-reviews

run leaderboard check "$here/results"
for suffix in html md csv json; do
  run leaderboard build "$here/results" --output "$here/results/board.$suffix" --force
done
