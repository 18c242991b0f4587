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


def bytes_read():
    """The bytes that this process has read, or 0 where the system does not count them."""
    try:
        with open("/proc/self/io") as counts:
            return int(counts.readline().split()[1])
    except OSError:
        return 0


if not os.environ.get("COLD"):
    run()
read_before = bytes_read()
before = resource.getrusage(resource.RUSAGE_SELF)
started = time.perf_counter()
for _ in range(job["passes"]):
    run()
elapsed = time.perf_counter() - started
read = bytes_read() - read_before
after = resource.getrusage(resource.RUSAGE_SELF)
reads = job["passes"] * len(job["files"])
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(
    json.dumps(
        {
            "time": elapsed * 1e6 / reads,
            "cpu": cpu * 1e6 / reads,
            "bytes": read / reads,
            "memory": after.ru_maxrss * 1024,
        }
    )
)
