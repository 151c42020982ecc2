"""How long 1,000 queries over 100,000 items take, without embedding them: python benchmark.py"""

import time

import numpy as np
from nlptasks_recommend.index import Index

draw = np.random.default_rng(0)
index = Index(draw.normal(size=(100_000, 384)).astype("f4"))
queries = draw.normal(size=(1_000, 384)).astype("f4")
began, used = time.perf_counter(), time.process_time()
found = sum(len(row) for row in index.nearest(queries, 10))
seconds, cpu = time.perf_counter() - began, time.process_time() - used
print(f"{found} items for {len(queries)} queries: {seconds:.1f} s, {cpu:.1f} s of CPU")
