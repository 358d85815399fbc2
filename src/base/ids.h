#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace berth {

/// A row's 64-bit id, one type per table, so that a SpaceId is never passed where a WorkspaceId is meant.
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t value) : value_(value) {}
  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  std::int64_t value_ = 0;
};

using UserId = Id<struct UserTag>;
using GroupId = Id<struct GroupTag>;
using WorkspaceId = Id<struct WorkspaceTag>;
using ClusterId = Id<struct ClusterTag>;
using NamespaceId = Id<struct NamespaceTag>;
using CredentialId = Id<struct CredentialTag>;
using RegistryId = Id<struct RegistryTag>;
using SpaceId = Id<struct SpaceTag>;
using RobotId = Id<struct RobotTag>;
using AccessTokenId = Id<struct AccessTokenTag>;
using SessionId = Id<struct SessionTag>;
using RepositoryId = Id<struct RepositoryTag>;
using BlobId = Id<struct BlobTag>;
using ManifestId = Id<struct ManifestTag>;

}  // namespace berth

template <class Tag>
struct std::hash<berth::Id<Tag>> {
  std::size_t operator()(berth::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value()); }
};
