#!/usr/bin/env bash
# Train the heads that ship with nlptasks, and score them on validation splits: the recipe of
# plugins/nlptasks_{sentiment,classification,summarization}/weights and plugins/nlptasks_sentiment/weights-neutral, and
# of the figures in the README.
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
mapfile -t neutral < <(files airline-tweets tweeteval-sentiment financial-phrasebank)
mapfile -t topics < <(files agnews)
mapfile -t banking < <(files banking77)
mapfile -t newsgroups < <(files 20newsgroups)
mapfile -t summaries < <(files bbc-summary)
cd "$output"
# CLINC150 without the rows that belong to no intent: the accuracy that its authors call in-scope.
mkdir -p clinc150-in-scope
for split in train validation; do
  gzip -dc "$data/clinc150/$split.jsonl.gz" | grep -v '"label": "oos"' >"clinc150-in-scope/$split.jsonl"
done
run train sentiment "${sentiment[@]}" --dtype bfloat16 --output sentiment --force
run train sentiment --head three-way "${neutral[@]}" --dtype bfloat16 --output neutral --force
run train classification "${topics[@]}" --dtype bfloat16 --output topics --force
run train summarization "${summaries[@]}" --dtype bfloat16 --output extractive --force
time run train classification "${banking[@]}" --output banking77 --force
run train classification --data clinc150-in-scope/train.jsonl --dtype bfloat16 --output clinc150 --force
run train classification "${newsgroups[@]}" --dtype bfloat16 --output 20newsgroups --force
run run sentiment --head sentiment/ --data "$data/sst2/validation.jsonl.gz" --output sst2.csv --force
run run sentiment --head sentiment/ --data "$data/imdb/validation.jsonl.gz" --output imdb.csv --force
for name in airline-tweets tweeteval-sentiment financial-phrasebank; do
  run run sentiment --head neutral/ --data "$data/$name/validation.jsonl.gz" --output "$name.csv" --force
done
run run classification --head topics/ --data "$data/agnews/validation.jsonl.gz" --output agnews.csv --force
run run classification --head banking77/ --data "$data/banking77/validation.jsonl.gz" --output banking77.csv --force
run run classification --head clinc150/ --data clinc150-in-scope/validation.jsonl --output clinc150.csv --force
run run classification --head 20newsgroups/ --data "$data/20newsgroups/validation.jsonl.gz" --output 20newsgroups.csv --force
run run classification --labels "World,Sports,Business,Sci/Tech" --data "$data/agnews/validation.jsonl.gz" \
  --output agnews-zero-shot.csv --force
run run summarization --head extractive/ --data "$data/bbc-summary/validation.jsonl.gz" --output bbc-summary.csv --force
run run qa --data "$data/squad/validation.jsonl.gz" --output squad.jsonl.gz --force
