#include "blob/tests/blob_store_suite.h"

#include <thread>

#include "base/random.h"
#include "base/sha.h"

namespace berth::blob::testing {

ObjectName object_of(std::string_view bytes, DigestAlgorithm algorithm, std::int64_t generation) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return ObjectName{.digest = hasher.finish(), .generation = generation};
}

Result<void> push(BlobStore& store, std::string_view bytes, std::int64_t generation) {
  auto session = store.begin(random_uuid());
  if (!session) return fail(session.error());
  if (auto appended = (*session)->append(bytes); !appended) return appended;
  return (*session)->commit(object_of(bytes, DigestAlgorithm::kSha256, generation));
}

std::string pull(BlobStore& store, const ObjectName& name, std::uint64_t offset, std::uint64_t length) {
  auto content = store.read(name, offset, length);
  if (!content) return content.error().fault == Fault::kBlobUnknown ? "(unknown)" : "(unavailable)";
  if (auto* range = std::get_if<FileRange>(&*content)) return read_all(*range);
  auto* source = std::get_if<std::unique_ptr<Source>>(&*content);
  if (source == nullptr) return "(redirect)";
  std::string all;
  std::array<char, 4096> buffer{};
  while (const auto got = (*source)->read(buffer)) all.append(buffer.data(), got);
  return all;
}

std::string pull(BlobStore& store, const ObjectName& name) {
  const auto size = store.size(name);
  return size ? pull(store, name, 0, *size) : "(unknown)";
}

BlobStore::Part list_all(BlobStore& store) {
  BlobStore::Part all;
  for (std::size_t part = 0; part < BlobStore::kParts; ++part) {
    const auto listed = store.list(part);
    all.objects.insert(all.objects.end(), listed.objects.begin(), listed.objects.end());
    all.strays.insert(all.strays.end(), listed.strays.begin(), listed.strays.end());
  }
  return all;
}

