#include "identity/scope.h"

#include "identity/token_json.h"

namespace berth::identity {
namespace {

constexpr std::string_view kCatalog = "registry:catalog:*";
constexpr std::size_t kMaxResources = 100;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

access::Verbs parse_actions(std::string_view text) {
  access::Verbs verbs;
  for (const auto action : split(text, ',')) {
    const bool all = action == "*";
    verbs.pull |= all || action == "pull";
    verbs.push |= all || action == "push";
    verbs.remove |= all || action == "delete";
  }
  return verbs;
}

std::optional<access::ScopeGrant> parse_repository(std::string_view text) {
  const auto first = text.find(':');
  const auto last = text.rfind(':');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const auto type = text.substr(0, std::min(first, text.find('(')));
  const auto name = RepositoryName::parse(text.substr(first + 1, last - first - 1));
  if (type != "repository" || !name) return std::nullopt;
  return access::ScopeGrant{*name, parse_actions(text.substr(last + 1))};
}

void merge(std::vector<access::ScopeGrant>& grants, access::ScopeGrant wanted) {
  const auto it = std::ranges::find(grants, wanted.repository, &access::ScopeGrant::repository);
  if (it == grants.end()) return grants.push_back(std::move(wanted));
  it->verbs.pull |= wanted.verbs.pull;
  it->verbs.push |= wanted.verbs.push;
  it->verbs.remove |= wanted.verbs.remove;
}

}  // namespace

Result<access::Scope> parse_scopes(const std::vector<std::string_view>& parameters) {
  access::Scope scope;
  std::size_t resources = 0;
  for (const auto parameter : parameters)
    for (const auto text : split(parameter, ' ')) {
      if (++resources > kMaxResources)
        return fail(Fault::kInvalid, fmt::format("a scope names at most {} resources", kMaxResources));
      if (text == kCatalog)
        scope.catalog = true;
      else if (auto wanted = parse_repository(text))
        merge(scope.repositories, std::move(*wanted));
    }
  return scope;
}

std::string to_scope_text(const access::Scope& scope) {
  std::string text(scope.catalog ? kCatalog : "");
  for (const auto& grant : scope.repositories) {
    if (!text.empty()) text += ' ';
    text += fmt::format("repository:{}:{}", grant.repository.text(), fmt::join(actions_of(grant.verbs), ","));
  }
  return text;
}

}  // namespace berth::identity
