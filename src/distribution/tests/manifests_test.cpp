#include <gtest/gtest.h>

#include "distribution/tests/support/manifest_fixture.h"

// registry.md 1.3, 19-30, and conditional PUT (7, "conditional push / atomic tag").
namespace berth::distribution::testing {
namespace {

class ManifestsTest : public ManifestTest {};
INSTANTIATE_TEST_SUITE_P(, ManifestsTest, db::testing::both(), db::testing::name);

TEST_P(ManifestsTest, what_comes_back_is_what_was_pushed) {
  const auto bytes = pushed_image(R"(,  "unknown" :{"kept":[1,2.50]}, "annotations":{"ä":"ü \u00e9"})");
  const auto digest = Digest::of(bytes);
  const auto answer = push("1.0", bytes, "application/vnd.oci.image.manifest.v1+json; charset=utf-8");
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("Location"), at(digest.text()));
  EXPECT_EQ(answer.header("Docker-Content-Digest"), digest.text());
  for (const auto& reference : {std::string("1.0"), digest.text()}) {
    const auto get = retailer.get(at(reference));
    const auto head = retailer.head(at(reference));
    EXPECT_EQ(get.status, 200);
    EXPECT_EQ(get.body, bytes);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.content_length, bytes.size());
    EXPECT_EQ(get.header("Content-Type"), kImageType);
    for (const auto* name : {"Content-Type", "Docker-Content-Digest", "ETag", "Cache-Control"})
      EXPECT_EQ(get.header(name), head.header(name)) << name;
    EXPECT_EQ(get.header("Docker-Content-Digest"), digest.text());
  }
}

TEST_P(ManifestsTest, accept_changes_nothing) {
  const auto bytes = pushed_image();
  push("1.0", bytes);
  for (const auto* accept : {"application/json", "text/html", ""})
    EXPECT_EQ(retailer.get(at("1.0"), {{"Accept", accept}}).body, bytes) << accept;
}

TEST_P(ManifestsTest, only_a_digest_is_immutable_for_caches) {
  const auto bytes = pushed_image();
  push("1.0", bytes);
  EXPECT_EQ(retailer.get(at("1.0")).header("Cache-Control"), "private, no-cache");
  EXPECT_EQ(retailer.get(at(Digest::of(bytes).text())).header("Cache-Control"), "private, max-age=31536000, immutable");
  EXPECT_EQ(retailer.get(at("1.0"), {{"If-None-Match", '"' + Digest::of(bytes).text() + '"'}}).status, 304);
}

TEST_P(ManifestsTest, a_missing_manifest_is_404_with_its_code) {
  for (const auto& reference : {std::string("nothing"), Digest::of("nothing").text()}) {
    const auto answer = retailer.get(at(reference));
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.codes(), std::vector<std::string>{"MANIFEST_UNKNOWN"});
  }
}

TEST_P(ManifestsTest, a_malformed_reference_is_400) {
  EXPECT_EQ(push("sha256:baddigeststring", pushed_image()).codes(), std::vector<std::string>{"DIGEST_INVALID"});
  EXPECT_EQ(retailer.get(at("sha256:baddigeststring")).status, 400);
  EXPECT_EQ(push("-starts-with-a-dash", pushed_image()).codes(), std::vector<std::string>{"TAG_INVALID"});
  EXPECT_EQ(push(std::string(129, 'a'), pushed_image()).status, 400);
}

TEST_P(ManifestsTest, docker_types_are_first_class) {
  retailer.push_blob("shop/web", config);
  const auto type = std::string("application/vnd.docker.distribution.manifest.v2+json");
  const auto manifest =
      fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}})", type,
                  descriptor("application/vnd.docker.container.image.v1+json", Digest::of(config), config.size()));
  ASSERT_EQ(push(Digest::of(manifest).text(), manifest, type).status, 201);
  EXPECT_EQ(retailer.get(at(Digest::of(manifest).text())).header("Content-Type"), type);
  const auto list_type = std::string("application/vnd.docker.distribution.manifest.list.v2+json");
  const auto list = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]}})", list_type,
                                descriptor(type, Digest::of(manifest), manifest.size()));
  EXPECT_EQ(push("list", list, list_type).status, 201);
}

