#include "blob/filesystem_store.h"

#include <sys/stat.h>

#include <fstream>

#include "blob/posix_file_system.h"
#include "blob/tests/blob_store_suite.h"
#include "blob/tests/support/temporary_directory.h"

namespace berth::blob::testing {
namespace {

namespace fs = std::filesystem;

class FilesystemUnderTest final : public StoreUnderTest {
 public:
  BlobStore& store() override { return *store_; }
  void restart() override {
    store_.reset();
    store_ = FilesystemStore::open(file_system_, root_);
  }

 private:
  TemporaryDirectory directory_;
  PosixFileSystem file_system_;
  std::string root_ = directory_.path() / "store";
  std::unique_ptr<BlobStore> store_ = FilesystemStore::open(file_system_, root_);
};

INSTANTIATE_TEST_SUITE_P(Filesystem, BlobStoreSuite,
                         ::testing::Values(StoreFactory{"Filesystem",
                                                        [] { return std::make_unique<FilesystemUnderTest>(); }}),
                         [](const auto& info) { return info.param.name; });

void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream(path) << bytes;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class FilesystemStoreTest : public ::testing::Test {
 protected:
  fs::path uploads() const { return root_ / "uploads"; }
  fs::path shard_of(std::string_view bytes) const {
    return root_ / "blobs" / "sha256" / object_of(bytes).digest.hex().substr(0, 2);
  }
  fs::path file_of(std::string_view bytes) const {
    return shard_of(bytes) / (std::string(object_of(bytes).digest.hex()) + ".1");
  }
  SessionState suspended(std::string_view bytes) {
    auto session = store_->begin(kUpload).value();
    session->append(bytes).value();
    return session->suspend().value();
  }

  TemporaryDirectory directory_;
  fs::path root_ = directory_.path() / "store";
  fs::path outside_ = directory_.path() / "outside";
  PosixFileSystem file_system_;
  std::unique_ptr<FilesystemStore> store_ = FilesystemStore::open(file_system_, root_, {.open_files = 2});
};

TEST_F(FilesystemStoreTest, blob_lies_where_the_readme_says) {
  ASSERT_EQ(outcome(push(*store_, "here")), "ok");
  EXPECT_EQ(read_file(file_of("here")), "here");
}

TEST_F(FilesystemStoreTest, link_planted_as_upload_is_not_written_through) {
  write_file(outside_, "precious");
  fs::create_symlink(outside_, uploads() / kUpload);
  EXPECT_EQ(outcome(store_->resume(kUpload, {.opaque = {}, .received = 4})), name_of(Fault::kUploadUnknown));
  auto session = store_->begin(kUpload).value();
  ASSERT_EQ(outcome(session->append("overwritten")), "ok");
  ASSERT_EQ(outcome(session->commit(object_of("overwritten"))), "ok");
  EXPECT_EQ(read_file(outside_), "precious");
  EXPECT_EQ(pull(*store_, object_of("overwritten")), "overwritten");
}

TEST_F(FilesystemStoreTest, link_planted_as_blob_is_not_read_and_gets_replaced) {
  ASSERT_EQ(outcome(push(*store_, "secret")), "ok");
  fs::remove(file_of("secret"));
  write_file(outside_, "secret");
  fs::create_symlink(outside_, file_of("secret"));
  EXPECT_EQ(store_->size(object_of("secret")), std::nullopt);
  EXPECT_EQ(pull(*store_, object_of("secret"), 0, 6), "(unknown)");
  ASSERT_EQ(outcome(push(*store_, "secret")), "ok");
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(file_of("secret"))));
  EXPECT_EQ(pull(*store_, object_of("secret")), "secret");
}

TEST_F(FilesystemStoreTest, link_planted_as_directory_is_not_entered) {
  fs::create_directory(outside_);
  fs::create_directory_symlink(outside_, shard_of("inside"));
  EXPECT_EQ(outcome(push(*store_, "inside")), name_of(Fault::kUnavailable));
  EXPECT_EQ(pull(*store_, object_of("inside"), 0, 1), "(unknown)");
  EXPECT_TRUE(fs::is_empty(outside_));
}

