"""Error answers of the REST API."""


def problem(reply, status, code):
    """A problem (RFC 9457) whose members agree with each other."""
    assert reply.status == status, reply
    assert reply.headers["Content-Type"] == "application/problem+json"
    said = reply.json
    assert (said["status"], said["code"], said["type"]) == (status, code, f"urn:berth:problem:{code}")
    assert said["title"] and said["detail"] and said["request_id"]
    return said
