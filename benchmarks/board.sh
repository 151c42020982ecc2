#!/usr/bin/env bash
# Make the published records and the board, every system of a task on every data set of that task in `core`:
#
#   bash benchmarks/board.sh DATA WORK 2>&1 | tee benchmarks/results/board.log
#
# DATA holds the files of the benchmark `core` and their training splits; WORK gets predictions, trained heads and
# fine-tuned backbones. Records of data that must not be passed on are written without their texts. Whatever is there
# already is not made again: to make everything anew, after the backbone changed, remove benchmarks/results/core and WORK.
set -euo pipefail
data=$1 work=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
results=$here/results/core
sentiment=(sst2 imdb tweeteval-sentiment)
classification=(agnews 20newsgroups banking77 clinc150)
# So many tokens of each data set fine-tune the encoder: minutes on a CPU, and the same for all of them.
tokens=300000
mkdir -p "$work"

hide() { sed "s#$data#DATA#g; s#$work#WORK#g; s#$here/##g"; }
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
  [[ " ${flags[*]} " == *" --precision "* ]] || flags+=(--precision float32) # what every machine computes
  for dataset in "$@"; do datasets+=(--dataset "$dataset"); done
  run eval "$task" --benchmark core --data-dir "$data" "${datasets[@]}" --name "$name" "${flags[@]}" \
    --withhold-texts --slice length --output "$results"
}

# learn KIND TASK DATASET FLAGS...: train on the data set's own training rows, a tenth of which decide how sure it is.
learn() {
  local kind=$1 task=$2 dataset=$3
  shift 3
  [[ -f $work/$kind/$dataset/head.json ]] && return
  mkdir -p "$work/$kind"
  run train "$task" --data "$data/$dataset/train.jsonl.gz" --output "$work/$kind/$dataset" "$@"
}

# The labels of a data set's training rows, in alphabetical order, separated by commas.
labels() {
  gzip -dc "$data/$1/train.jsonl.gz" | python -c 'import json, sys
print(",".join(sorted({json.loads(line)["label"] for line in sys.stdin})))'
}

nlptasks --version

# Systems without a head of nlptasks.
[[ -d $work/predictions ]] || python "$here/baselines.py" core --data-dir "$data" --output "$work/predictions" | hide
for file in "$work"/predictions/*/*.jsonl; do
  dataset=$(basename "$(dirname "$file")") name=$(basename "$file" .jsonl)
  [[ -d $results/$dataset/$name ]] && continue
  run rescore "$file" --benchmark core --dataset "$dataset" --data-dir "$data" --name "$name" --withhold-texts \
    --output "$results/$dataset/$name"
done

# The model as it comes: its own head where that has the labels, else the one that needs no training (the column HEAD of
# the panels tells which).
evaluate sentiment bundled -- "${sentiment[@]}"
evaluate sentiment 'bundled, bfloat16' --precision bfloat16 -- "${sentiment[@]}"
for dataset in "${classification[@]}"; do
  flags=(--labels "$(labels "$dataset")")
  [[ $dataset == agnews ]] && flags=()
  evaluate classification bundled "${flags[@]}" -- "$dataset"
  evaluate classification 'bundled, bfloat16' "${flags[@]}" --precision bfloat16 -- "$dataset"
done

# What a user makes of it with one command and the training rows.
for dataset in "${sentiment[@]}" "${classification[@]}"; do
  task=classification flags=()
  [[ " ${sentiment[*]} " == *" $dataset "* ]] && task=sentiment
  [[ $dataset == tweeteval-sentiment ]] && flags=(--head three-way)
  learn trained "$task" "$dataset" "${flags[@]}"
  evaluate "$task" 'trained head' --head "$work/trained/$dataset" -- "$dataset"
  learn fine-tuned "$task" "$dataset" "${flags[@]}" --method finetune --tokens "$tokens"
  evaluate "$task" 'fine-tuned' --head "$work/fine-tuned/$dataset" -- "$dataset"
done

evaluate qa bundled -- squad squadshifts

for head in extractive abstractive; do
  evaluate summarization "$head" --head "$head" -- bbc-summary samsum
done
evaluate summarization 'abstractive, greedy' --head abstractive --beams 1 -- bbc-summary samsum

for dataset in multi30k-en-de multi30k-en-fr tatoeba-en-de ntrex-en-de ntrex-en-fr; do
  evaluate translation bundled -- "$dataset"
  evaluate translation 'bundled, greedy' --beams 1 -- "$dataset"
done

evaluate generation bundled -- imdb-reviews

run leaderboard check "$here/results"
for suffix in html md csv json; do
  run leaderboard build "$here/results" --output "$here/results/board.$suffix" --force
done
