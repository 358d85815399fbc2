#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::cli {

/// `berth <noun> <verb>`: a client of a server's REST API. Gives the exit status (docs/cli.md): 0 done, 1 the server
/// refused, 2 wrong usage, 3 the server could not be reached, 4 not logged in.
int run(const std::vector<std::string>& arguments, std::string_view version);

}  // namespace berth::cli
