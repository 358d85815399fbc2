#pragma once

#include "tenancy/change.h"
#include "tenancy/if_match.h"
#include "tenancy/page.h"

namespace berth::tenancy {

struct Registry {
  RegistryId id;
  std::string name;
  std::string kind;
  std::string origin;
  std::string scope;  // the name of the workspace that has it for itself; empty: the platform
  std::string address;
  bool all_spaces_public = false;
  Time created_at;
  std::int64_t version = 0;
};
[[nodiscard]] json::object to_json(const Registry& registry);

/// What all_spaces_public would change. Names of spaces are in bytewise order.
struct Publicity {
  static constexpr std::size_t kNamed = 1000;

  struct Side {
    std::vector<std::string> spaces;  // all of them; the API names the first kNamed
    std::int64_t repositories = 0;
  };
  struct Exposed {
    std::string workspace;
    std::vector<std::string> spaces;
  };
  Side opens;   // private now, public then
  Side closes;  // public now, private then
  /// The workspaces that own a space which opens, or that one is bound to: theirs alone until now.
  std::vector<Exposed> exposed;
};
[[nodiscard]] json::object to_json(const Publicity& publicity);

/// Registries as things with settings; what they hold are spaces. Any thread; a call blocks for its transaction.
class Registries {
 public:
  explicit Registries(const Context& context) : context_(context) {}

  /// kConflict: a workspace's own registry, which is never public.
  Result<Registry> set_all_spaces_public(const Asking& asking, const std::string& name, std::optional<bool> all_public,
                                         const IfMatch& if_match);
  /// The same refusals; changes nothing.
  [[nodiscard]] Result<Publicity> preview(const Asking& asking, const std::string& name, bool all_public) const;

  [[nodiscard]] Result<Registry> find(const std::string& name) const;
  /// Those that the asker may see.
  [[nodiscard]] Slice<Registry> list(const Asking& asking, const http::Page& page) const;

 private:
  Context context_;
};

/// Makes the registry that this server itself is, when there is none yet; `name` has no effect later. Call before the
/// server listens; several replicas may do so at once.
void ensure_embedded_registry(const Context& context, const RegistryName& name, Time now);

}  // namespace berth::tenancy
