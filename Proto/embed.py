#!/usr/bin/python3
"""Writes what the server hands out of Proto/ as C arrays: the files' descriptions and the bundle for clients.

    /usr/bin/python3 Proto/embed.py FOLDER             writes embedded/proto_files.c and include/embedded/proto_files.h
    /usr/bin/python3 Proto/embed.py FOLDER --check     says whether those that are there are what Proto/ gives

`make proto` calls it. Needs protobuf-compiler and python3-protobuf. The descriptions are a FileDescriptorSet, zlib's
format, with the comments but without their places in the text. What is compared is what is in them, for versions of
zlib write different bytes for the same.
EXIT CODES: 0 written, or equal; 1 not equal; 2 wrong usage, or Proto/ does not compile
"""

import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib

import bundle
from google.protobuf import descriptor_pb2

SOURCE, HEADER = "embedded/proto_files.c", "include/embedded/proto_files.h"
NOTE = "// Made by Proto/embed.py of what is in Proto/: run `make proto`, do not edit.\n"
#: What a function of that name returns, and what it is.
ARRAYS = {
    "descriptors": "A FileDescriptorSet of all files, imports first, in zlib's format.",
    "bundle": "The .proto files for clients, as a zip.",
}


def descriptors():
    """The files' descriptions with their comments, serialized."""
    names = sorted(str(path.relative_to(bundle.PROTO)) for path in bundle.PROTO.rglob("*.proto"))
    with tempfile.NamedTemporaryFile() as made:
        command = ["protoc", "--include_source_info", f"--descriptor_set_out={made.name}", f"-I{bundle.PROTO}", *names]
        if subprocess.run(command, check=False).returncode != 0:
            raise SystemExit(2)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(made.name).read_bytes())
    for file in files.file:
        commented = [
            location for location in file.source_code_info.location
            if location.leading_comments or location.trailing_comments or location.leading_detached_comments]
        for location in commented:
            location.ClearField("span")
        kept = descriptor_pb2.SourceCodeInfo(location=commented)
        file.source_code_info.CopyFrom(kept)
    return files.SerializeToString(deterministic=True)


def array(name, data):
    lines = [f"static const uint8_t {name}[] = {{"]
    for start in range(0, len(data), 28):
        lines.append("    " + ",".join(str(byte) for byte in data[start:start + 28]) + ",")
    lines += ["};", "", f"const uint8_t *jiesuan_{name}(size_t *size)", "{", f"    *size = sizeof {name};",
              f"    return {name};", "}", ""]
    return "\n".join(lines)


def header():
    declared = "".join(
        f"\n/// {what}\n/// @param size Its bytes.\nconst uint8_t *jiesuan_{name}(size_t *size);\n"
        for name, what in ARRAYS.items())
    return f"{NOTE}#pragma once\n\n#include <stddef.h>\n#include <stdint.h>\n{declared}"


def data_of(source, name):
    """The bytes of an array in C."""
    body = re.search(rf"uint8_t {name}\[\] = {{(.*?)}};", source, re.DOTALL)
    return bytes(int(number) for number in re.findall(r"\d+", body.group(1))) if body else b""


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def differences(folder):
    """What is not in the folder's files as Proto/ gives it, a word each."""
    source = (folder / SOURCE).read_text(encoding="utf-8")
    if (folder / HEADER).read_text(encoding="utf-8") != header():
        yield "the header"
    if zlib.decompress(data_of(source, "descriptors")) != descriptors():
        yield "the descriptions"
    there, wanted = members(data_of(source, "bundle")), members(bundle.archive())
    yield from (f"{name} in the bundle" for name in sorted(there.keys() | wanted.keys())
                if there.get(name) != wanted.get(name))


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]) or sys.argv[1].startswith("-"):
        print(__doc__)
        return 0 if sys.argv[1:] in (["--help"], ["-h"]) else 2
    folder = pathlib.Path(sys.argv[1])
    if sys.argv[2:]:
        found = list(differences(folder))
        for difference in found:
            print(f"{difference}: not what Proto/ gives; run `make proto`")
        return 1 if found else 0
    for name in (SOURCE, HEADER):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / HEADER).write_text(header(), encoding="utf-8")
    arrays = [array("descriptors", zlib.compress(descriptors(), 9)), array("bundle", bundle.archive())]
    (folder / SOURCE).write_text(f'{NOTE}#include "embedded/proto_files.h"\n\n' + "\n".join(arrays), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
