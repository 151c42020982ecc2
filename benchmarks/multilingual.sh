#!/usr/bin/env bash
# Make the heads that ship for the backbone 'multilingual', and score them on validation splits: the recipe of
# plugins/nlptasks_multilingual/weights and of the figures in its model card.
#
#   bash benchmarks/multilingual.sh DATA OUTPUT [train|scores] 2>&1 | tee benchmarks/results/multilingual.log
#
# DATA holds DATASET/{train,validation}.jsonl.gz; OUTPUT gets a folder for each head. The first rows of a training split
# are a sample of it, since the files are shuffled. Nothing is chosen on a validation split.
set -euo pipefail
data=$1 output=$2 examples=$(realpath "$(dirname "$0")/../examples/reviews.csv")
mkdir -p "$output/rows"
cd "$output"

nlptasks --version
hide() { sed "s#$data#DATA#g; s#$examples#examples/reviews.csv#g"; }
run() {
  { printf '$ nlptasks' && printf ' %s' "$@" && echo; } | hide
  nlptasks "$@" 2>&1 | grep -v '^\(training\|validation\): .* encoded$' | hide
}
# The first rows of a training split: rows DATASET NUMBER.
rows() { gzip -dc "$data/$1/train.jsonl.gz" | awk -v most="$2" 'NR <= most' >"rows/$1-$2.jsonl"; }
validation() { printf '%s\n' "$data/$1/validation.jsonl.gz"; }

train() {
  rows sst2 8000 && rows rotten-tomatoes 3000 && rows imdb 1200 && rows uci-sentences 2389 && rows customer-reviews 2000
  rows yelp-sentences 2000 && rows chnsenticorp-hotel 3500 && rows online-shopping-zh 6000
  run train sentiment --backbone multilingual --output sentiment --force \
    --data rows/sst2-8000.jsonl --data rows/rotten-tomatoes-3000.jsonl --data rows/imdb-1200.jsonl \
    --data rows/uci-sentences-2389.jsonl --data rows/customer-reviews-2000.jsonl --data rows/yelp-sentences-2000.jsonl \
    --data rows/chnsenticorp-hotel-3500.jsonl --data rows/online-shopping-zh-6000.jsonl
  rows tweeteval-sentiment 9188 && rows sst5 4000 && rows airline-tweets 2000
  run train sentiment --backbone multilingual --head multilingual-three-way --output three-way --force \
    --label-map "very negative=negative,very positive=positive" \
    --data rows/tweeteval-sentiment-9188.jsonl --data rows/sst5-4000.jsonl --data rows/airline-tweets-2000.jsonl
  rows agnews 6000
  run train classification --backbone multilingual --output topics --force --data rows/agnews-6000.jsonl
}

score() { # score TASK HEAD DATASET [FLAG ...]
  local task=$1 head=$2 name=$3
  shift 3
  run run "$task" --backbone multilingual --head "$head" --data "$(validation "$name")" --output scored.csv --force "$@"
}

scores() {
  score sentiment sentiment/ sst2
  score sentiment sentiment/ imdb --limit 400
  score sentiment sentiment/ chnsenticorp-hotel
  score sentiment sentiment/ online-shopping-zh
  score sentiment three-way/ tweeteval-sentiment
  score classification topics/ agnews
  score classification zero-shot agnews --labels "World,Sports,Business,Sci/Tech" --template "{} news"
  score classification zero-shot toutiao-zh --template "{} news" \
    --labels "agriculture,car,culture,edu,entertainment,finance,game,house,military,sports,story,tech,travel,world,stock"
  run run sentiment --backbone multilingual --data "$examples" --output scored.csv --force
  # A head from 300 rows of Chinese, as anybody would make one.
  rows chnsenticorp-hotel 300 && rows toutiao-zh 300
  run train sentiment --backbone multilingual --data rows/chnsenticorp-hotel-300.jsonl --output hotel-300 --force
  score sentiment hotel-300/ chnsenticorp-hotel
  run train classification --backbone multilingual --data rows/toutiao-zh-300.jsonl --output toutiao-300 --force
  score classification toutiao-300/ toutiao-zh
}

if [[ ${3:-all} != scores ]]; then train; fi
if [[ ${3:-all} != train ]]; then scores; fi
