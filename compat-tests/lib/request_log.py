"""The request keys in the log of an Apache Kafka node that runs with log4j2-requests.xml."""
import re

_REQUEST = re.compile(r'^REQUEST .*?"requestApiKey":(\d+),.*?"clientId":(?:"([^"]*)"|null)')
# What the node asks of itself: its own heartbeats, its quorum, its coordinators.
_OWN_CLIENT = re.compile(r"\d+|raft-client-\d+|(broker|controller|node)-\d+-.*|.*[Pp]ersister.*")
# Authentication answers these itself, so the log of requests lacks them. No node here uses SASL for its own requests.
_SASL = re.compile(r"^REQUEST .*?Handling Kafka request (API_VERSIONS|SASL_HANDSHAKE) during ")
_SASL_KEYS = {"API_VERSIONS": {18}, "SASL_HANDSHAKE": {17, 36}}


def keys_of_log(log):
    """The keys that clients sent, without what the node asks of itself."""
    keys = set()
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if request := _REQUEST.match(line):
                if not _OWN_CLIENT.fullmatch(request.group(2) or ""):
                    keys.add(int(request.group(1)))
            elif sasl := _SASL.match(line):
                keys |= _SASL_KEYS[sasl.group(1)]
    return keys
