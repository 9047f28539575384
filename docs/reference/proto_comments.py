"""The comments of a .proto file by what they stand at, and the terms in them."""

import re

CJK = "\u4e00-\u9fff"
#: A Chinese term: characters, and between them what such terms have: 医保协议结算等级, 乙类先行自付, 参保方式 / 档次.
TERM = re.compile(rf"[{CJK}](?:[{CJK}A-Za-z0-9“”《》、·（）()/ ]*[{CJK}”》）])?(?:ID)?")
#: The platform's fields behind a term: 医疗类别, med_type; 发送方报文ID, msgid / medins_setl_id. What goes on in words
#: is none: 特殊药品费用, rules YT-4.
NAMES = re.compile(rf"[{CJK}A-Z）)”]\s*,\s*([a-z][a-z0-9_]*(?:\s*/\s*[a-z][a-z0-9_]*)*)(?=\s*(?:$|[;.),:(]))")
#: One that closes a sentence of other words: 实际支付起付线 of the basic insurance, act_pay_dedc.
CLOSING = re.compile(r",\s*([a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?=\s*(?:$|;))")
#: Its numbers: 住院 (21), 结算 (2207 / 2304), 医疗救助, maf_pay (610100).
CODES = re.compile(rf"[{CJK}a-z_]\s*\((\d[\d /]*)\)")


def terms(comment):
    """A comment's Chinese term and the platform's names and numbers beside it; "" where it has none."""
    first = re.split(r"[.;]\s|\n", comment)[0]
    term = TERM.search(first)
    chinese = term.group(0).strip() if term else ""
    if chinese.count("(") > chinese.count(")"):
        # 慢性病证(卡): the term ends with what stands in brackets.
        chinese += ")"
    found = [NAMES.search(first) or CLOSING.search(first), CODES.search(first)]
    platform = [match.group(1).strip() for match in found if match]
    return chinese, " ".join(platform)


class Comments:
    """Comments by the path of what they stand at, as protoc counts: message 4, enum 5, service 6, each with an index.

    `head` is the file's own: what stands above `syntax`. `groups` has what stands above some lines with an empty line
    between, the heading of all that follow.
    """

    def __init__(self, file):
        self.by_path = {}
        self.groups = {}
        self.head = ""
        for location in file.source_code_info.location:
            path = tuple(location.path)
            if path == (12,):
                self.head = joined([*location.leading_detached_comments, location.leading_comments])
            above = [location.leading_comments, location.trailing_comments]
            self.by_path[path] = joined(above)
            if len(path) > 2:
                self.groups[path] = joined(location.leading_detached_comments)

    def at(self, *path):
        return self.by_path.get(path, "")


def joined(comments):
    """Comments as paragraphs of running text."""
    paragraphs = []
    for comment in comments:
        for part in re.split(r"\n\s*\n", comment):
            words = " ".join(part.split())
            # No space where a line was broken between Chinese characters.
            words = re.sub(rf"([{CJK}，。、；]) (?=[{CJK}])", r"\1", words)
            if words:
                paragraphs.append(words)
    return "\n\n".join(paragraphs)
