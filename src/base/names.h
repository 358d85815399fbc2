#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace berth {

/// A string that was checked against one grammar; Kind names the grammar. A value, ordered by bytes.
template <class Kind>
class Name {
 public:
  Name() = default;
  static Result<Name> parse(std::string_view text) {
    if (auto error = Kind::check(text); !error) return fail(error.error());
    return Name(std::string(text));
  }
  /// For text that the database gave back: it was parsed when it came in.
  static Name trusted(std::string text) { return Name(std::move(text)); }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend bool operator==(const Name& a, const Name& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const Name& a, const Name& b) { return a.text_ <=> b.text_; }

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// A tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` (OCI distribution-spec, "Pulling manifests").
struct TagGrammar {
  static Result<void> check(std::string_view text);
};
/// One path component of a repository name: `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`. Spaces and workspaces use it too:
/// a space is the first component of every repository in it.
struct ComponentGrammar {
  static Result<void> check(std::string_view text);
};
/// Components joined by '/', at most 255 bytes (OCI distribution-spec, <name>).
struct RepositoryPathGrammar {
  static Result<void> check(std::string_view text);
};
/// A Kubernetes label name (RFC 1123): lower-case letters, digits and '-', at most 63. Namespaces and clusters.
struct LabelGrammar {
  static Result<void> check(std::string_view text);
};
/// `type/subtype`, RFC 6838 restricted names with optional '+suffix'; parameters already cut off.
struct MediaTypeGrammar {
  static Result<void> check(std::string_view text);
};
/// A person's or robot's login: letters, digits, '.', '_', '-', '@', '+'; at most 128; starts with a letter or digit.
struct LoginGrammar {
  static Result<void> check(std::string_view text);
};

using Tag = Name<TagGrammar>;
using SpaceName = Name<ComponentGrammar>;
using WorkspaceName = Name<ComponentGrammar>;
using RegistryName = Name<ComponentGrammar>;
using RepositoryPath = Name<RepositoryPathGrammar>;
using LabelName = Name<LabelGrammar>;
using MediaType = Name<MediaTypeGrammar>;
using LoginName = Name<LoginGrammar>;

/// `<space>/<path>` as it stands in /v2 URLs: at least two components, at most 255 bytes.
class RepositoryName {
 public:
  RepositoryName() = default;
  RepositoryName(SpaceName space, RepositoryPath path) : space_(std::move(space)), path_(std::move(path)) {}

  /// kNameInvalid when the grammar is broken. One component alone is kNameInvalid as well, and the message says why.
  static Result<RepositoryName> parse(std::string_view text);

  [[nodiscard]] const SpaceName& space() const { return space_; }
  [[nodiscard]] const RepositoryPath& path() const { return path_; }
  [[nodiscard]] std::string text() const { return space_.text() + "/" + path_.text(); }
  friend auto operator<=>(const RepositoryName&, const RepositoryName&) = default;

 private:
  SpaceName space_;
  RepositoryPath path_;
};

}  // namespace berth

template <class Kind>
struct std::hash<berth::Name<Kind>> {
  std::size_t operator()(const berth::Name<Kind>& name) const noexcept { return std::hash<std::string>{}(name.text()); }
};
