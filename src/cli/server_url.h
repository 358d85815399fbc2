#pragma once

#include <string>
#include <string_view>

#include "cli/outcome.h"

namespace berth::cli {

/// An origin in one spelling, so that a token is found again and goes nowhere else: "http://127.0.0.1:5080",
/// "https://registry.example.com". Without a scheme it is https. kUsage for a path, a user, or anything else.
[[nodiscard]] Outcome<std::string> normal_url(std::string_view text);

/// "registry.example.com:5000" of a normal URL.
[[nodiscard]] std::string_view host_of(std::string_view url);

/// Plain HTTP to another machine: whoever is on the way reads along.
[[nodiscard]] bool readable_on_the_way(std::string_view url);

}  // namespace berth::cli
