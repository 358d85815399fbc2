#include <filesystem>

#include "blob/filesystem_store.h"
#include "blob/posix_file_system.h"
#include "fuzz/scratch.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

bool is_uuid(std::string_view text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos && text[8] == '-' &&
         text[13] == '-' && text[18] == '-' && text[23] == '-';
}

struct Store {
  fuzz::Scratch scratch;
  blob::PosixFileSystem files;
  std::unique_ptr<blob::FilesystemStore> blobs = blob::FilesystemStore::open(files, scratch.path() + "/blobs");
};

}  // namespace

/// The first line is an upload's id, as it stands in a path; the rest its bytes. Nothing is ever written beside
/// uploads/.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Store store;
  fuzz::Parts parts(fuzz::text_of(data, size));
  const auto id = parts.line();
  const auto resumed = store.blobs->resume(id, {.opaque = std::string(parts.rest()), .received = 1});
  require(!resumed && resumed.error().fault == Fault::kUploadUnknown);
  store.blobs->discard(id, {});
  auto begun = store.blobs->begin(id);
  if (begun) {
    require(is_uuid(id) && (*begun)->append(parts.rest()).has_value());
    (*begun)->cancel();
  } else {
    require(begun.error().fault == Fault::kUploadInvalid);
  }
  require(std::filesystem::is_empty(store.scratch.path() + "/blobs/uploads"));
  require(std::distance(std::filesystem::directory_iterator(store.scratch.path()), {}) == 1);
  return 0;
}
