"""The data sets: every shape of content that the specification allows, as values. What is done with them: conformance_content.py."""
import base64
import os

from support.oci import CONFIG, EMPTY, IMAGE, INDEX, LAYER, LAYER_GZIP, descriptor, digest_of, dumps, gzipped, tar

NONDISTRIBUTABLE = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
SBOM, SIGNATURE = "application/vnd.example.sbom", "application/vnd.example.signature"


class Manifest:
    def __init__(self, document, algorithm, tags=(), tag_params=()):
        self.document, self.content, self.media_type = document, dumps(document), document["mediaType"]
        self.digest = digest_of(self.content, algorithm)
        self.tags, self.tag_params = list(tags), list(tag_params)

    @property
    def subject(self):
        return self.document.get("subject", {}).get("digest")

    @property
    def artifact_type(self):
        """What a list of referrers says: the manifest's own type, or its config's media type."""
        return self.document.get("artifactType") or self.document.get("config", {}).get("mediaType")

    def descriptor(self, **more):
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.content), **more}


class Set:
    """Blobs by digest and manifests in the order of pushing (children first)."""

    def __init__(self, name, algorithm="sha256"):
        self.name, self.algorithm, self.blobs, self.manifests = name, algorithm, {}, []

    def blob(self, content, media_type, **more):
        self.blobs[digest_of(content, self.algorithm)] = content
        return descriptor(content, media_type, self.algorithm, **more)

    def random_layer(self, media_type=LAYER_GZIP):
        content = tar({"file": os.urandom(300)})
        return content, self.blob(content if media_type == LAYER else gzipped(content), media_type)

    def manifest(self, document, **how):
        made = Manifest({"schemaVersion": 2, **document}, self.algorithm, **how)
        self.manifests.append(made)
        return made

    def image(self, layers=2, architecture="amd64", media_type=LAYER_GZIP, config_more=None, more=None, **how):
        made = [self.random_layer(media_type) for _ in range(layers)]
        config = {"architecture": architecture, "os": "linux", "author": os.urandom(4).hex(), **(config_more or {}),
                  "rootfs": {"type": "layers", "diff_ids": [digest_of(content) for content, _ in made]}}
        return self.manifest({"mediaType": IMAGE, "config": self.blob(dumps(config), CONFIG), "layers": [entry for _, entry in made],
                              **(more or {})}, **how)

    def index(self, children, more=None, **how):
        entries = [child if isinstance(child, dict) else child.descriptor() for child in children]
        return self.manifest({"mediaType": INDEX, "manifests": entries, **(more or {})}, **how)

    def artifact(self, artifact_type, layers=1, more=None, **how):
        empty = self.blob(b"{}", EMPTY)
        content = [self.blob(os.urandom(200), "application/vnd.example.data") for _ in range(layers)]
        return self.manifest({"mediaType": IMAGE, "artifactType": artifact_type, "config": empty, "layers": content or [empty],
                              **(more or {})}, **how)

    def multi_platform(self, more=None, **how):
        children = [self.image(architecture=architecture) for architecture in ("amd64", "arm64")]
        return self.index([child.descriptor(platform={"os": "linux", "architecture": architecture})
                           for child, architecture in zip(children, ("amd64", "arm64"))], more, **how)


def about(manifest):
    return {"subject": manifest.descriptor()}


def nested_index(data):
    inner = []
    for layers in (1, 2):
        images = [data.image(layers=layers, architecture=architecture) for architecture in ("amd64", "arm64")]
        inner.append(data.index(images))
    data.index(inner, tags=["nested"])


def artifacts_with_subject(data):
    image = data.image(tags=["image"])
    for number, kind in enumerate((SBOM, SIGNATURE)):
        data.artifact(kind, tags=[f"artifact-{number}"],
                      more={**about(image), "annotations": {"org.example.number": str(number), "org.example.kind": kind}})
    config = data.blob(os.urandom(100), "application/vnd.example.config")  # without artifactType: its config's type counts
    data.manifest({"mediaType": IMAGE, "config": config, "layers": [data.blob(os.urandom(90), "application/vnd.example.data")],
                   **about(image)})


def index_with_subject(data):
    subject = data.multi_platform(tags=["subject"])
    parts = [data.artifact(SBOM, layers=1) for _ in range(2)]
    data.index(parts, more={"artifactType": SBOM, **about(subject), "annotations": {"org.example.of": "index"}}, tags=["about"])


def missing_subject(data):
    nowhere = dumps({"schemaVersion": 2, "never": os.urandom(8).hex()})
    data.artifact(SBOM, tags=["orphan"], more={"subject": descriptor(nowhere, IMAGE)})


def data_field(data):
    image = data.image(tags=["embedded"])
    config = image.document["config"]
    config["data"] = base64.b64encode(data.blobs[config["digest"]]).decode()
    data.manifests = [Manifest(image.document, data.algorithm, tags=image.tags)]


def non_distributable(data):
    absent = descriptor(os.urandom(100), NONDISTRIBUTABLE, urls=["https://store.example.com/layer"])
    image = data.image(layers=1)
    data.manifests = [Manifest({**image.document, "layers": [absent, *image.document["layers"]]}, data.algorithm, tags=["windows"])]


def custom_fields(data):
    more = {"org.example.unknown": {"deep": [1, 2.5, None, True, "\u00e9\u4e2d"]}, "newField": "kept"}
    images = [data.image(config_more=more, more=more, architecture=architecture) for architecture in ("amd64", "arm64")]
    data.index([image.descriptor(**more) for image in images], more, tags=["custom"])


def sparse(data):
    whole = data.image()
    missing = descriptor(dumps({"schemaVersion": 2, "elsewhere": True}), IMAGE)
    data.index([whole, missing], tags=["sparse-index"])
    config = data.blob(dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}), CONFIG)
    data.manifest({"mediaType": IMAGE, "config": config, "layers": [descriptor(os.urandom(64), LAYER_GZIP)]}, tags=["sparse-image"])


def artifact_index(data):
    data.index([data.artifact(SBOM), data.artifact(SIGNATURE)], {"artifactType": SBOM}, tags=["artifacts"])


FILLED = {
    "image": lambda data: data.image(tags=["image"]),
    "image-uncompressed": lambda data: data.image(media_type=LAYER, tags=["uncompressed"]),
    "large-manifest": lambda data: data.image(more={"annotations": {f"org.example.{n}": "x" * 1000 for n in range(3800)}}, tags=["large"]),
    "index": lambda data: data.multi_platform(tags=["index"]),
    "nested-index": nested_index,
    "empty-index": lambda data: data.index([], tags=["empty"]),
    "artifact": lambda data: data.artifact(SBOM, tags=["artifact"]),
    "artifact-index": artifact_index,
    "artifact-without-layers": lambda data: data.artifact(SBOM, layers=0, tags=["bare"]),
    "artifacts-with-subject": artifacts_with_subject,
    "index-with-subject": index_with_subject,
    "missing-subject": missing_subject,
    "data-field": data_field,
    "non-distributable-layers": non_distributable,
    "custom-fields": custom_fields,
    "no-layers": lambda data: data.image(layers=0, tags=["no-layers"]),
    "sparse": sparse,
    "sha512": lambda data: data.multi_platform(),
    "tag-param-sha256": lambda data: data.multi_platform(tag_params=["one", "two", "three", "four"]),
    "tag-param-sha512": lambda data: data.multi_platform(tag_params=["one", "two", "three", "four"]),
}


def sets():
    for name, fill in FILLED.items():
        data = Set(name, "sha512" if "sha512" in name else "sha256")
        fill(data)
        yield data
