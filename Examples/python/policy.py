"""PolicyService: the packs that a server settles by, and why a claim comes out as it does.

    /usr/bin/python3 Examples/python/policy.py 127.0.0.1:8123
"""

import hashlib

from calculation import visit
from client import connect
from messages import policy_service_pb2 as policy

SERVICE = "jiesuan.v1.PolicyService/"


def main(channel):
    listed = channel.call(SERVICE + "List", policy.ListPoliciesRequest(), policy.ListPoliciesResponse)
    for pack in listed.policies:
        print(pack.region, pack.name_zh, "in force from", pack.in_force_from, "digest", pack.digest[:12])

    # A pack as its author wrote it; its digest is that of its text.
    shown = channel.call(SERVICE + "Show", policy.ShowPolicyRequest(region="yantai"), policy.ShowPolicyResponse)
    digest = hashlib.sha256(shown.yaml.encode()).hexdigest()
    print("yantai as it is read:", "its digest" if digest == shown.summary.digest else "another pack's")

    # The bill of a claim, layer by layer, with the words of the sources.
    explained = channel.call(
        SERVICE + "Explain", policy.ExplainRequest(claim=visit(2_800_00)), policy.ExplainResponse)
    print(explained.text)


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
