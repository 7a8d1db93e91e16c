"""Packs the same pictures with Pillow in two processes, as its users would: the peer of bench/data.ts.

Cuts the centred square of each picture, resizes it with Lanczos and writes the pixels to a file, in order. Prints JSON: the seconds and
processor seconds without imports, and the peak memory of the three processes together.
Usage: pillow_peer.py FOLDER COUNT CROP SIZE OUT
"""

import json
import multiprocessing
import os
import re
import resource
import sys
import time

from PIL import Image

folder, out = sys.argv[1], sys.argv[5]
count, crop, size = map(int, sys.argv[2:5])


def read(i):
    with Image.open(os.path.join(folder, f"{i}.jpg")) as picture:
        picture = picture.convert("RGB")
        left, top = (picture.width - crop) // 2, (picture.height - crop) // 2
        square = picture.crop((left, top, left + crop, top + crop))
        return square.resize((size, size), Image.LANCZOS).tobytes()


def cpu(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def peak(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) * 1024


if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool, open(out, "wb") as file:
        pids = [process.pid for process in multiprocessing.active_children()]
        start, own = time.perf_counter(), cpu(resource.RUSAGE_SELF)
        for pixels in pool.imap(read, range(count), chunksize=64):
            file.write(pixels)
        file.flush()
        os.fsync(file.fileno())
        seconds = time.perf_counter() - start
        peak_bytes = sum(peak(pid) for pid in [*pids, os.getpid()])
        pool.close()
        pool.join()
    seconds_of_processors = cpu(resource.RUSAGE_SELF) - own + cpu(resource.RUSAGE_CHILDREN)
    print(json.dumps({"seconds": seconds, "cpuSeconds": seconds_of_processors, "peakBytes": peak_bytes}))
