#!/usr/bin/env bash
# Score what the bundled decoder writes, on validation splits: the figures in the README and in the model card.
#
#   bash benchmarks/writing.sh DATA OUTPUT 2>&1 | tee benchmarks/results/writing.log
#
# DATA holds DATASET/validation.jsonl.gz; OUTPUT gets the texts.
set -euo pipefail
data=$1 output=$2
mkdir -p "$output"

nlptasks --version
run() {
  printf '$ nlptasks run'
  printf ' %s' "${@//"$data"/DATA}"
  echo
  nlptasks run "$@" --force 2>&1
}

cd "$output"
run translation --to de --data "$data/multi30k-en-de/validation.jsonl.gz" --output multi30k-en-de.csv
run translation --to fr --data "$data/multi30k-en-fr/validation.jsonl.gz" --output multi30k-en-fr.csv
run translation --to de --data "$data/tatoeba-en-de/validation.jsonl.gz" --output tatoeba-en-de.csv
run translation --to fr --data "$data/tatoeba-en-fr/validation.jsonl.gz" --output tatoeba-en-fr.csv
run summarization --head abstractive --data "$data/samsum/validation.jsonl.gz" --output samsum.csv
run generation --max-new-tokens 0 --gold text --data "$data/imdb-reviews/validation.jsonl.gz" --output imdb-reviews.csv
