"""Unpacks chosen members of a wheel and checks them against the hashes in its RECORD.

    unpack_wheel.py WHEEL FOLDER PATTERN...

Prints `<bytes done> <bytes in all>` as it goes. Where it fails, the last line of stderr says why. The bytes are on the
disk when it ends, so that a caller may note 'done' without fear of a power cut.
"""

import base64
import csv
import fnmatch
import hashlib
import io
import os
import re
import sys
import zipfile

CHUNK = 1 << 22


def main(wheel, folder, patterns):
    with zipfile.ZipFile(wheel) as archive:
        hashes = read_hashes(archive)
        members = []
        for info in archive.infolist():
            # Some wheels keep their files in NAME.data/purelib/; installers move these to the top.
            path = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", info.filename)
            if not path.endswith("/") and any(fnmatch.fnmatchcase(path, p) for p in patterns):
                members.append((info, path))
        if not members:
            raise ValueError("the wheel holds none of the files that Facet needs")
        total = sum(info.file_size for info, _ in members)
        done = 0
        for info, path in members:
            if ".." in path.split("/") or path.startswith("/"):
                raise ValueError("unsafe path in the wheel: " + path)
            for count in unpack(archive, info, os.path.join(folder, path), hashes.get(info.filename)):
                done += count
                print(done, total, flush=True)


def read_hashes(archive):
    record = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
    if not record:
        raise ValueError("the wheel has no RECORD")
    with archive.open(record[0]) as file:
        return {row[0]: row[1] for row in csv.reader(io.TextIOWrapper(file, "utf-8")) if len(row) == 3}


def unpack(archive, info, target, expected):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(info) as source, open(target, "wb") as file:
        while True:
            chunk = source.read(CHUNK)
            if not chunk:
                break
            digest.update(chunk)
            file.write(chunk)
            yield len(chunk)
        file.flush()
        os.fsync(file.fileno())
    found = "sha256=" + base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    if expected != found:
        raise ValueError("%s is damaged: its hash is not the one in the wheel's RECORD" % info.filename)
    mode = (info.external_attr >> 16) & 0o777
    if mode:
        os.chmod(target, mode | 0o600)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], sys.argv[3:])
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        sys.exit(str(error))