TEST_F(FilesystemStoreTest, link_planted_as_fixed_directory_stops_the_start) {
  store_.reset();
  fs::create_directory(outside_);
  fs::remove_all(uploads());
  fs::create_directory_symlink(outside_, uploads());
  EXPECT_THROW(FilesystemStore::open(file_system_, root_), std::system_error);
}

TEST_F(FilesystemStoreTest, fifo_planted_as_blob_does_not_hang) {
  ASSERT_EQ(outcome(push(*store_, "pipe")), "ok");
  fs::remove(file_of("pipe"));
  ASSERT_EQ(::mkfifo(file_of("pipe").c_str(), 0600), 0);
  EXPECT_EQ(pull(*store_, object_of("pipe"), 0, 4), "(unknown)");
}

TEST_F(FilesystemStoreTest, upload_that_is_also_a_blob_is_not_resumed) {
  const auto state = suspended("shared bytes");
  fs::create_hard_link(uploads() / kUpload, directory_.path() / "blob");
  EXPECT_EQ(outcome(store_->resume(kUpload, state)), name_of(Fault::kUploadUnknown));
}

TEST_F(FilesystemStoreTest, upload_shorter_than_its_record_is_not_resumed) {
  auto state = suspended("12345");
  state.received = 6;
  EXPECT_EQ(outcome(store_->resume(kUpload, state)), name_of(Fault::kUploadUnknown));
  state.received = -1;
  EXPECT_EQ(outcome(store_->resume(kUpload, state)), name_of(Fault::kUploadUnknown));
}

TEST_F(FilesystemStoreTest, strangers_in_uploads_are_no_leftovers) {
  suspended("bytes");
  write_file(uploads() / "notes.txt", "");
  fs::create_directory(uploads() / "11111111-1111-1111-1111-111111111111");
  EXPECT_EQ(store_->leftovers().size(), 1U);
}

TEST_F(FilesystemStoreTest, blob_shorter_than_its_record_is_unavailable) {
  ASSERT_EQ(outcome(push(*store_, "complete")), "ok");
  fs::resize_file(file_of("complete"), 3);
  EXPECT_EQ(outcome(store_->read(object_of("complete"), 0, 8)), name_of(Fault::kUnavailable));
  EXPECT_EQ(outcome(store_->read(object_of("complete"), 9, ~0ULL)), name_of(Fault::kUnavailable));
}

TEST_F(FilesystemStoreTest, torn_blob_is_healed_by_the_next_push) {
  ASSERT_EQ(outcome(push(*store_, "complete")), "ok");
  ASSERT_EQ(pull(*store_, object_of("complete")), "complete");
  fs::resize_file(file_of("complete"), 3);
  ASSERT_EQ(outcome(push(*store_, "complete")), "ok");
  EXPECT_EQ(pull(*store_, object_of("complete")), "complete");
}

TEST_F(FilesystemStoreTest, open_files_are_bounded_and_streams_outlive_their_place) {
  for (const std::string_view bytes : {"a", "b", "c"}) ASSERT_EQ(outcome(push(*store_, bytes)), "ok");
  auto held = store_->read(object_of("a"), 0, 1).value();
  const std::weak_ptr<const File> cached = std::get<FileRange>(held).file;
  pull(*store_, object_of("b"));
  pull(*store_, object_of("c"));
  store_->remove(object_of("a"));
  EXPECT_EQ(read_all(std::get<FileRange>(held)), "a");
  held = Redirect{};
  EXPECT_TRUE(cached.expired());
}

TEST_F(FilesystemStoreTest, warm_read_opens_nothing) {
  ASSERT_EQ(outcome(push(*store_, "warm")), "ok");
  const auto first = store_->read(object_of("warm"), 0, 4).value();
  const auto second = store_->read(object_of("warm"), 1, 2).value();
  EXPECT_EQ(std::get<FileRange>(first).file, std::get<FileRange>(second).file);
}

TEST_F(FilesystemStoreTest, probe_left_by_a_crash_does_not_make_the_store_ill) {
  write_file(uploads() / ".probe", "");
  EXPECT_NO_THROW(store_->check_health());
}

}  // namespace
}  // namespace berth::blob::testing
