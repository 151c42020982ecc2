#!/usr/bin/env bash
# Train the heads that ship with nlptasks, and score them on validation splits: the recipe of
# plugins/nlptasks_{sentiment,classification,summarization}/weights, and of the figures in the README.
#
#   bash benchmarks/heads.sh DATA OUTPUT 2>&1 | tee benchmarks/results/heads.log
#
# DATA holds DATASET/{train,validation}.jsonl.gz; OUTPUT gets a folder for each head. Features are made in bfloat16,
# which is several times faster on a CPU that has it; scores in float32.
set -euo pipefail
data=$1 output=$2
mkdir -p "$output"

nlptasks --version
run() {
  printf '$ nlptasks'
  printf ' %s' "${@//"$data"/DATA}"
  echo
  nlptasks "$@" 2>&1 | grep -v '^training: .* encoded$'
}
files() { for name in "$@"; do printf -- '--data\n%s\n' "$data/$name/train.jsonl.gz"; done; }

mapfile -t sentiment < <(files sst2 imdb customer-reviews uci-sentences rotten-tomatoes)
mapfile -t topics < <(files agnews)
mapfile -t banking < <(files banking77)
mapfile -t summaries < <(files bbc-summary)
cd "$output"
run train sentiment "${sentiment[@]}" --dtype bfloat16 --output sentiment --force
run train classification "${topics[@]}" --dtype bfloat16 --output topics --force
run train summarization "${summaries[@]}" --dtype bfloat16 --output extractive --force
time run train classification "${banking[@]}" --output banking77 --force
run run sentiment --head sentiment/ --data "$data/sst2/validation.jsonl.gz" --output sst2.csv --force
run run sentiment --head sentiment/ --data "$data/imdb/validation.jsonl.gz" --output imdb.csv --force
run run classification --head topics/ --data "$data/agnews/validation.jsonl.gz" --output agnews.csv --force
run run classification --head banking77/ --data "$data/banking77/validation.jsonl.gz" --output banking77.csv --force
run run classification --labels "World,Sports,Business,Sci/Tech" --data "$data/agnews/validation.jsonl.gz" \
  --output agnews-zero-shot.csv --force
run run summarization --head extractive/ --data "$data/bbc-summary/validation.jsonl.gz" --output bbc-summary.csv --force
run run qa --data "$data/squad/validation.jsonl.gz" --output squad.jsonl.gz --force