TEST_P(ManifestsTest, schema_1_is_refused) {
  const auto answer = push("old", R"({"schemaVersion":1,"name":"x","tag":"y","fsLayers":[],"history":[]})",
                           "application/vnd.docker.distribution.manifest.v1+prettyjws");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"MANIFEST_INVALID"});
}

TEST_P(ManifestsTest, any_valid_type_is_accepted) {
  const auto answer = push("odd", R"({"hello":"world"})", "application/vnd.example.thing.v9+json");
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(retailer.get(at("odd")).header("Content-Type"), "application/vnd.example.thing.v9+json");
}

TEST_P(ManifestsTest, four_mebibytes_are_accepted_and_not_more) {
  const auto sized = [&](std::size_t size) {
    auto text = pushed_image(R"(,"annotations":{"a":""})");
    text.insert(text.size() - 3, std::string(size - text.size(), 'A'));
    return text;
  };
  EXPECT_EQ(push("large", sized(4U << 20)).status, 201);
  EXPECT_EQ(push("larger", sized((4U << 20) + 1)).status, 413);
}

TEST_P(ManifestsTest, content_type_and_media_type_must_agree) {
  const auto answer = push("1.0", pushed_image(), kIndexType);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"MANIFEST_INVALID"});
}

TEST_P(ManifestsTest, without_a_content_type_the_document_says) {
  EXPECT_EQ(push("1.0", pushed_image(), "").status, 201);
  EXPECT_EQ(retailer.get(at("1.0")).header("Content-Type"), kImageType);
}

TEST_P(ManifestsTest, the_same_bytes_under_another_type_are_refused) {
  retailer.push_blob("shop/web", config);
  const auto bytes =
      fmt::format(R"({{"schemaVersion":2,"config":{},"layers":[]}})",
                  descriptor("application/vnd.oci.image.config.v1+json", Digest::of(config), config.size()));
  ASSERT_EQ(push("1.0", bytes).status, 201);
  EXPECT_EQ(push("1.0", bytes, "application/vnd.docker.distribution.manifest.v2+json").status, 400);
}

TEST_P(ManifestsTest, every_missing_digest_is_named) {
  const auto bytes = image({.config = "absent config", .layers = {"absent layer", layer}, .more = {}});
  retailer.push_blob("shop/web", layer);
  const auto answer = push("1.0", bytes);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes(), (std::vector<std::string>{"MANIFEST_BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN"}));
  EXPECT_EQ(answer.details(),
            (std::vector<std::string>{Digest::of("absent config").text(), Digest::of("absent layer").text()}));
  EXPECT_EQ(retailer.get(at("1.0")).status, 404);
  EXPECT_EQ(number("SELECT manifest_count FROM repositories"), 0);
}

TEST_P(ManifestsTest, a_blob_of_another_repository_does_not_count) {
  retailer.push_blob("shop/api", config);
  EXPECT_EQ(push("1.0", image({.config = config, .layers = {}, .more = {}})).status, 400);
}

TEST_P(ManifestsTest, many_references_are_checked) {
  std::vector<std::string> layers;
  for (int i = 0; i < 700; ++i) layers.push_back(fmt::format("layer {}", i));
  retailer.push_blob("shop/web", config);
  const auto answer = push("1.0", image({.config = config, .layers = layers, .more = {}}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes().size(), 700U);
}

TEST_P(ManifestsTest, foreign_layers_and_the_subject_need_not_be_here) {
  retailer.push_blob("shop/web", config);
  const auto bytes =
      fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{},{}],"subject":{}}})", kImageType,
                  descriptor("application/vnd.oci.image.config.v1+json", Digest::of(config), config.size()),
                  descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", Digest::of("far"), 3,
                             R"(,"urls":["https://store.example.com/far"])"),
                  descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Digest::of("away"), 4,
                             R"(,"urls":["https://store.example.com/away"])"),
                  descriptor(kImageType, Digest::of("missing subject"), 15));
  const auto answer = push("1.0", bytes);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("OCI-Subject"), Digest::of("missing subject").text());
}

