#pragma once

#include "access/snapshot.h"
#include "access/subject.h"

/// A small world for guard and core tests.
///
///   registry "local" (embedded): spaces "library" (public), "shop" (private, owner retail, bound to retail with push),
///                                "tools" (private, bound to retail with pull), "secret" (private, owner bank)
///   workspaces "retail", "bank"; namespace 1 "prod/shop" claimed by and bound to retail
///   users: admin (platform), auditor, alice (retail admin), eve (retail editor), vic (retail viewer), bob (bank
///   admin),
///          gone (disabled)
///   robot "ci" of retail, which may pull and push, in all spaces
namespace berth::http::test {

struct World {
  access::Snapshot snapshot;

  static constexpr UserId kAdmin{1}, kAuditor{2}, kAlice{3}, kEve{4}, kVic{5}, kBob{6}, kGone{7};
  static constexpr WorkspaceId kRetail{1}, kBank{2};
  static constexpr RegistryId kLocal{1};
  static constexpr SpaceId kLibrary{1}, kShop{2}, kTools{3}, kSecret{4};
  static constexpr NamespaceId kProdShop{1};
  static constexpr RobotId kCi{1};
  static constexpr CredentialId kCredential{1};
};

[[nodiscard]] World make_world();

[[nodiscard]] access::Subject anonymous();
[[nodiscard]] access::Subject user(UserId id);
[[nodiscard]] access::Subject robot(RobotId id);
[[nodiscard]] access::Subject credential_of(NamespaceId id);
/// Behind a registry token with one scope; "" for none.
[[nodiscard]] access::Subject scoped(access::Subject subject, std::string_view repository, access::Verbs verbs = {});

}  // namespace berth::http::test
