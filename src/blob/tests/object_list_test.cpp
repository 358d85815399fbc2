#include "blob/object_list.h"

#include <fstream>

#include "blob/filesystem_store.h"
#include "blob/tests/blob_store_suite.h"
#include "blob/tests/support/faulty_file_system.h"
#include "blob/tests/support/temporary_directory.h"

namespace berth::blob::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ObjectListTest : public ::testing::Test {
 protected:
  struct Found {
    std::vector<std::pair<ObjectName, std::uint64_t>> objects;
    std::vector<std::string> strays;
  };
  Found list() {
    Found found;
    list_objects(file_system_, root(),
                 {.object = [&](const ObjectName& name, std::uint64_t size) { found.objects.emplace_back(name, size); },
                  .stray = [&](const std::string& path) { found.strays.push_back(path); }});
    return found;
  }
  [[nodiscard]] std::string root() const { return directory_.path() / "store"; }

  TemporaryDirectory directory_;
  FaultyFileSystem file_system_;
  std::unique_ptr<BlobStore> store_ = FilesystemStore::open(file_system_, root());
};

TEST_F(ObjectListTest, an_empty_store_has_nothing) {
  EXPECT_THAT(list().objects, IsEmpty());
  EXPECT_THAT(list().strays, IsEmpty());
}

TEST_F(ObjectListTest, every_generation_of_every_algorithm_is_seen_and_uploads_are_not) {
  const auto long_name = object_of("b", DigestAlgorithm::kSha512, 3);
  ASSERT_TRUE(push(*store_, "a"));
  ASSERT_TRUE(push(*store_, "a", 2));
  auto session = store_->begin(kUpload).value();
  ASSERT_TRUE(session->append("b"));
  ASSERT_TRUE(session->commit(long_name));
  session = store_->begin(kUpload).value();
  ASSERT_TRUE(session->append("on its way"));
  EXPECT_THAT(list().objects, UnorderedElementsAre(std::pair(object_of("a"), 1U),
                                                   std::pair(object_of("a", DigestAlgorithm::kSha256, 2), 1U),
                                                   std::pair(long_name, 1U)));
}

TEST_F(ObjectListTest, what_is_no_object_is_a_stray) {
  ASSERT_TRUE(push(*store_, "a"));
  const auto name = object_of("a");
  const auto shard = "blobs/sha256/" + std::string(name.digest.hex().substr(0, 2));
  for (const auto& file : {std::string("README"), std::string(name.digest.hex()), std::string(name.digest.hex()) + ".0",
                           std::string(name.digest.hex()) + ".1x"})
    std::ofstream(root() + "/" + shard + "/" + file) << "x";
  std::ofstream(root() + "/blobs/sha256/file") << "x";
  const auto found = list();
  EXPECT_THAT(found.objects, ElementsAre(std::pair(name, 1U)));
  EXPECT_EQ(found.strays.size(), 5U);
}

TEST_F(ObjectListTest, a_disk_that_fails_is_no_empty_store) {
  ASSERT_TRUE(push(*store_, "a"));
  file_system_.heal();
  list();
  const auto calls = file_system_.calls();
  for (std::size_t n = 0; n < calls; ++n) {
    file_system_.fail_call(n, EIO);
    EXPECT_THROW(list(), std::system_error) << "call " << n;
  }
}

}  // namespace
}  // namespace berth::blob::testing
