#include "base/digest.h"
#include "base/encoding.h"
#include "base/names.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

/// A name that was accepted is what was given, and holds nothing that could mean something in a path or a header.
template <class T>
void check_name(std::string_view text, std::string_view never) {
  const auto parsed = T::parse(text);
  if (!parsed) return;
  require(!text.empty() && text.size() <= 255 && parsed->text() == text);
  require(text.find_first_of(never) == std::string_view::npos && !text.starts_with('.') && !text.contains('\0'));
}

void check_encodings(std::string_view text) {
  require(from_hex(to_hex(text)) == text);
  require(from_base64(to_base64(text)) == text);
  require(from_base64url(to_base64url(text)) == text);
  require(percent_decode(percent_encode(text)) == text);
  static_cast<void>(percent_decode(text));
  if (const auto raw = from_base64url(text)) require(to_base64url(*raw) == text.substr(0, text.find('=')));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  check_name<Tag>(text, "/\\\r\n \"%");
  check_name<SpaceName>(text, "/\\\r\n \"%");
  check_name<RepositoryPath>(text, "\\\r\n \"%");
  check_name<LabelName>(text, "/\\\r\n \"%");
  check_name<MediaType>(text, "\\\r\n \"%;,");
  check_name<LoginName>(text, "/\\\r\n \"%");
  if (const auto name = RepositoryName::parse(text)) {
    require(name->text() == text && text.size() <= 255);
    require(!text.contains("//") && !text.contains("..") && !text.ends_with('/'));
  }
  if (const auto digest = Digest::parse(text)) require(digest->text() == text && from_hex(digest->hex()).has_value());
  check_encodings(text);
  return 0;
}