namespace {

TEST_P(BlobStoreSuite, committed_blob_is_read_back) {
  ASSERT_EQ(outcome(push(store(), "hello, registry")), "ok");
  EXPECT_EQ(pull(store(), object_of("hello, registry")), "hello, registry");
  EXPECT_EQ(store().size(object_of("hello, registry")), 15U);
}

TEST_P(BlobStoreSuite, nothing_is_visible_before_the_commit) {
  auto session = store().begin(kUpload);
  ASSERT_EQ(outcome(session), "ok");
  ASSERT_EQ(outcome((*session)->append("half")), "ok");
  EXPECT_EQ(store().size(object_of("half")), std::nullopt);
  EXPECT_EQ(outcome(store().read(object_of("half"), 0, 4)), name_of(Fault::kBlobUnknown));
}

TEST_P(BlobStoreSuite, chunks_are_joined_in_order) {
  auto session = store().begin(kUpload);
  ASSERT_EQ(outcome(session), "ok");
  for (const std::string_view chunk : {"one ", "", "two ", "three"}) {
    ASSERT_EQ(outcome((*session)->append(chunk)), "ok");
  }
  EXPECT_EQ((*session)->received(), 13);
  ASSERT_EQ(outcome((*session)->commit(object_of("one two three"))), "ok");
  EXPECT_EQ(pull(store(), object_of("one two three")), "one two three");
}

TEST_P(BlobStoreSuite, empty_blob_is_a_blob) {
  auto session = store().begin(kUpload);
  ASSERT_EQ(outcome(session), "ok");
  ASSERT_EQ(outcome((*session)->commit(object_of(""))), "ok");
  EXPECT_EQ(store().size(object_of("")), 0U);
  EXPECT_EQ(pull(store(), object_of("")), "");
}

TEST_P(BlobStoreSuite, sha512_is_an_object_of_its_own) {
  const auto name = object_of("twice", DigestAlgorithm::kSha512);
  auto session = store().begin(kUpload);
  ASSERT_EQ(outcome(session), "ok");
  ASSERT_EQ(outcome((*session)->append("twice")), "ok");
  ASSERT_EQ(outcome((*session)->commit(name)), "ok");
  EXPECT_EQ(pull(store(), name), "twice");
  EXPECT_EQ(pull(store(), object_of("twice")), "(unknown)");
}

TEST_P(BlobStoreSuite, generations_live_and_go_apart) {
  ASSERT_EQ(outcome(push(store(), "layer", 1)), "ok");
  ASSERT_EQ(outcome(push(store(), "layer", 2)), "ok");
  store().remove(object_of("layer", DigestAlgorithm::kSha256, 1));
  EXPECT_EQ(pull(store(), object_of("layer", DigestAlgorithm::kSha256, 1)), "(unknown)");
  EXPECT_EQ(pull(store(), object_of("layer", DigestAlgorithm::kSha256, 2)), "layer");
}

TEST_P(BlobStoreSuite, removed_blob_is_unknown_even_after_it_was_read) {
  ASSERT_EQ(outcome(push(store(), "short-lived")), "ok");
  ASSERT_EQ(pull(store(), object_of("short-lived")), "short-lived");
  store().remove(object_of("short-lived"));
  EXPECT_EQ(outcome(store().read(object_of("short-lived"), 0, 1)), name_of(Fault::kBlobUnknown));
  store().remove(object_of("short-lived"));
}

TEST_P(BlobStoreSuite, push_of_what_is_there_succeeds_and_leaves_nothing_behind) {
  ASSERT_EQ(outcome(push(store(), "again")), "ok");
  ASSERT_EQ(outcome(push(store(), "again")), "ok");
  EXPECT_EQ(pull(store(), object_of("again")), "again");
  EXPECT_TRUE(store().leftovers().empty());
}

TEST_P(BlobStoreSuite, object_of_another_size_is_replaced) {
  auto torn = store().begin(kUpload);
  ASSERT_EQ(outcome(torn), "ok");
  ASSERT_EQ(outcome((*torn)->append("who")), "ok");
  ASSERT_EQ(outcome((*torn)->commit(object_of("whole"))), "ok");
  ASSERT_EQ(pull(store(), object_of("whole")), "who");
  ASSERT_EQ(outcome(push(store(), "whole")), "ok");
  EXPECT_EQ(pull(store(), object_of("whole")), "whole");
}

TEST_P(BlobStoreSuite, session_resumes_after_a_restart) {
  SessionState state;
  {
    auto session = store().begin(kUpload);
    ASSERT_EQ(outcome(session), "ok");
    ASSERT_EQ(outcome((*session)->append("first ")), "ok");
    auto suspended = (*session)->suspend();
    ASSERT_EQ(outcome(suspended), "ok");
    state = *suspended;
    EXPECT_EQ(state.received, 6);
    ASSERT_EQ(outcome((*session)->append("never confirmed")), "ok");
  }
  restart();
  auto session = store().resume(kUpload, state);
  ASSERT_EQ(outcome(session), "ok");
  EXPECT_EQ((*session)->received(), 6);
  ASSERT_EQ(outcome((*session)->append("second")), "ok");
  ASSERT_EQ(outcome((*session)->commit(object_of("first second"))), "ok");
  EXPECT_EQ(pull(store(), object_of("first second")), "first second");
}

TEST_P(BlobStoreSuite, session_without_bytes_resumes_after_a_restart) {
  SessionState state;
  {
    auto session = store().begin(kUpload);
    ASSERT_EQ(outcome(session), "ok");
    auto suspended = (*session)->suspend();
    ASSERT_EQ(outcome(suspended), "ok");
    state = *suspended;
    ASSERT_EQ(outcome((*session)->append("never confirmed")), "ok");
  }
  restart();
  auto session = store().resume(kUpload, state);
  ASSERT_EQ(outcome(session), "ok");
  EXPECT_EQ((*session)->received(), 0);
  ASSERT_EQ(outcome((*session)->append("all of it")), "ok");
  ASSERT_EQ(outcome((*session)->commit(object_of("all of it"))), "ok");
  EXPECT_EQ(pull(store(), object_of("all of it")), "all of it");
}

SessionState suspended_upload(BlobStore& store) {
  auto session = store.begin(kUpload).value();
  session->append("bytes").value();
  return session->suspend().value();
}

TEST_P(BlobStoreSuite, cancelled_session_is_unknown) {
  const auto state = suspended_upload(store());
  auto session = store().resume(kUpload, state);
  ASSERT_EQ(outcome(session), "ok");
  (*session)->cancel();
  (*session)->cancel();
  EXPECT_EQ(outcome(store().resume(kUpload, state)), name_of(Fault::kUploadUnknown));
  EXPECT_TRUE(store().leftovers().empty());
}

TEST_P(BlobStoreSuite, discarded_session_is_unknown) {
  const auto state = suspended_upload(store());
  store().discard(kUpload, state);
  store().discard(kUpload, state);
  EXPECT_EQ(outcome(store().resume(kUpload, state)), name_of(Fault::kUploadUnknown));
}

TEST_P(BlobStoreSuite, cancel_after_the_commit_does_nothing) {
  auto session = store().begin(kUpload);
  ASSERT_EQ(outcome(session), "ok");
  ASSERT_EQ(outcome((*session)->append("stays")), "ok");
  ASSERT_EQ(outcome((*session)->commit(object_of("stays"))), "ok");
  (*session)->cancel();
  EXPECT_EQ(pull(store(), object_of("stays")), "stays");
}

TEST_P(BlobStoreSuite, committed_session_takes_no_more_bytes) {
  auto session = store().begin(kUpload);
  ASSERT_EQ(outcome(session), "ok");
  ASSERT_EQ(outcome((*session)->append("done")), "ok");
  ASSERT_EQ(outcome((*session)->commit(object_of("done"))), "ok");
  EXPECT_NE(outcome((*session)->append("more")), "ok");
  EXPECT_EQ(pull(store(), object_of("done")), "done");
}

TEST_P(BlobStoreSuite, unfinished_sessions_are_leftovers) {
  suspended_upload(store());
  const auto leftovers = store().leftovers();
  ASSERT_EQ(leftovers.size(), 1U);
  EXPECT_EQ(leftovers.front().id, kUpload);
  EXPECT_GT(leftovers.front().changed_at_millis, 0);
}

TEST_P(BlobStoreSuite, an_empty_store_lists_nothing) {
  const auto all = list_all(store());
  EXPECT_TRUE(all.objects.empty());
  EXPECT_TRUE(all.strays.empty());
}

TEST_P(BlobStoreSuite, every_object_is_listed_once_in_the_order_of_names) {
  const auto long_name = object_of("sha512", DigestAlgorithm::kSha512, 3);
  std::vector<ObjectName> expected{long_name};
  auto session = store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append("sha512")), "ok");
  ASSERT_EQ(outcome(session->commit(long_name)), "ok");
  for (int i = 0; i < 200; ++i) {
    const auto bytes = fmt::format("blob {}", i);
    const auto generation = i % 3 + 1;
    ASSERT_EQ(outcome(push(store(), bytes, generation)), "ok");
    expected.push_back(object_of(bytes, DigestAlgorithm::kSha256, generation));
  }
  ASSERT_EQ(outcome(push(store(), "blob 0", 10)), "ok");
  expected.push_back(object_of("blob 0", DigestAlgorithm::kSha256, 10));
  std::ranges::sort(expected);
  suspended_upload(store());  // is none
  const auto all = list_all(store());
  std::vector<ObjectName> listed;
  for (const auto& object : all.objects) {
    listed.push_back(object.name);
    EXPECT_EQ(object.size, store().size(object.name));
    EXPECT_GT(object.changed_at_millis, 0);
  }
  EXPECT_EQ(listed, expected);
  EXPECT_TRUE(all.strays.empty());
  for (std::size_t part = 0; part < BlobStore::kParts; ++part)
    EXPECT_LT(store().list(part).objects.size(), 20U) << "a part is a part";
}

