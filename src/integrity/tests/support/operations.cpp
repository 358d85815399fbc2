#include "integrity/tests/support/operations.h"

#include "base/sha.h"

namespace berth::integrity::testing {
namespace {

using distribution::testing::image;
using distribution::testing::kImageType;

constexpr std::string_view kRepository = "shop/web";

std::string blob_path(const std::string& bytes, std::string_view repository = kRepository) {
  return fmt::format("/v2/{}/blobs/{}", repository, Digest::of(bytes).text());
}
std::string manifest_path(std::string_view reference) {
  return fmt::format("/v2/{}/manifests/{}", kRepository, reference);
}
std::string uploads(std::string_view repository = kRepository) {
  return fmt::format("/v2/{}/blobs/uploads/", repository);
}
std::string closing(const Answer& started, const std::string& bytes) {
  return fmt::format("{}?digest={}", started.header("Location"), Digest::of(bytes).text());
}
/// "tag-a-1" of any seed.
std::string tag_of(std::string seed) {
  std::ranges::replace(seed, ' ', '-');
  return seed;
}
std::string manifest_of(const std::string& seed) {
  return image({.config = "{}", .layers = {seed}, .more = R"(,"annotations":{"seed":")" + seed + "\"}"});
}
void push_parts(const Client& client, const std::string& seed) {
  client.push_blob(std::string(kRepository), "{}");
  client.push_blob(std::string(kRepository), seed);
}
void push_tagged(const Client& client, const std::string& seed) {
  push_parts(client, seed);
  client.push_manifest(std::string(kRepository), tag_of(seed), manifest_of(seed));
}

/// A blob is there whole, or not at all, and HEAD says the same as GET.
std::string presence(const Client& client, const std::string& path, const std::string& bytes) {
  const auto get = client.get(path);
  const auto head = client.head(path);
  if (get.status != head.status) return fmt::format("GET says {}, HEAD {}", get.status, head.status);
  if (get.status == 404) return "absent";
  return get.status == 200 && get.body == bytes ? "present" : fmt::format("{} {}", get.status, get.body);
}
std::string before_or_after(const std::string& found, std::string_view before, std::string_view after) {
  return found == before ? "before" : found == after ? "after" : found;
}
std::string pushed(const Client& client, const std::string& seed) {
  return before_or_after(presence(client, blob_path(seed), seed), "absent", "present");
}

Answer at_once(const Client& client, const std::string& seed) {
  return client.post(fmt::format("{}?digest={}", uploads(), Digest::of(seed).text()), seed);
}
Answer post_and_put(const Client& client, const std::string& seed) {
  auto started = client.post(uploads());
  return started.status == 202 ? client.put(closing(started, seed), seed) : started;
}
Answer in_pieces(const Client& client, const std::string& seed) {
  auto started = client.post(uploads());
  if (started.status != 202) return started;
  const auto half = seed.size() / 2;
  auto first = client.patch(started.header("Location"), seed.substr(0, half));
  if (first.status != 202) return first;
  auto second = client.patch(started.header("Location"), seed.substr(half));
  return second.status == 202 ? client.put(closing(started, seed)) : second;
}
Answer by_sha512(const Client& client, const std::string& seed) {
  auto started = client.post(uploads());
  if (started.status != 202) return started;
  auto patched = client.patch(started.header("Location"), seed);
  if (patched.status != 202) return patched;
  Hasher hasher(DigestAlgorithm::kSha512);
  hasher.update(seed);
  return client.put(fmt::format("{}?digest={}", started.header("Location"), hasher.finish().text()));
}
std::string pushed_by_sha512(const Client& client, const std::string& seed) {
  Hasher hasher(DigestAlgorithm::kSha512);
  hasher.update(seed);
  const auto path = fmt::format("/v2/{}/blobs/{}", kRepository, hasher.finish().text());
  return before_or_after(presence(client, path, seed), "absent", "present");
}
Answer mount(const Client& client, const std::string& seed) {
  return client.post(fmt::format("{}?mount={}&from={}", uploads("shop/api"), Digest::of(seed).text(), kRepository));
}
Answer put_tagged(const Client& client, const std::string& seed) {
  return client.push_manifest(std::string(kRepository), tag_of(seed), manifest_of(seed));
}
Answer move_tag(const Client& client, const std::string& seed) {
  return client.push_manifest(std::string(kRepository), tag_of(seed), manifest_of(seed + " moved"));
}
std::string tag_state(const Client& client, const std::string& seed) {
  const auto found = client.get(manifest_path(tag_of(seed)));
  if (found.status == 404) return "absent";
  return found.body == manifest_of(seed) ? "first" : found.body == manifest_of(seed + " moved") ? "moved" : found.body;
}
std::string digest_state(const Client& client, const std::string& manifest) {
  return presence(client, manifest_path(Digest::of(manifest).text()), manifest);
}
/// The tag and the manifest by its digest come and go together.
std::string tagged_state(const Client& client, const std::string& seed) {
  return tag_state(client, seed) + " " + digest_state(client, manifest_of(seed));
}

std::vector<Operation> make() {
  const auto nothing = [](const Client&, const std::string&) {};
  return {
      {"push_at_once", nothing, at_once, 201, pushed},
      {"push_by_post_and_put", nothing, post_and_put, 201, pushed},
      {"push_in_pieces", nothing, in_pieces, 201, pushed},
      {"push_by_sha512", nothing, by_sha512, 201, pushed_by_sha512},
      {"push_again", [](const Client& c, const std::string& seed) { c.push_blob(std::string(kRepository), seed); },
       post_and_put, 201, pushed},
      {"mount", [](const Client& c, const std::string& seed) { c.push_blob(std::string(kRepository), seed); }, mount,
       201,
       [](const Client& c, const std::string& seed) {
         return before_or_after(presence(c, blob_path(seed, "shop/api"), seed), "absent", "present");
       }},
      {"manifest_with_tag", push_parts, put_tagged, 201,
       [](const Client& c, const std::string& seed) {
         return before_or_after(tagged_state(c, seed), "absent absent", "first present");
       }},
      {"tag_moves",
       [](const Client& c, const std::string& seed) {
         push_tagged(c, seed);
         c.push_blob(std::string(kRepository), seed + " moved");
       },
       move_tag, 201,
       [](const Client& c, const std::string& seed) {
         const auto old = digest_state(c, manifest_of(seed));
         if (old != "present") return "the old manifest is " + old;
         return before_or_after(tag_state(c, seed), "first", "moved");
       }},
      {"manifest_deleted", push_tagged,
       [](const Client& c, const std::string& seed) {
         return c.remove(manifest_path(Digest::of(manifest_of(seed)).text()));
       },
       202,
       [](const Client& c, const std::string& seed) {
         return before_or_after(tagged_state(c, seed), "first present", "absent absent");
       }},
      {"tag_deleted", push_tagged,
       [](const Client& c, const std::string& seed) { return c.remove(manifest_path(tag_of(seed))); }, 202,
       [](const Client& c, const std::string& seed) {
         return before_or_after(tagged_state(c, seed), "first present", "absent present");
       }},
      {"blob_deleted", [](const Client& c, const std::string& seed) { c.push_blob(std::string(kRepository), seed); },
       [](const Client& c, const std::string& seed) { return c.remove(blob_path(seed)); }, 202,
       [](const Client& c, const std::string& seed) {
         return before_or_after(presence(c, blob_path(seed), seed), "present", "absent");
       }},
  };
}

}  // namespace

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = make();
  return all;
}

}  // namespace berth::integrity::testing