TEST_P(ManifestsTest, what_is_named_as_foreign_and_as_a_layer_must_be_here) {
  retailer.push_blob("shop/web", config);
  constexpr auto kLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
  const auto bytes =
      fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{},{}]}})", kImageType,
                  descriptor("application/vnd.oci.image.config.v1+json", Digest::of(config), config.size()),
                  descriptor(kLayer, Digest::of("far"), 3, R"(,"urls":["https://example.com/far"])"),
                  descriptor(kLayer, Digest::of("far"), 3));
  const auto answer = push("1.0", bytes);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"MANIFEST_BLOB_UNKNOWN"});
}

TEST_P(ManifestsTest, sparse_content_is_accepted_only_where_the_space_allows_it) {
  const auto sparse_image = image({.config = "absent", .layers = {"absent, too"}, .more = {}});
  const auto sparse_index = index_of({descriptor(kImageType, Digest::of("absent manifest"), 100)});
  EXPECT_EQ(push("image", sparse_image).status, 400);
  EXPECT_EQ(push("index", sparse_index, kIndexType).status, 400);
  world.the(shop).allow_sparse = true;
  publish();
  EXPECT_EQ(push("image", sparse_image).status, 201);
  EXPECT_EQ(push("index", sparse_index, kIndexType).status, 201);
}

TEST_P(ManifestsTest, empty_and_nested_indexes_are_accepted) {
  const auto empty = index_of({});
  ASSERT_EQ(push("empty", empty, kIndexType).status, 201);
  const auto nested = index_of({descriptor(kIndexType, Digest::of(empty), empty.size())});
  EXPECT_EQ(push("nested", nested, kIndexType).status, 201);
  EXPECT_EQ(push("nested", index_of({descriptor(kIndexType, Digest::of("absent"), 6)}), kIndexType).status, 400);
}

TEST_P(ManifestsTest, an_index_is_as_large_as_its_children_here) {
  const auto bytes = pushed_image();
  push(Digest::of(bytes).text(), bytes);
  const auto index = index_of({descriptor(kImageType, Digest::of(bytes), bytes.size())});
  ASSERT_EQ(push("multi", index, kIndexType).status, 201);
  EXPECT_EQ(number("SELECT image_size FROM manifests ORDER BY id DESC LIMIT 1"),
            static_cast<std::int64_t>(config.size() + layer.size()));
}

TEST_P(ManifestsTest, sizes_that_clients_make_up_do_not_add_up_to_less_than_nothing) {
  std::vector<std::string> children;
  for (const auto* text : {"a", "b", "c"}) {
    retailer.push_blob("shop/web", text);
    const auto child = fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}})", kImageType,
        descriptor("application/vnd.oci.image.config.v1+json", Digest::of(text), 9'000'000'000'000'000'000ULL));
    ASSERT_EQ(push(Digest::of(child).text(), child).status, 201);
    children.push_back(descriptor(kImageType, Digest::of(child), child.size()));
  }
  ASSERT_EQ(push("all", index_of(children), kIndexType).status, 201);
  EXPECT_EQ(number("SELECT image_size FROM manifests ORDER BY id DESC LIMIT 1"),
            std::numeric_limits<std::int64_t>::max());
}

TEST_P(ManifestsTest, a_put_by_digest_must_match_and_echoes_the_algorithm) {
  const auto bytes = pushed_image();
  const auto answer = push(sha512_of(bytes).text(), bytes);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("Docker-Content-Digest"), sha512_of(bytes).text());
  EXPECT_EQ(retailer.get(at(sha512_of(bytes).text())).body, bytes);
  EXPECT_EQ(retailer.get(at(Digest::of(bytes).text())).status, 404);
  const auto mismatch = push(Digest::of(bytes).text(), bytes + "  ");
  EXPECT_EQ(mismatch.status, 400);
  EXPECT_EQ(mismatch.codes(), std::vector<std::string>{"DIGEST_INVALID"});
}

TEST_P(ManifestsTest, sha512_references_are_found) {
  retailer.put(fmt::format("{}?digest={}", retailer.start_upload("shop/web"), sha512_of(config).text()), config);
  const auto bytes =
      fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}})", kImageType,
                  descriptor("application/vnd.oci.image.config.v1+json", sha512_of(config), config.size()));
  EXPECT_EQ(push(sha512_of(bytes).text() + "?tag=a", bytes).status, 201);
  EXPECT_EQ(retailer.get(at("a")).header("Docker-Content-Digest"), sha512_of(bytes).text());
}

}  // namespace
}  // namespace berth::distribution::testing
