#include "base/json.h"
#include "fuzz/platform.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

// A world that has been changed for long is made anew, so that one input does not depend on a million before it.
constexpr int kRequestsPerWorld = 2'000;

fuzz::Platform& platform() {
  static auto world = std::make_unique<fuzz::Platform>();
  static int requests = 0;
  if (++requests % kRequestsPerWorld == 0) world = std::make_unique<fuzz::Platform>();
  return *world;
}

std::string text_of(const http::Response& response) {
  std::string text;
  for (const auto& piece : response.body) text += std::get<std::string>(piece);
  return text;
}

}  // namespace

/// The first byte is the route, the rest the body that the administrator sends there: whatever it is, the answer is
/// one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  auto& world = platform();
  const auto& targets = world.targets();
  const auto& target = targets[parts.choose(targets.size())];
  http::Request request;
  request.method = target.method;
  request.path = target.path;
  request.headers.add("Content-Type",
                      target.path == "/service/token" ? "application/x-www-form-urlencoded" : "application/json");
  const auto response = world.send(std::move(request), std::string(parts.rest()));
  require(response.status < 500);  // an exception would be a 500
  const auto text = text_of(response);
  require(text.empty() || parse_json(text).has_value());
  if (response.status >= 400) require(!text.empty());
  return 0;
}
