#!/usr/bin/python3
"""Holds the wire's promise: what callers were built against keeps its number, its name and its type.

    /usr/bin/python3 Proto/promise.py                  compares Proto/ with Proto/released.txt, and names what differs
    /usr/bin/python3 Proto/promise.py --release        writes Proto/released.txt, at a release

A released field, enum value or method stays as it is. One that is taken out leaves its number and its name behind as
`reserved`, so that nobody can give them another meaning; a method or a message stays. What is new is free until it is
released. Needs protobuf-compiler and python3-protobuf.
EXIT CODES: 0 the promise is kept; 1 it is not; 2 wrong usage, or Proto/ does not compile
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

Field = descriptor_pb2.FieldDescriptorProto
#: Scalar types by their numbers: 3 is int64.
SCALARS = {number: name.removeprefix("TYPE_").lower() for name, number in Field.Type.items()}


def descriptors(folder):
    """The files below a folder of .proto files, as protoc describes them."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.proto"))
    if not names:
        raise SystemExit(f"{folder}: has no .proto files; name the folder with --proto")
    with tempfile.NamedTemporaryFile() as made:
        command = ["protoc", f"--descriptor_set_out={made.name}", f"-I{folder}", *names]
        if subprocess.run(command, check=False).returncode != 0:
            raise SystemExit(2)
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(made.name).read_bytes()).file


def type_of(field):
    name = field.type_name.lstrip(".") or SCALARS[field.type]
    return f"repeated {name}" if field.label == Field.LABEL_REPEATED else name


class Wire:
    """Everything that a caller was built against.

    `entries` has a line's left side as its key, "field jiesuan.v1.Claim 1", and what stands under it, "kind
    jiesuan.v1.ClaimKind"; `reserved` has the keys, and the names with their message or enum, that may not come again.
    """

    def __init__(self, files):
        self.entries = {}
        self.reserved = set()
        for file in files:
            for message in file.message_type:
                self.add_message(file.package, message)
            for enum in file.enum_type:
                self.add_enum(file.package, enum)
            for service in file.service:
                for method in service.method:
                    request, response = method.input_type.lstrip("."), method.output_type.lstrip(".")
                    self.entries[f"rpc {file.package}.{service.name}/{method.name}"] = f"{request} {response}"

    def add_message(self, scope, message):
        name = f"{scope}.{message.name}"
        self.entries[f"message {name}"] = ""
        for field in message.field:
            self.entries[f"field {name} {field.number}"] = f"{field.name} {type_of(field)}"
        for span in message.reserved_range:
            self.reserved |= {f"field {name} {number}" for number in range(span.start, span.end)}
        self.reserved |= {(name, word) for word in message.reserved_name}
        for nested in message.nested_type:
            self.add_message(name, nested)
        for enum in message.enum_type:
            self.add_enum(name, enum)

    def add_enum(self, scope, enum):
        name = f"{scope}.{enum.name}"
        for value in enum.value:
            self.entries[f"value {name} {value.number}"] = value.name
        for span in enum.reserved_range:
            # An enum's range has its end in it.
            self.reserved |= {f"value {name} {number}" for number in range(span.start, span.end + 1)}
        self.reserved |= {(name, word) for word in enum.reserved_name}

    def text(self):
        entries = sorted(self.entries.items(), key=order)
        return "".join(f"{key}: {what}\n" if what else f"{key}\n" for key, what in entries)


def order(entry):
    """By owner, then by number as a number."""
    kind, name, *number = entry[0].split()
    return name, kind, int(number[0]) if number else 0


def released(path):
    """The entries of a description."""
    entries = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            key, _, what = line.partition(":")
            entries[key] = what.strip()
    return entries


def broken(before, now):
    """What of a release is not kept, in words."""
    for key, what in before.items():
        kind, name, *number = key.split()
        if now.entries.get(key) == what:
            continue
        found = now.entries.get(key)
        if found is not None:
            yield f"{key}: was '{what}', now it is '{found}': what was released stays; give the new one another number"
        elif kind in ("message", "rpc"):
            yield f"{key}: was released, and is not there any more: callers still use it"
        elif f"message {name}" not in now.entries and kind == "field":
            continue  # said of its message
        else:
            word = what.split()[0]
            if key not in now.reserved:
                yield f"{key}: was '{what}', and is taken out: write 'reserved {number[0]};' where it stood"
            if (name, word) not in now.reserved:
                yield f"{key}: was '{what}', and is taken out: write 'reserved \"{word}\";' where it stood"


def main():
    root = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proto", type=pathlib.Path, default=root, metavar="FOLDER", help="of the .proto files")
    parser.add_argument("--released", type=pathlib.Path, default=root / "released.txt", metavar="FILE",
                        help="the description of the last release")
    parser.add_argument("--release", action="store_true", help="write the description instead of comparing with it")
    options = parser.parse_args()
    now = Wire(descriptors(options.proto))
    if options.release:
        options.released.write_text(
            "# What callers of the last release were built against; made by Proto/promise.py --release.\n" + now.text(),
            encoding="utf-8")
        return 0
    before = released(options.released)
    problems = list(broken(before, now))
    for problem in problems:
        print(problem)
    if problems:
        return 1
    print(f"{len(before)} released fields, values, messages and methods are as they were")
    return 0


if __name__ == "__main__":
    sys.exit(main())
