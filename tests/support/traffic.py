"""What a server has been asked since a moment, from its own counters."""
import re

REQUEST = re.compile(r'^berth_http_requests_total\{(.*)\} (\S+)$', re.M)
BYTES = re.compile(r'^berth_net_bytes_total\{(.*)\} (\S+)$', re.M)


def labels(text):
    return dict(re.findall(r'(\w+)="([^"]*)"', text))


class Traffic:
    """Starts to count when it is made."""

    UPLOADS, UPLOAD, BLOB = "/v2/{name+}/blobs/uploads/", "/v2/{name+}/blobs/uploads/{upload}", "/v2/{name+}/blobs/{digest}"

    def __init__(self, client):
        self.client = client.anonymous()
        self.before = self.read()

    def read(self):
        text = self.client.get("/metrics", expect=200).body.decode()
        found = {}
        for pattern in (REQUEST, BYTES):
            for names, value in pattern.findall(text):
                names = labels(names)
                key = (names["method"], names["route"], int(names["status"])) if "route" in names else names["direction"]
                found[key] = float(value)
        return found

    def since(self):
        return {key: value - self.before.get(key, 0) for key, value in self.read().items() if value != self.before.get(key, 0)}

    def answered(self, method, route, status):
        return self.since().get((method, route, status), 0)

    def received(self):
        return self.since().get("received", 0)
