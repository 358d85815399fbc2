#include "app/greeting.h"

#include <fmt/format.h>

namespace berth::app {

std::string to_text(const Greeting& greeting) {
  std::string out = "\nBerth is running.\n\n";
  for (const auto& [scheme, address] : greeting.addresses) out += fmt::format("  {:<9} {}\n", scheme, address);
  out += fmt::format("  {:<9} {}\n", "login", greeting.login);
  if (greeting.new_password) out += fmt::format("  {:<9} {}   (shown this once)\n", "password", *greeting.new_password);
  if (greeting.addresses.empty()) return out;
  const auto& address = greeting.addresses.begin()->second;
  const auto host = address.substr(address.find("://") + 3);
  out += fmt::format(
      "\nNext:\n\n"
      "  berth login {0} --login {1}\n"
      "  berth space create library --public && berth workspace create team && berth binding create library team "
      "--access push\n"
      "  docker login {2} -u {1} && docker tag my-image {2}/library/my-image:1 && docker push "
      "{2}/library/my-image:1\n\n",
      address, greeting.login, host);
  return out;
}

}  // namespace berth::app
