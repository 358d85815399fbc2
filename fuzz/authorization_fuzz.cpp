#include "base/encoding.h"
#include "fuzz_support.h"
#include "http/text.h"
#include "identity/authorization.h"

using namespace berth;
using fuzz::require;

namespace {

Result<identity::Authorization> parse(std::string field) {
  http::Headers headers;
  headers.add("Authorization", std::move(field));
  return identity::parse_authorization(headers);
}

void check_basic(const identity::Basic& basic) {
  require(!basic.login.contains(':') && http::is_clean_text(basic.login) && http::is_clean_text(basic.password));
  const auto again = parse("basic " + to_base64(basic.login + ":" + basic.password));
  const auto* same = again ? std::get_if<identity::Basic>(&*again) : nullptr;
  require(same && same->login == basic.login && same->password == basic.password);
}

}  // namespace

/// First as a whole field, then as login and password.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto field = parse(std::string(text));
  if (!field) require(field.error().fault == Fault::kUnauthenticated);
  if (field) {
    if (const auto* basic = std::get_if<identity::Basic>(&*field)) check_basic(*basic);
    if (const auto* bearer = std::get_if<identity::Bearer>(&*field))
      require(!bearer->token.empty() && text.ends_with(bearer->token) &&
              bearer->token.find_first_of(" \t\r\n\",;") == std::string::npos);
  }
  const auto encoded = parse("Basic " + to_base64(text));
  if (encoded) check_basic(std::get<identity::Basic>(*encoded));
  return 0;
}
