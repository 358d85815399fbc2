#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/digest.h"
#include "base/names.h"

namespace berth::tenancy {

/// An image as people write it: `[host/]<space>/<repository>[:tag|@digest]`. Which leading part is a host is for the
/// one who knows the hosts to say: host_of() and without_host() are two readings of one text.
class ImageReference {
 public:
  /// kInvalid for anything else; kNameInvalid, kTagInvalid and kDigestInvalid as their grammars say.
  static Result<ImageReference> parse(std::string_view text);

  /// What docker reads as a host: a first component with '.' or ':', or "localhost". Empty if there is none.
  [[nodiscard]] std::string_view possible_host() const;
  /// The name behind possible_host(); kNameInvalid if it is no <space>/<repository>.
  [[nodiscard]] Result<RepositoryName> behind_host() const;
  /// The name, the first component being the space.
  [[nodiscard]] Result<RepositoryName> whole() const;

 private:
  explicit ImageReference(std::string name) : name_(std::move(name)) {}
  std::string name_;  // without tag and digest
};

}  // namespace berth::tenancy
