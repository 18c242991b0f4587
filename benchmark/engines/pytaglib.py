"""Native TagLib 2 through pytaglib. Input and output as `engine.mjs` has them."""

import json
import os
import resource
import sys
import time

import taglib

job = json.load(sys.stdin)


def run():
    for name in job["files"]:
        with taglib.File(name) as file:
            list(file.tags.items())
            _ = (file.length, file.bitrate, file.sampleRate, file.channels)
            _ = [len(picture.data) for picture in file.pictures]


if not os.environ.get("COLD"):
    run()
before = resource.getrusage(resource.RUSAGE_SELF)
started = time.perf_counter()
for _ in range(job["passes"]):
    run()
elapsed = time.perf_counter() - started
after = resource.getrusage(resource.RUSAGE_SELF)
reads = job["passes"] * len(job["files"])
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"time": elapsed * 1e6 / reads, "cpu": cpu * 1e6 / reads, "memory": after.ru_maxrss * 1024}))
