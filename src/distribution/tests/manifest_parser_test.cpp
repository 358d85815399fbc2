#include "distribution/manifest_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/sha.h"

namespace berth::distribution {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kOciImage = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view kDockerImage = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::string_view kOther = "application/vnd.example.thing.v1+json";
constexpr std::string_view kLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
constexpr std::string_view kConfig = "application/vnd.oci.image.config.v1+json";

std::string digest_of(std::string_view bytes) {
  return Digest::of(bytes).text();
}

std::string descriptor(std::string_view media_type, std::string_view bytes, std::string_view more = "") {
  return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}{}}})", media_type, digest_of(bytes), bytes.size(),
                     more);
}

std::string image(std::string_view layers, std::string_view more = "") {
  return fmt::format(R"({{"schemaVersion":2,"config":{},"layers":[{}]{}}})", descriptor(kConfig, "{}"), layers, more);
}

std::string index(std::string_view children, std::string_view more = "") {
  return fmt::format(R"({{"schemaVersion":2,"manifests":[{}]{}}})", children, more);
}

Result<ParsedManifest> parse(std::string_view bytes, std::string_view type) {
  return parse_manifest(bytes, type.empty() ? MediaType() : MediaType::parse(type).value());
}

/// What was read, in one line: kind, artifact type, references, total.
std::string describe(const Result<ParsedManifest>& manifest) {
  if (!manifest) return fmt::format("{}: {}", name_of(manifest.error().fault), manifest.error().message);
  constexpr std::string_view kKinds[] = {"image", "index", "other"};
  constexpr std::string_view kReferences[] = {"config", "layer", "child"};
  std::string text(kKinds[static_cast<int>(manifest->kind)]);
  if (!manifest->artifact_type.empty()) text += " of " + manifest->artifact_type;
  for (const auto& reference : manifest->references)
    text +=
        fmt::format(" {}:{}{}{}", kReferences[static_cast<int>(reference.kind)], reference.size,
                    reference.foreign ? ":foreign" : "", reference.platform.empty() ? "" : ":" + reference.platform);
  if (manifest->subject) text += fmt::format(" subject:{}", manifest->subject->size);
  return text + fmt::format(" = {}", manifest->content_size);
}

struct Case {
  std::string name;
  std::string type;
  std::string bytes;
  std::string answer;  // a part of describe()
};

class ParseManifest : public ::testing::TestWithParam<Case> {};

TEST_P(ParseManifest, answers) {
  EXPECT_THAT(describe(parse(GetParam().bytes, GetParam().type)), HasSubstr(GetParam().answer));
}