TEST_P(BlobStoreSuite, a_removed_object_is_not_listed) {
  ASSERT_EQ(outcome(push(store(), "layer", 1)), "ok");
  ASSERT_EQ(outcome(push(store(), "layer", 2)), "ok");
  store().remove(object_of("layer"));
  const auto all = list_all(store());
  ASSERT_EQ(all.objects.size(), 1U);
  EXPECT_EQ(all.objects[0].name, object_of("layer", DigestAlgorithm::kSha256, 2));
}

TEST_P(BlobStoreSuite, only_uuids_name_sessions) {
  const auto state = suspended_upload(store());
  for (const std::string_view id : {"", "..", "../x", "../../etc/passwd", "0f8fad5b-d9cb-469f-a165-70867728950",
                                    "0f8fad5b-d9cb-469f-a165-70867728950e/", "0f8fad5b/d9cb-469f-a165-70867728950e",
                                    "0F8FAD5B-D9CB-469F-A165-70867728950E"}) {
    EXPECT_EQ(outcome(store().begin(id)), name_of(Fault::kUploadInvalid)) << id;
    EXPECT_EQ(outcome(store().resume(id, state)), name_of(Fault::kUploadUnknown)) << id;
    store().discard(id, state);
  }
  EXPECT_EQ(outcome(store().resume(kUpload, state)), "ok");
}

TEST_P(BlobStoreSuite, ranges_are_read) {
  ASSERT_EQ(outcome(push(store(), "0123456789")), "ok");
  const auto name = object_of("0123456789");
  EXPECT_EQ(pull(store(), name, 0, 4), "0123");
  EXPECT_EQ(pull(store(), name, 7, 3), "789");
  EXPECT_EQ(pull(store(), name, 10, 0), "");
}

TEST_P(BlobStoreSuite, same_blob_from_many_threads_is_one_blob) {
  const std::string bytes(100'000, 'x');
  std::vector<std::string> outcomes(8);
  {
    std::vector<std::jthread> pushers;
    for (auto& result : outcomes)
      pushers.emplace_back([&] { result = outcome(push(store(), bytes)) + " " + pull(store(), object_of(bytes)); });
  }
  for (const auto& result : outcomes) EXPECT_EQ(result, "ok " + bytes);
  EXPECT_TRUE(store().leftovers().empty());
}

TEST_P(BlobStoreSuite, many_blobs_survive_a_restart) {
  for (int i = 0; i < 50; ++i) ASSERT_EQ(outcome(push(store(), fmt::format("blob {}", i))), "ok");
  restart();
  for (int i = 0; i < 50; ++i) {
    const auto bytes = fmt::format("blob {}", i);
    EXPECT_EQ(pull(store(), object_of(bytes)), bytes);
  }
}

TEST_P(BlobStoreSuite, healthy_store_passes_its_check) {
  EXPECT_NO_THROW(store().check_health());
  EXPECT_NO_THROW(store().check_health());
  EXPECT_TRUE(store().leftovers().empty());
}

}  // namespace
}  // namespace berth::blob::testing
