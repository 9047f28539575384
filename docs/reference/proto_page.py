#!/usr/bin/python3
"""Makes the reference of all services as one page, from Proto/ and the comments in it.

    /usr/bin/python3 docs/reference/proto_page.py .build/docs/api.html

Needs protobuf-compiler and python3-protobuf.
EXIT CODES: 0 written; 1 a method or an error says nothing of itself; 2 wrong usage, or Proto/ does not compile
"""

import argparse
import html
import pathlib
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

from proto_comments import Comments, terms

PROTO = pathlib.Path(__file__).resolve().parents[2] / "Proto"
STYLE = pathlib.Path(__file__).with_name("api.css")
Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {number: name.removeprefix("TYPE_").lower() for name, number in Field.Type.items()}
ERRORS = "DomainError"


def read(folder):
    """The files of jiesuan.v1 with their comments, as protoc describes them."""
    names = sorted(str(path.relative_to(folder)) for path in folder.glob("jiesuan/v1/*.proto"))
    with tempfile.NamedTemporaryFile() as made:
        command = ["protoc", "--include_source_info", f"--descriptor_set_out={made.name}", f"-I{folder}", *names]
        if subprocess.run(command, check=False).returncode != 0:
            raise SystemExit(2)
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(made.name).read_bytes()).file


def prose(text):
    """A comment as HTML: `code`, and paragraphs where an empty line stands."""
    parts = [re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(part, quote=False)) for part in text.split("\n\n")]
    return "".join(f"<p>{part}</p>" for part in parts if part)


def link(name):
    """A message's or an enum's name, to where it stands."""
    return f'<a href="#{name}">{name.rpartition(".")[2]}</a>'


def row(cells, key):
    """A row that links can lead to."""
    return f'<tr id="{key}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def heading(text, width):
    """A row above those that a comment is the heading of."""
    return f'<tr class="group"><td colspan="{width}">{prose(text)}</td></tr>' if text else ""


def table(heads, rows):
    line = "".join(f"<th>{head}</th>" for head in heads)
    return f"<table><thead><tr>{line}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def columns(comment):
    """A comment in three cells: the Chinese term, the platform's name, and all that it says, if it says more."""
    chinese, platform = terms(comment)
    more = re.sub(r"[\s,.()]", "", comment) != re.sub(r"[\s,.()]", "", chinese + platform)
    return [chinese, f"<code>{platform}</code>" if platform else "", prose(comment) if more else ""]


