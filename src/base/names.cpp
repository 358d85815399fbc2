#include "base/names.h"

namespace berth {
namespace {

constexpr std::size_t kMaxRepositoryName = 255;
constexpr std::size_t kMaxTag = 128;
constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxMediaType = 255;
constexpr std::size_t kMaxLogin = 128;

bool lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool alphanumeric(char c) {
  return lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool is_component(std::string_view text) {
  std::size_t at = 0;
  while (true) {
    const auto word = at;
    while (at < text.size() && lower_or_digit(text[at])) ++at;
    if (at == word) return false;
    if (at == text.size()) return true;
    if (text[at] == '.') {
      ++at;
    } else if (text[at] == '_') {
      at += text.substr(at).starts_with("__") ? 2 : 1;
    } else if (text[at] == '-') {
      while (at < text.size() && text[at] == '-') ++at;
    } else {
      return false;
    }
  }
}

// RFC 6838, section 4.2: restricted-name.
bool is_restricted_name(std::string_view text) {
  constexpr std::string_view kExtra = "!#$&-^_.+";
  if (text.empty() || text.size() > 127 || !alphanumeric(text.front())) return false;
  return std::ranges::all_of(text, [&](char c) { return alphanumeric(c) || kExtra.contains(c); });
}

}  // namespace

Result<void> TagGrammar::check(std::string_view text) {
  const bool first = !text.empty() && (alphanumeric(text.front()) || text.front() == '_');
  const bool rest =
      std::ranges::all_of(text, [](char c) { return alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
  if (first && rest && text.size() <= kMaxTag) return {};
  return fail(Fault::kTagInvalid,
              "a tag has at most 128 letters, digits, '_', '.' and '-', and starts with a letter, digit or '_'");
}

Result<void> ComponentGrammar::check(std::string_view text) {
  if (text.size() <= kMaxRepositoryName && is_component(text)) return {};
  return fail(Fault::kNameInvalid,
              "a name has lower-case letters and digits, separated by '.', '_', '__' or '-', at most 255 in all");
}

Result<void> RepositoryPathGrammar::check(std::string_view text) {
  if (text.size() > kMaxRepositoryName)
    return fail(Fault::kNameInvalid, "a repository name has at most 255 characters");
  for (std::size_t at = 0;;) {
    const auto slash = text.find('/', at);
    if (!is_component(text.substr(at, slash == std::string_view::npos ? slash : slash - at)))
      return fail(
          Fault::kNameInvalid,
          "each part of a repository name has lower-case letters and digits, separated by '.', '_', '__' or '-'");
    if (slash == std::string_view::npos) return {};
    at = slash + 1;
  }
}

Result<void> LabelGrammar::check(std::string_view text) {
  const bool ends = !text.empty() && lower_or_digit(text.front()) && lower_or_digit(text.back());
  const bool all = std::ranges::all_of(text, [](char c) { return lower_or_digit(c) || c == '-'; });
  if (ends && all && text.size() <= kMaxLabel) return {};
  return fail(Fault::kNameInvalid,
              "a Kubernetes name has at most 63 lower-case letters, digits and '-', and starts and ends with a letter "
              "or digit");
}

Result<void> MediaTypeGrammar::check(std::string_view text) {
  const auto slash = text.find('/');
  if (text.size() <= kMaxMediaType && slash != std::string_view::npos && is_restricted_name(text.substr(0, slash)) &&
      is_restricted_name(text.substr(slash + 1)))
    return {};
  return fail(Fault::kInvalid, "a media type is written type/subtype (RFC 6838)");
}

Result<void> LoginGrammar::check(std::string_view text) {
  constexpr std::string_view kExtra = "._-@+";
  const bool first = !text.empty() && alphanumeric(text.front());
  const bool rest = std::ranges::all_of(text, [&](char c) { return alphanumeric(c) || kExtra.contains(c); });
  if (first && rest && text.size() <= kMaxLogin) return {};
  return fail(Fault::kInvalid,
              "a login has at most 128 letters, digits, '.', '_', '-', '@' and '+', and starts with a letter or digit");
}

Result<RepositoryName> RepositoryName::parse(std::string_view text) {
  if (auto valid = RepositoryPathGrammar::check(text); !valid) return fail(valid.error());
  const auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return fail(Fault::kNameInvalid, "a repository lies in a space: write <space>/<repository>");
  return RepositoryName(SpaceName::trusted(std::string(text.substr(0, slash))),
                        RepositoryPath::trusted(std::string(text.substr(slash + 1))));
}

}  // namespace berth
