#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/json.h"
#include "distribution/tests/support/registry_fixture.h"

// registry.md 1.3, 36-39.
namespace berth::distribution::testing {
namespace {

class ReferrersTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  const Digest subject = Digest::of("the subject");

  std::string subject_member() const {
    return R"(,"subject":)" + descriptor(kImageType, subject, std::string("the subject").size());
  }
  /// An artifact that refers to the subject; `note` makes it another one. Gives its digest.
  Digest attach(const std::string& artifact_type, const std::string& note) {
    retailer.push_blob("shop/web", "{}");
    const auto type = artifact_type.empty() ? "" : fmt::format(R"(,"artifactType":"{}")", artifact_type);
    const auto bytes =
        image({.config = "{}",
               .layers = {},
               .more = fmt::format(R"({},"annotations":{{"note":"{}"}}{})", type, note, subject_member())});
    const auto answer = retailer.push_manifest("shop/web", Digest::of(bytes).text(), bytes);
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("OCI-Subject"), subject.text());
    return Digest::of(bytes);
  }
  Answer list(const std::string& query = "") const {
    return retailer.get(fmt::format("/v2/shop/web/referrers/{}{}", subject.text(), query));
  }
  static std::vector<std::string> digests(const Answer& answer) {
    std::vector<std::string> all;
    const auto document = parse_json(answer.body, {.bytes = 8U << 20});
    for (const auto& entry : *find_array(*document, "manifests"))
      all.emplace_back(find_string(entry, "digest").value());
    return all;
  }
  static std::vector<std::string> sorted(std::vector<Digest> all) {
    std::vector<std::string> texts;
    for (const auto& digest : all) texts.push_back(digest.text());
    std::ranges::sort(texts);
    return texts;
  }
};
INSTANTIATE_TEST_SUITE_P(, ReferrersTest, db::testing::both(), db::testing::name);

TEST_P(ReferrersTest, nothing_is_an_empty_index_never_404) {
  const auto expect_empty = [&](const Answer& answer) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), kIndexType);
    EXPECT_EQ(answer.body, fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[]}})", kIndexType));
  };
  expect_empty(list());  // before the repository exists
  retailer.push_blob("shop/web", "{}");
  expect_empty(list());
}

TEST_P(ReferrersTest, a_digest_that_is_none_is_400) {
  EXPECT_EQ(retailer.get("/v2/shop/web/referrers/sha256:x").status, 400);
}

TEST_P(ReferrersTest, a_descriptor_has_type_size_artifact_type_and_annotations) {
  const auto digest = attach("application/vnd.example.sbom", "one");
  const auto document = parse_json(list().body).value();
  const auto& entry = find_array(document, "manifests")->at(0);
  EXPECT_EQ(find_string(entry, "digest"), digest.text());
  EXPECT_EQ(find_string(entry, "mediaType"), kImageType);
  EXPECT_EQ(find_string(entry, "artifactType"), "application/vnd.example.sbom");
  EXPECT_EQ(find_int(entry, "size"), number("SELECT size FROM manifests"));
  EXPECT_EQ(find_string(*find(entry, "annotations"), "note"), "one");
}

TEST_P(ReferrersTest, without_an_artifact_type_the_configs_type_stands_and_an_index_has_none) {
  attach("", "image");
  const auto index = index_of({}, subject_member());
  ASSERT_EQ(retailer.push_manifest("shop/web", Digest::of(index).text(), index, kIndexType).status, 201);
  const auto document = parse_json(list().body).value();
  for (const auto& entry : *find_array(document, "manifests")) {
    if (find_string(entry, "mediaType") == kIndexType)
      EXPECT_EQ(find(entry, "artifactType"), nullptr);
    else
      EXPECT_EQ(find_string(entry, "artifactType"), "application/vnd.oci.image.config.v1+json");
  }
}

