#include "http/route.h"

#include <stdexcept>

namespace berth::http {

const std::string& Call::param(std::string_view name) const {
  const auto* found = path.find(name);
  if (found == nullptr) throw std::logic_error(fmt::format("no route parameter {}", name));
  return *found;
}

}  // namespace berth::http