std::vector<Case> accepted() {
  const auto layer = descriptor(kLayer, "layer");
  const auto child = descriptor(kOciImage, "manifest");
  const auto on = [&](std::string_view platform) {
    return descriptor(kOciImage, "child", fmt::format(R"(,"platform":{})", platform));
  };
  const std::string config_type(kConfig);
  return {
      {"oci_image", std::string(kOciImage), image(layer), "image of " + config_type + " config:2 layer:5 = 7"},
      {"docker_image", std::string(kDockerImage), image(layer), "image of " + config_type + " config:2 layer:5 = 7"},
      {"oci_index", std::string(kOciIndex), index(child), "index child:8 = 0"},
      {"docker_list", std::string(kDockerList), index(child), "index child:8 = 0"},
      {"empty_layers", std::string(kOciImage), image(""), "config:2 = 2"},
      {"layers_null", std::string(kOciImage),
       fmt::format(R"({{"schemaVersion":2,"config":{},"layers":null}})", descriptor(kConfig, "{}")), "config:2 = 2"},
      {"no_layers", std::string(kOciImage),
       fmt::format(R"({{"schemaVersion":2,"config":{}}})", descriptor(kConfig, "{}")), "config:2 = 2"},
      {"empty_index", std::string(kOciIndex), index(""), "index = 0"},
      {"manifests_null", std::string(kOciIndex), R"({"schemaVersion":2,"manifests":null})", "index = 0"},
      {"nested_index", std::string(kOciIndex), index(descriptor(kOciIndex, "index")), "index child:5 = 0"},
      {"own_type_agrees", std::string(kOciIndex), index("", fmt::format(R"(,"mediaType":"{}")", kOciIndex)), "index"},
      {"own_type_alone", "", index("", fmt::format(R"(,"mediaType":"{}")", kOciIndex)), "index"},
      {"same_layer_twice", std::string(kOciImage), image(layer + "," + layer), "config:2 layer:5 layer:5 = 12"},
      {"unknown_fields", std::string(kOciImage), image(layer, R"(,"org.example":{"x":[1,2.5,null]})"), "layer:5 = 7"},
      {"artifact_type", std::string(kOciImage), image("", R"(,"artifactType":"application/x")"),
       "image of application/x "},
      {"empty_artifact_type", std::string(kOciImage), image("", R"(,"artifactType":"")"), "image of " + config_type},
      {"artifact_type_of_index", std::string(kOciIndex), index("", R"(,"artifactType":"a/b")"), "index of a/b = 0"},
      {"subject", std::string(kOciImage), image("", fmt::format(R"(,"subject":{})", child)), "subject:8 = 2"},
      {"subject_of_index", std::string(kOciIndex), index("", fmt::format(R"(,"subject":{})", child)), "subject:8 = 0"},
      {"subject_null", std::string(kOciIndex), index("", R"(,"subject":null)"), "index = 0"},
      {"platform", std::string(kOciIndex), index(on(R"({"os":"linux","architecture":"amd64"})")),
       "child:5:linux/amd64"},
      {"platform_variant", std::string(kOciIndex),
       index(on(R"({"os":"linux","architecture":"arm","variant":"v7","os.version":"1"})")), "child:5:linux/arm/v7"},
      {"platform_null", std::string(kOciIndex), index(on("null")), "child:5 ="},
      {"platform_without_os", std::string(kOciIndex), index(on(R"({"architecture":"amd64"})")), "child:5 ="},
      {"layer_with_urls", std::string(kOciImage),
       image(descriptor(kLayer, "x", R"(,"urls":["http://169.254.169.254/"])")), "layer:1:foreign"},
      {"layer_with_empty_urls", std::string(kOciImage), image(descriptor(kLayer, "x", R"(,"urls":[])")), "layer:1 ="},
      {"non_distributable_layer", std::string(kOciImage),
       image(descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", "x")), "layer:1:foreign"},
      {"docker_foreign_layer", std::string(kDockerImage),
       image(descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "x")), "layer:1:foreign"},
      {"embedded_data", std::string(kOciImage),
       image(descriptor(kLayer, "layer", fmt::format(R"(,"data":"{}")", to_base64("layer")))), "layer:5 = 7"},
      {"other_without_references", std::string(kOther), R"({"hello":"world"})", "other = 0"},
      {"other_with_references", std::string(kOther), fmt::format(R"({{"blobs":[{}],"subject":{}}})", layer, child),
       "other layer:5 subject:8 = 5"},
      {"other_with_old_schema_version", std::string(kOther), R"({"schemaVersion":1})", "other = 0"},
  };
}

std::vector<Case> refused() {
  const auto layer = descriptor(kLayer, "layer");
  const auto with_layer = [&](std::string_view text) { return image(text); };
  const auto raw = [&](std::string_view media_type, std::string_view digest, std::string_view size) {
    return with_layer(fmt::format(R"({{"mediaType":{},"digest":{},"size":{}}})", media_type, digest, size));
  };
  const auto good_digest = fmt::format(R"("{}")", digest_of("x"));
  const std::string oci(kOciImage), list(kOciIndex), other(kOther);
  const auto huge = R"({"mediaType":"a/b","digest":)" + good_digest + R"(,"size":9223372036854775807})";
  return {
      {"not_json", oci, "hello", "manifest_invalid"},
      {"empty", oci, "", "manifest_invalid"},
      {"array", oci, "[]", "a manifest is a JSON object"},
      {"something_follows", other, "{} {}", "manifest_invalid"},
      {"broken_utf8", other, "{\"a\":\"\xff\"}", "manifest_invalid"},
      {"duplicate_key", other, R"({"a":1,"a":2})", "stands twice"},
      {"duplicate_key_escaped", other, R"({"a":1,"\u0061":2})", "stands twice"},
      {"type_disagrees", oci, image("", fmt::format(R"(,"mediaType":"{}")", kOciIndex)), "mediaType"},
      {"no_type_at_all", "", image(""), "neither a Content-Type nor a mediaType"},
      {"own_type_broken", other, R"({"mediaType":"nonsense"})", "mediaType is no media type"},
      {"own_type_a_number", other, R"({"mediaType":1})", "mediaType is a string"},
      {"image_and_index", oci, image(layer, R"(,"manifests":[])"), "an image and an index at once"},
      {"index_and_image", list, index("", R"(,"layers":[])"), "an image and an index at once"},
      {"both_in_an_unknown_type", other, R"({"layers":[],"manifests":[]})", "an image and an index at once"},
      {"index_with_config", list, index("", R"(,"config":{})"), "an image and an index at once"},
      {"index_bytes_as_image", oci, index(""), "manifests"},
      {"image_bytes_as_index", list, image(""), "config"},
      {"schema1", "application/vnd.docker.distribution.manifest.v1+prettyjws", "{}", "schema 1"},
      {"schema1_under_another_name", "application/json", R"({"schemaVersion":1,"fsLayers":[]})", "schema 1"},
      {"no_schema_version", oci, R"({"layers":[]})", "schemaVersion is 2"},
      {"old_schema_version", list, R"({"schemaVersion":1,"manifests":[]})", "schemaVersion is 2"},
      {"no_config", oci, R"({"schemaVersion":2,"layers":[]})", "has a config"},
      {"no_manifests", list, R"({"schemaVersion":2})", "an index has manifests"},
      {"layers_an_object", oci,
       fmt::format(R"({{"schemaVersion":2,"config":{},"layers":{{}}}})", descriptor(kConfig, "{}")),
       "layers is a list"},
      {"manifests_an_object", list, R"({"schemaVersion":2,"manifests":{}})", "manifests is a list"},
      {"layer_a_string", oci, with_layer("\"x\""), "layers[0]: a descriptor is an object"},
      {"second_layer_wrong", oci, with_layer(layer + ",{}"), "layers[1]"},
      {"no_media_type", oci, with_layer(fmt::format(R"({{"digest":{},"size":1}})", good_digest)),
       "mediaType is missing"},
      {"broken_media_type", oci, raw("\"nonsense\"", good_digest, "1"), "mediaType is missing or no media type"},
      {"no_digest", oci, with_layer(R"({"mediaType":"a/b","size":1})"), "digest is missing"},
      {"short_digest", oci, raw("\"a/b\"", "\"sha256:abc\"", "1"), "digest is missing"},
      {"upper_case_digest", oci, raw("\"a/b\"", fmt::format("\"sha256:{}\"", std::string(64, 'A')), "1"), "digest is"},
      {"unknown_algorithm", oci, raw("\"a/b\"", fmt::format("\"md5:{}\"", std::string(32, 'a')), "1"), "digest is"},
      {"no_size", oci, with_layer(fmt::format(R"({{"mediaType":"a/b","digest":{}}})", good_digest)), "size is missing"},
      {"negative_size", oci, raw("\"a/b\"", good_digest, "-1"), "size is missing or no count"},
      {"fractional_size", oci, raw("\"a/b\"", good_digest, "1.5"), "size is missing or no count"},
      {"size_as_text", oci, raw("\"a/b\"", good_digest, "\"1\""), "size is missing or no count"},
      {"size_beyond_63_bits", oci, raw("\"a/b\"", good_digest, "9223372036854775808"), "size is missing or no count"},
      {"sizes_overflow", oci, with_layer(huge + "," + huge), "add up to more"},
      {"urls_a_string", oci, image(descriptor(kLayer, "x", R"(,"urls":"http://x/")")), "urls is a list"},
      {"platform_a_string", list, index(descriptor(kOciImage, "x", R"(,"platform":"linux/amd64")")),
       "platform is an object"},
      {"platform_endless", list,
       index(descriptor(kOciImage, "x",
                        fmt::format(R"(,"platform":{{"os":"{}","architecture":"a"}})", std::string(300, 'x')))),
       "platform is too long"},
      {"platform_with_nul", list,
       index(descriptor(kOciImage, "x", R"(,"platform":{"os":"\u0000","architecture":"a"})")), "has a NUL"},
      {"data_not_base64", oci, image(descriptor(kLayer, "layer", R"(,"data":"!!!")")), "data is base64"},
      {"data_of_another_size", oci, image(descriptor(kLayer, "layer", R"(,"data":"bGF5ZXJz")")),
       "data has not the given size"},
      {"data_of_another_digest", oci,
       image(descriptor(kLayer, "layer", fmt::format(R"(,"data":"{}")", to_base64("LAYER")))),
       "data has not the given digest"},
      {"subject_without_digest", oci, image("", R"(,"subject":{"mediaType":"a/b","size":1})"), "subject: digest"},
      {"artifact_type_broken", oci, image("", R"(,"artifactType":"nonsense")"), "artifactType is no media type"},
      {"annotation_a_number", oci, image("", R"(,"annotations":{"a":1})"), "annotations map strings to strings"},
      {"annotations_a_list", oci, image("", R"(,"annotations":[])"), "annotations map strings to strings"},
      {"other_with_a_config_of_its_own", other, R"({"config":{"debug":true}})", "config: mediaType"},
  };
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(Accepted, ParseManifest, ::testing::ValuesIn(accepted()), case_name);
INSTANTIATE_TEST_SUITE_P(Refused, ParseManifest, ::testing::ValuesIn(refused()), case_name);

TEST(ParseManifestDetails, refusals_are_manifest_invalid) {
  for (const auto& refusal : refused()) {
    const auto parsed = parse(refusal.bytes, refusal.type);
    ASSERT_FALSE(parsed.has_value()) << refusal.name;
    EXPECT_EQ(parsed.error().fault, Fault::kManifestInvalid) << refusal.name;
  }
}

TEST(ParseManifestDetails, annotations_and_descriptors_are_kept) {
  const auto parsed = parse(image(descriptor(kLayer, "layer"), R"(,"annotations":{"b":"2","a":"1"})"), kOciImage);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(json::serialize(parsed->annotations), R"({"b":"2","a":"1"})");
  EXPECT_EQ(parsed->media_type.text(), kOciImage);
  ASSERT_TRUE(parsed->config.has_value());
  EXPECT_EQ(parsed->config->digest, Digest::of("{}"));
  EXPECT_EQ(parsed->references.at(1).digest, Digest::of("layer"));
  EXPECT_EQ(parsed->references.at(1).media_type.text(), kLayer);
}

TEST(ParseManifestDetails, embedded_data_is_checked_against_sha512) {
  Hasher hasher(DigestAlgorithm::kSha512);
  hasher.update("layer");
  const auto layer = fmt::format(R"({{"mediaType":"a/b","digest":"{}","size":5,"data":"{}"}})", hasher.finish().text(),
                                 to_base64("layer"));
  EXPECT_TRUE(parse(image(layer), kOciImage).has_value());
}

/// An image of exactly `bytes` bytes, padded with annotations of `step` bytes each.
std::string padded(std::size_t bytes, std::size_t step) {
  std::string text = image("", R"(,"annotations":{"first":"")");
  text.pop_back();
  for (std::size_t i = 0; text.size() + step + 20 < bytes; ++i)
    text += fmt::format(R"(,"{:05x}":"{}")", i, std::string(step > 11 ? step - 11 : 0, 'v'));
  text += fmt::format(R"(,"pad":"{}"}}}})", std::string(bytes - text.size() - 11, 'p'));
  return text;
}

TEST(ParseManifestBounds, four_megabytes_of_annotations_are_accepted) {
  for (const std::size_t step : {11U, 100U, 100'000U}) {
    const auto text = padded(kMaxManifestBytes, step);
    ASSERT_EQ(text.size(), kMaxManifestBytes);
    const auto parsed = parse(text, kOciImage);
    EXPECT_TRUE(parsed.has_value()) << step << ": " << describe(parsed).substr(0, 200);
  }
}

TEST(ParseManifestBounds, one_byte_more_is_too_large) {
  const auto parsed = parse(padded(kMaxManifestBytes + 1, 100), kOciImage);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().fault, Fault::kTooLarge);
}

std::string layers(std::size_t count) {
  std::string list;
  const auto one = descriptor("a/b", "");
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + one;
  return list;
}

TEST(ParseManifestBounds, descriptors_are_counted) {
  EXPECT_TRUE(parse(image(layers(kMaxReferences - 1)), kOciImage).has_value());  // and the config
  EXPECT_THAT(describe(parse(image(layers(kMaxReferences)), kOciImage)), HasSubstr("refers to at most"));
  EXPECT_FALSE(parse(image(layers(100'000)), kOciImage).has_value());
}

TEST(ParseManifestBounds, bombs_are_refused) {
  std::string deep = R"({"x":)";
  for (int i = 0; i < 1'000'000; ++i) deep += '[';
  EXPECT_EQ(parse(deep, kOther).error().fault, Fault::kManifestInvalid);
  std::string wide = R"({"x":[)";
  for (int i = 0; i < 1'000'000; ++i) wide += "0,";
  EXPECT_THAT(parse(wide + "0]}", kOther).error().message, HasSubstr("too many values"));
}

TEST(ParseManifestBounds, refusal_does_not_repeat_what_was_sent) {
  const std::string key(1'000'000, 'k');
  const auto parsed = parse(fmt::format(R"({{"{0}":1,"{0}":2}})", key), kOther);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_LT(parsed.error().message.size(), 300U);
}

}  // namespace
}  // namespace berth::distribution