class Page:
    """The parts of the page, in their order; `used` says which messages each of them stands in."""

    def __init__(self, files):
        self.files = files
        self.silent = []
        self.used = {}
        for file in files:
            for message in file.message_type:
                for field in message.field:
                    self.used.setdefault(field.type_name.lstrip("."), set()).add(f"{file.package}.{message.name}")
            for service in file.service:
                for method in service.method:
                    for name in (method.input_type, method.output_type):
                        owner = f"{file.package}.{service.name}.{method.name}"
                        self.used.setdefault(name.lstrip("."), set()).add(owner)

    def html(self):
        services = [(file, service) for file in self.files for service in file.service]
        contents = "".join(
            f'<li><a href="#{file.package}.{service.name}">{service.name}</a><ul>'
            + "".join(
                f'<li><a href="#{file.package}.{service.name}.{method.name}">{method.name}</a></li>'
                for method in service.method)
            + "</ul></li>" for file, service in services)
        body = "".join(self.service(file, *pair) for file in self.files for pair in enumerate(file.service))
        types = "".join(self.types(file) for file in self.files)
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
            "<title>Jiesuan: reference of the services</title>"
            f"<style>{STYLE.read_text(encoding='utf-8')}</style></head>"
            f'<body><nav><h1>结算 Jiesuan</h1><ul>{contents}<li><a href="#jiesuan.v1.{ERRORS}">Errors</a></li></ul>'
            "</nav>"
            f"<main><h1>Reference of the services</h1>{self.introduction()}{body}{self.errors()}"
            f"<h1>Messages and enums</h1>{types}</main></body></html>\n")

    def introduction(self):
        methods = sum(len(service.method) for file in self.files for service in file.service)
        messages = sum(len(file.message_type) for file in self.files)
        return (
            f"<p>{methods} methods and {messages} messages of <code>jiesuan.v1</code>, over Apache brpc's "
            "<code>baidu_std</code> on TCP. Each has the Chinese term and, where there is one, the national platform's "
            "field or number (医疗保障信息平台定点医药机构接口规范). Numbers are never given another meaning.</p>")

    def said(self, comment, what):
        if not comment:
            self.silent.append(what)
        return comment

    def service(self, file, index, service):
        comments = Comments(file)
        name = f"{file.package}.{service.name}"
        rows = []
        for place, method in enumerate(service.method):
            key = f"{name}.{method.name}"
            comment = self.said(comments.at(6, index, 2, place), f"rpc {key}")
            request, response = link(method.input_type.lstrip(".")), link(method.output_type.lstrip("."))
            rows.append(heading(comments.groups.get((6, index, 2, place)), 4))
            rows.append(row([f"<b>{method.name}</b><br/>{request} → {response}", *columns(comment)], key))
        return (
            f'<section id="{name}"><h2>{service.name}</h2>{prose(comments.head)}'
            + table(["method", "中文", "platform", "what it does"], rows) + "</section>")

    def types(self, file):
        comments = Comments(file)
        parts = []
        for index, message in enumerate(file.message_type):
            parts.append(self.message(file, comments, index, message))
        for index, enum in enumerate(file.enum_type):
            if enum.name != ERRORS:
                parts.append(self.enum(file, comments, index, enum))
        return "".join(parts)

    def message(self, file, comments, index, message):
        name = f"{file.package}.{message.name}"
        rows = []
        for place, field in enumerate(message.field):
            kind = link(field.type_name.lstrip(".")) if field.type_name else SCALARS[field.type]
            if field.label == Field.LABEL_REPEATED:
                kind = f"repeated {kind}"
            rows.append(heading(comments.groups.get((4, index, 2, place)), 6))
            cells = [str(field.number), f"<b>{field.name}</b>", kind, *columns(comments.at(4, index, 2, place))]
            rows.append(row(cells, f"{name}.{field.name}"))
        fields = table(["", "field", "type", "中文", "platform", "meaning"], rows) if rows else "<p>No fields.</p>"
        return self.type_section(name, message.name, comments.at(4, index), fields)

    def enum(self, file, comments, index, enum):
        name = f"{file.package}.{enum.name}"
        rows = [
            row([str(value.number), f"<b>{value.name}</b>", *columns(comments.at(5, index, 2, place))],
                f"{name}.{value.name}")
            for place, value in enumerate(enum.value)]
        return self.type_section(
            name, f"enum {enum.name}", comments.at(5, index),
            table(["", "value", "中文", "platform", "meaning"], rows))

    def type_section(self, name, title, comment, inside):
        users = ", ".join(link(user) for user in sorted(self.used.get(name, ())))
        used = f'<p class="used">in {users}</p>' if users else ""
        return f'<section id="{name}"><h3>{title}</h3>{prose(comment)}{used}{inside}</section>'

    def errors(self):
        for file in self.files:
            comments = Comments(file)
            for index, enum in enumerate(file.enum_type):
                if enum.name != ERRORS:
                    continue
                name = f"{file.package}.{enum.name}"
                rows = []
                for place, value in enumerate(enum.value):
                    comment = comments.at(5, index, 2, place)
                    if value.number:
                        self.said(comment, f"error {value.name}")
                    rows.append(heading(comments.groups.get((5, index, 2, place)), 3))
                    cells = [str(value.number), f"<b>{value.name}</b>", prose(comment)]
                    rows.append(row(cells, f"{name}.{value.name}"))
                return (
                    f'<section id="{name}"><h1>Errors</h1>{prose(comments.head)}{prose(comments.at(5, index))}'
                    + table(["code", "name", "when"], rows) + "</section>")
        raise SystemExit(f"Proto/ has no enum {ERRORS}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path, metavar="FILE", help="the page to write")
    parser.add_argument("--proto", type=pathlib.Path, default=PROTO, metavar="FOLDER", help="of the .proto files")
    options = parser.parse_args()
    page = Page(read(options.proto))
    text = page.html()
    for what in page.silent:
        print(f"{what}: has no comment in Proto/: write above it what it does", file=sys.stderr)
    if page.silent:
        return 1
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
