#pragma once

#include <map>
#include <optional>
#include <string>

namespace berth::app {

struct Greeting {
  std::map<std::string, std::string> addresses;  // "http" → "http://127.0.0.1:5080"
  std::string login;
  std::optional<std::string> new_password;  // first start only
};

/// What a new user reads on the terminal: where the server is, how to get in, and the next three things to type.
[[nodiscard]] std::string to_text(const Greeting& greeting);

}  // namespace berth::app
