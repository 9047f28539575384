"""What Google's json_format makes of random messages and of odd texts, for ProtoJSONTests to compare with.

    python3 googles_json.py PROTO_FOLDER messages SEED COUNT    of each message type, COUNT random messages, one a line:
        type TAB wire in hex TAB JSON TAB the same in other spellings
    python3 googles_json.py PROTO_FOLDER verdicts < LINES       of lines "type TAB JSON": wire in hex, or "refused"
    python3 googles_json.py PROTO_FOLDER shown < LINES          of lines "type TAB wire in hex": JSON, or "refused"
"""

import base64
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

INTEGERS = {"int32": (32, True), "sint32": (32, True), "sfixed32": (32, True), "uint32": (32, False),
            "fixed32": (32, False), "int64": (64, True), "sint64": (64, True), "sfixed64": (64, True),
            "uint64": (64, False), "fixed64": (64, False)}
# Control characters past ASCII are shown escaped.
CONTROLS = re.compile("[\x7f-\x9f]")


def classes(proto):
    """Classes of all message types of package jiesuan.v1, by full name."""
    with tempfile.NamedTemporaryFile() as file:
        names = [str(p) for p in sorted(pathlib.Path(proto).glob("jiesuan/v1/*.proto"))]
        subprocess.run(
            ["protoc", f"--descriptor_set_out={file.name}", "--include_imports", f"-I{proto}"] + names, check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(file.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {f"{file.package}.{message.name}": factory.GetPrototype(
        pool.FindMessageTypeByName(f"{file.package}.{message.name}")) for file in files.file
        for message in file.message_type}


def kind(field):
    return next(name[5:].lower() for name in dir(field)
                if name.startswith("TYPE_") and getattr(field, name) == field.type)


def integer(bits, signed):
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    value = random.choice([0, 1, -1, low, high, random.randint(low, high), random.randrange(1 << 17)])
    return min(max(value, low), high)


def text():
    letters = "abz09\"\\/ \n\t\b\f\r\x00\x01\x1f\x7f\x85\x9f\u00a0\u2028结算é😀\ufeff<>&'"
    return "".join(random.choices(letters, k=random.choice([0, 1, 5, 200])))


def value(field, depth):
    name = kind(field)
    if name in INTEGERS:
        return integer(*INTEGERS[name])
    if name == "bool":
        return random.random() < 0.5
    if name == "string":
        return text()
    if name == "bytes":
        return random.randbytes(random.choice([0, 1, 2, 3, 4, 50]))
    if name == "enum":
        return random.choice([v.number for v in field.enum_type.values] + [99, -1])
    raise ValueError(name)


def fill(message, depth=0):
    for field in message.DESCRIPTOR.fields:
        if random.random() < 0.3 + 0.1 * depth:
            continue
        if field.label == field.LABEL_REPEATED:
            entries = getattr(message, field.name)
            for _ in range(random.choice([0, 1, 2, 5] if depth < 2 else [0, 1])):
                if field.message_type:
                    fill(entries.add(), depth + 1)
                else:
                    entries.append(value(field, depth))
        elif field.message_type:
            inner = getattr(message, field.name)
            inner.SetInParent()
            fill(inner, depth + 1)
        else:
            setattr(message, field.name, value(field, depth))


def respelled(data, descriptor):
    """The same JSON as other writers have it: old names, numbers or strings, enums by number, members in any order."""
    out = []
    by_name = {field.camelcase_name: field for field in descriptor.fields}
    for name, item in data.items():
        field = by_name[name]
        items = item if isinstance(item, list) else [item]
        items = [one(entry, field) for entry in items]
        out.append((random.choice([name, field.name]), items if isinstance(item, list) else items[0]))
    out += [(f.name, None) for f in descriptor.fields if f.camelcase_name not in data and random.random() < 0.1]
    random.shuffle(out)
    return dict(out)


def one(item, field):
    if field.message_type:
        return respelled(item, field.message_type)
    name = kind(field)
    if name in INTEGERS:
        return random.choice([str, int])(item)
    if name == "enum" and isinstance(item, str):
        return random.choice([item, field.enum_type.values_by_name[item].number])
    if name == "bytes":
        plain = base64.urlsafe_b64encode(base64.b64decode(item)).decode()
        return random.choice([item, plain, plain.rstrip("=")])
    return item


def compact(data):
    shown = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return CONTROLS.sub(lambda c: f"\\u{ord(c.group()):04x}", shown)


def messages(types, seed, count):
    random.seed(seed)
    for name, cls in sorted(types.items()):
        for _ in range(count):
            message = cls()
            fill(message)
            data = json_format.MessageToDict(message)
            shown = compact(data)
            other = json.dumps(
                respelled(data, cls.DESCRIPTOR), ensure_ascii=random.random() < 0.5,
                separators=random.choice([(",", ":"), (" , ", " :\t")]))
            print(name, message.SerializeToString(deterministic=True).hex(), shown, other, sep="\t")


def verdicts(answer):
    # A carriage return is a part of a line.
    sys.stdin.reconfigure(newline="\n")
    for line in sys.stdin:
        name, _, given = line.rstrip("\n").partition("\t")
        try:
            print(answer(found[name](), given))
        except Exception:  # whatever it is, the text or the bytes are refused
            print("refused")


def read(message, given):
    return json_format.Parse(given, message).SerializeToString(deterministic=True).hex()


def shown(message, given):
    message.ParseFromString(bytes.fromhex(given))
    return compact(json_format.MessageToDict(message))


if __name__ == "__main__":
    found = classes(sys.argv[1])
    if sys.argv[2] == "messages":
        messages(found, int(sys.argv[3]), int(sys.argv[4]))
    else:
        verdicts({"verdicts": read, "shown": shown}[sys.argv[2]])
