#include <fstream>

#include "blob/filesystem_store.h"
#include "blob/tests/blob_store_suite.h"
#include "blob/tests/support/faulty_file_system.h"
#include "blob/tests/support/temporary_directory.h"

// What the filesystem store lists beyond what every store does (blob_store_suite.cpp).
namespace berth::blob::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

class ObjectListTest : public ::testing::Test {
 protected:
  static std::string shard_of(const ObjectName& name) {
    return "blobs/sha256/" + std::string(name.digest.hex().substr(0, 2));
  }
  void plant(const std::string& path) { std::ofstream(root() + "/" + path) << "x"; }
  [[nodiscard]] std::string root() const { return directory_.path() / "store"; }

  TemporaryDirectory directory_;
  FaultyFileSystem file_system_;
  std::unique_ptr<BlobStore> store_ = FilesystemStore::open(file_system_, root());
};

TEST_F(ObjectListTest, what_the_store_did_not_put_there_is_a_stray) {
  const auto name = object_of("a");
  const auto hex = std::string(name.digest.hex());
  ASSERT_TRUE(push(*store_, "a"));
  const auto foreign = hex[1] == '0' ? hex.substr(0, 1) + "1" : hex.substr(0, 1) + "0";
  const auto shard = shard_of(name) + "/";
  std::vector<std::string> planted{
      "blobs/notes", "blobs/sha256/notes", "blobs/sha512/notes", "blobs/sha256/" + foreign, shard + "README",
      shard + hex,   shard + hex + ".0",   shard + hex + ".01",  shard + hex + ".1x"};
  for (const auto& path : planted) plant(path);
  std::filesystem::create_directory(root() + "/" + shard + hex + ".2");
  planted.push_back(shard + hex + ".2");
  const auto all = list_all(*store_);
  EXPECT_THAT(all.strays, UnorderedElementsAreArray(planted));
  ASSERT_EQ(all.objects.size(), 1U);
  EXPECT_EQ(all.objects[0].name, name);
}

TEST_F(ObjectListTest, a_link_is_no_object_and_leads_nowhere) {
  const auto name = object_of("a");
  ASSERT_TRUE(push(*store_, "a"));
  std::filesystem::rename(root() + "/" + shard_of(name), directory_.path() / "shard");
  std::filesystem::create_symlink(directory_.path() / "shard", root() + "/" + shard_of(name));
  const auto all = list_all(*store_);
  EXPECT_THAT(all.objects, IsEmpty());
  EXPECT_THAT(all.strays, ElementsAre(shard_of(name)));
}

TEST_F(ObjectListTest, a_disk_that_fails_is_no_empty_store) {
  ASSERT_TRUE(push(*store_, "a"));
  file_system_.heal();
  list_all(*store_);
  const auto calls = file_system_.calls();
  for (std::size_t n = 0; n < calls; ++n) {
    file_system_.fail_call(n, EIO);
    EXPECT_THROW(list_all(*store_), std::system_error) << "call " << n;
  }
}

}  // namespace
}  // namespace berth::blob::testing