TEST_P(ReferrersTest, only_the_artifact_type_filters_and_the_answer_says_so) {
  const auto sbom = attach("application/sbom", "a");
  const auto signature = attach("application/signature", "b");
  attach("application/other", "c");
  EXPECT_EQ(list().header("OCI-Filters-Applied"), "");
  EXPECT_EQ(digests(list()).size(), 3U);
  const auto one = list("?artifactType=application/sbom");
  EXPECT_EQ(digests(one), sorted({sbom}));
  EXPECT_EQ(one.header("OCI-Filters-Applied"), "artifactType");
  EXPECT_EQ(digests(list("?artifactType=application/sbom&artifactType=application%2Fsignature")),
            sorted({sbom, signature}));
  EXPECT_EQ(digests(list("?artifactType=application/none")).size(), 0U);
  EXPECT_EQ(list("?unknown=filter").header("OCI-Filters-Applied"), "");
  EXPECT_EQ(digests(list("?unknown=filter")).size(), 3U);
}

TEST_P(ReferrersTest, a_deleted_referrer_is_gone_at_once) {
  const auto digest = attach("application/sbom", "a");
  EXPECT_EQ(as(access::testing::as(admin)).remove("/v2/shop/web/manifests/" + digest.text()).status, 202);
  EXPECT_EQ(digests(list()).size(), 0U);
}

TEST_P(ReferrersTest, referrers_of_another_repository_are_not_listed) {
  attach("application/sbom", "a");
  EXPECT_EQ(digests(retailer.get(fmt::format("/v2/shop/api/referrers/{}", subject.text()))).size(), 0U);
}

TEST_P(ReferrersTest, pages_of_n_together_are_all) {
  std::vector<Digest> all;
  for (int i = 0; i < 40; ++i) all.push_back(attach(i % 2 == 0 ? "a/even" : "a/odd", std::to_string(i)));
  for (const int n : {1, 7, 40}) {
    std::vector<std::string> seen;
    auto target = fmt::format("/v2/shop/web/referrers/{}?n={}", subject.text(), n);
    while (!target.empty()) {
      const auto answer = retailer.get(target);
      for (auto& digest : digests(answer)) seen.push_back(std::move(digest));
      const auto link = answer.header("Link");
      target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    }
    EXPECT_EQ(seen, sorted(all)) << n;
  }
  const auto filtered = list("?n=5&artifactType=a/odd");
  EXPECT_EQ(digests(filtered).size(), 5U);
  EXPECT_NE(filtered.header("Link").find("artifactType=a%2Fodd"), std::string::npos);
}

TEST_P(ReferrersTest, a_page_is_never_larger_than_clients_read) {
  std::vector<Digest> all;
  for (int i = 0; i < 6; ++i) all.push_back(attach("a/large", fmt::format("{}{}", i, std::string(1'000'000, 'x'))));
  const auto first = list();
  EXPECT_LE(first.body.size(), 4U << 20);
  EXPECT_EQ(digests(first).size(), 4U);
  const auto link = first.header("Link");
  ASSERT_FALSE(link.empty());
  const auto second = retailer.get(link.substr(1, link.find('>') - 1));
  EXPECT_EQ(digests(second).size(), 2U);
  EXPECT_EQ(second.header("Link"), "");
}

TEST_P(ReferrersTest, an_index_at_the_fallback_tag_is_merged_in) {
  const auto known = attach("application/sbom", "a");
  // Two more that a client listed itself: one without a subject, one that is not here.
  const auto listed = image({.config = "{}", .layers = {}, .more = R"(,"artifactType":"application/old")"});
  ASSERT_EQ(retailer.push_manifest("shop/web", Digest::of(listed).text(), listed).status, 201);
  const auto fallback = index_of({descriptor(kImageType, Digest::of(listed), listed.size()),
                                  descriptor(kImageType, known, 1, R"(,"artifactType":"a/lie")")});
  const auto tag = fmt::format("sha256-{}", subject.hex());
  const auto pushed = retailer.push_manifest("shop/web", tag, fallback, kIndexType);
  ASSERT_EQ(pushed.status, 201) << pushed.body;
  EXPECT_EQ(digests(list()), sorted({known, Digest::of(listed)}));
  EXPECT_EQ(digests(list("?artifactType=application/old")), sorted({Digest::of(listed)}));
  EXPECT_EQ(digests(list("?artifactType=a/lie")).size(), 0U) << "what is stored counts, not what the index says";
  EXPECT_EQ(digests(list("?n=1")).size(), 1U);
  EXPECT_FALSE(list("?n=1").header("Link").empty());
}

}  // namespace
}  // namespace berth::distribution::testing
