#!/usr/bin/python3
"""Makes the .proto files as a zip for developers of clients, with how to generate code and what the error codes mean.

    /usr/bin/python3 Proto/bundle.py [FOLDER]

Writes FOLDER/jiesuan-protos-VERSION.zip (.build/protos by default) and prints its path. The same files give the same
bytes. A server hands out the same bundle, as /protos.zip.
EXIT CODES: 0 written; 2 wrong usage
"""

import io
import pathlib
import re
import sys
import zipfile

PROTO = pathlib.Path(__file__).resolve().parent
#: What clients generate; the services of gRPC's own they have from their gRPC library.
PARTS = ("baidu_std", "jiesuan/v1")
#: Has no time of its own: an archive that is made again is the same.
TIME = (2020, 1, 1, 0, 0, 0)


def files():
    """The .proto files that clients generate code from, by their names below Proto/."""
    found = sorted(path for part in PARTS for path in (PROTO / part).glob("*.proto"))
    return {str(path.relative_to(PROTO)): path.read_text(encoding="utf-8") for path in found}


def version():
    source = PROTO.parent / "Sources" / "jiesuan" / "Version" / "ProductVersion.swift"
    return re.search(r'static let number = "([^"]+)"', source.read_text(encoding="utf-8")).group(1)


def error_page(text):
    """The error codes of error.proto as a table."""
    head = " ".join(line.removeprefix("//").strip() for line in text.split("syntax =")[0].splitlines())
    lines = ["# Error codes", "", head.strip(), ""]
    in_table = False
    for line in text[text.index("enum DomainError"):text.index("\n}")].splitlines()[1:]:
        value = re.fullmatch(r"  ([A-Z_]+) = (\d+);\s*(?://\s*(.*))?", line)
        if value and value.group(2) != "0":
            if not in_table:
                lines += ["| code | name | meaning |", "|---|---|---|"]
            in_table = True
            lines.append(f"| {value.group(2)} | `{value.group(1)}` | {(value.group(3) or '').replace('|', '/')} |")
        elif line.strip().startswith("//"):
            lines += ["", "## " + line.strip().removeprefix("//").strip().removesuffix("."), ""]
            in_table = False
    return "\n".join(lines) + "\n"


def archive():
    """The bundle's bytes."""
    protos = files()
    folder = f"jiesuan-protos-{version()}"
    members = {
        "README.md": (PROTO / "README.md").read_text(encoding="utf-8"),
        "ERRORS.md": error_page(protos["jiesuan/v1/error.proto"]),
        "LICENSE": (PROTO.parent / "LICENSE").read_text(encoding="utf-8"),
        **protos,
    }
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as bundle:
        for name, text in members.items():
            info = zipfile.ZipInfo(f"{folder}/{name}", TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o100644 << 16
            bundle.writestr(info, text.encode(), compresslevel=9)
    return output.getvalue()


def main():
    if len(sys.argv) > 2 or sys.argv[1:] in (["--help"], ["-h"]):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else PROTO.parent / ".build" / "protos"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"jiesuan-protos-{version()}.zip"
    file.write_bytes(archive())
    print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
