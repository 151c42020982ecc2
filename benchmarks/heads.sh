#!/usr/bin/env bash
# Make the heads that ship with nlptasks, and score them on validation splits: the recipe of
# plugins/nlptasks_{qa,sentiment,classification,summarization}/weights and plugins/nlptasks_sentiment/weights-neutral, and
# of the figures in the README.
#
#   bash benchmarks/heads.sh DATA ENCODER OUTPUT 2>&1 | tee benchmarks/results/heads.log
#
# DATA holds DATASET/{train,validation}.jsonl.gz; ENCODER is what benchmarks/weights/recipes/encoder-4.toml made, and
# is installed as the bundled one; OUTPUT gets a folder for each head.
set -euo pipefail
data=$1 encoder=$(realpath "$2") output=$3
mkdir -p "$output"

nlptasks --version
hide() { sed "s#$data#DATA#g; s#$encoder#ENCODER#g"; }
run() {
  { printf '$ nlptasks' && printf ' %s' "$@" && echo; } | hide
  nlptasks "$@" 2>&1 | grep -v '^\(training\|validation\): .* encoded$' | hide
}
validation() { printf '%s\n' "$data/$1/validation.jsonl.gz"; }

cd "$output"
# CLINC150 without the rows that belong to no intent: the accuracy that its authors call in-scope.
mkdir -p clinc150-in-scope
for split in train validation; do
  gzip -dc "$data/clinc150/$split.jsonl.gz" | grep -v '"label": "oos"' >"clinc150-in-scope/$split.jsonl"
done

# The output layers that the encoder learnt to serve; held-out rows decide only how sure the heads are.
run train qa --from-layers "$encoder" --output qa --force
run train sentiment --from-layers "$encoder" --layer sentiment --validation "$(validation sst2)" --output sentiment --force
run train sentiment --head three-way --from-layers "$encoder" --layer sentiment-neutral \
  --validation "$(validation tweeteval-sentiment)" --output neutral --force
run train classification --from-layers "$encoder" --layer topics --validation "$(validation agnews)" --output topics --force
run train classification --from-layers "$encoder" --layer 20newsgroups --validation "$(validation 20newsgroups)" \
  --output 20newsgroups --force
# Heads that are fitted on the frozen encoder.
run train summarization --data "$data/bbc-summary/train.jsonl.gz" --output extractive --force
run train classification --data "$data/banking77/train.jsonl.gz" --output banking77 --force
run train classification --data clinc150-in-scope/train.jsonl --output clinc150 --force

run run sentiment --head sentiment/ --data "$(validation sst2)" --output sst2.csv --force
run run sentiment --head sentiment/ --data "$(validation imdb)" --output imdb.csv --force
for name in airline-tweets tweeteval-sentiment financial-phrasebank; do
  run run sentiment --head neutral/ --data "$(validation "$name")" --output "$name.csv" --force
done
run run classification --head topics/ --data "$(validation agnews)" --output agnews.csv --force
run run classification --head banking77/ --data "$(validation banking77)" --output banking77.csv --force
run run classification --head clinc150/ --data clinc150-in-scope/validation.jsonl --output clinc150.csv --force
run run classification --head 20newsgroups/ --data "$(validation 20newsgroups)" --output 20newsgroups.csv --force
run run classification --labels "World,Sports,Business,Sci/Tech" --data "$(validation agnews)" \
  --output agnews-zero-shot.csv --force
run run summarization --head extractive/ --data "$(validation bbc-summary)" --output bbc-summary.csv --force
run run qa --head qa/ --data "$(validation squad)" --output squad.jsonl.gz --force
