#include "access/subject.h"

#include <charconv>

namespace berth::access {
namespace {

std::unexpected<Error> malformed() {
  return fail(Fault::kInvalid, "not a subject");
}

/// The positive numbers of "12:5"; empty when anything else stands there.
std::vector<std::int64_t> numbers(std::string_view text) {
  std::vector<std::int64_t> all;
  for (const char *at = text.data(), *end = at + text.size();;) {
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc{} || number <= 0) return {};
    all.push_back(number);
    if (stop == end) return all;
    if (*stop != ':') return {};
    at = stop + 1;
  }
}

struct Writer {
  std::string operator()(const Anonymous&) const { return "anonymous"; }
  std::string operator()(const UserSubject& user) const {
    if (user.token) return fmt::format("token:{}:{}", user.id.value(), user.token->value());
    return fmt::format("user:{}", user.id.value());
  }
  std::string operator()(const RobotSubject& robot) const { return fmt::format("robot:{}", robot.id.value()); }
  std::string operator()(const NamespaceSubject& name) const {
    return fmt::format("namespace:{}:{}", name.id.value(), name.credential.value());
  }
};

}  // namespace

std::string to_text(const Subject& subject) {
  return std::visit(Writer{}, subject.who);
}

Result<Subject> parse_subject(std::string_view text) {
  if (text == "anonymous") return Subject{};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return malformed();
  const auto kind = text.substr(0, colon);
  const auto ids = numbers(text.substr(colon + 1));
  if (kind == "user" && ids.size() == 1) return Subject{.who = UserSubject{UserId(ids[0]), std::nullopt}, .scope = {}};
  if (kind == "token" && ids.size() == 2)
    return Subject{.who = UserSubject{UserId(ids[0]), AccessTokenId(ids[1])}, .scope = {}};
  if (kind == "robot" && ids.size() == 1) return Subject{.who = RobotSubject{RobotId(ids[0])}, .scope = {}};
  if (kind == "namespace" && ids.size() == 2)
    return Subject{.who = NamespaceSubject{NamespaceId(ids[0]), CredentialId(ids[1])}, .scope = {}};
  return malformed();
}

}  // namespace berth::access
