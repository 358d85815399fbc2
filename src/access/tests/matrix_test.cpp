// Asks the rule about every cell of the tables in docs/access.md.

#include <fstream>

#include "access/decider.h"
#include "access/tests/support/world.h"

namespace berth::access::testing {
namespace {

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::pair<std::string, std::vector<std::string>>> rows;  // who, cells
};

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// "| a | b |" → {a, b}
std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> found;
  for (line.remove_prefix(1); !line.empty();) {
    const auto bar = line.find('|');
    if (bar == std::string_view::npos) break;
    found.push_back(trimmed(line.substr(0, bar)));
    line.remove_prefix(bar + 1);
  }
  return found;
}

std::vector<Table> read_tables(const std::string& path) {
  std::vector<Table> tables;
  std::ifstream file(path);
  std::string title;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("### ")) title = line.substr(4);
    if (!line.starts_with('|') || line.starts_with("|---")) continue;
    auto row = cells(line);
    const auto who = row.front();
    row.erase(row.begin());
    if (who == "who")
      tables.push_back({.title = title, .columns = std::move(row), .rows = {}});
    else
      tables.back().rows.emplace_back(who, std::move(row));
  }
  return tables;
}

/// The world that docs/access.md describes above its tables.
class Company {
 public:
  Company() {
    for (const auto role : {Role::kViewer, Role::kEditor, Role::kAdmin})
      for (const auto workspace : {retail, other}) {
        const auto name = std::array{"viewer", "editor", "admin"}[static_cast<std::size_t>(role)];
        add_user(fmt::format("{} of {}", name, workspace == retail ? "retail" : "other"), workspace, role);
      }
    who["anonymous"] = anonymous();
    who["user without workspace"] = as(world.user("newcomer"));
    who["auditor"] = as(world.user("auditor", PlatformRole::kAuditor));
    who["platform administrator"] = as(world.user("root", PlatformRole::kAdministrator));
    who["robot of retail"] = as(world.robot("robot+retail", retail, all_grants()));
    const auto owner = std::get<UserSubject>(who.at("editor of retail").who).id;
    who["robot of a user"] = as(world.robot("robot+user", owner, all_grants()));
    who["namespace of retail"] = as(bound, world.credential(bound));
    who["unbound namespace"] = as(unbound, world.credential(unbound));

    spaces["A public space, bound to nobody"] = world.space("library", Publicity::kPublic);
    world.bind(spaces["A private space, bound to retail with pull"] = world.space("base"), retail, Access::kPull);
    world.bind(spaces["A private space, bound to retail with push"] = world.space("apps"), retail, Access::kPush);
    spaces["A private space, bound to nobody"] = world.space("secret");
    const auto owned = world.space("shop", Publicity::kPrivate, retail);
    world.bind(spaces["A private space, owned by retail and bound to it with push"] = owned, retail, Access::kPush);
    spaces["A space of retail's own, associated registry, owned by retail"] =
        world.space_in(own, "team", Publicity::kPrivate, retail);
  }

  /// What the column of the table asks.
  std::pair<Action, Target> question(const std::string& table, const std::string& column) const {
    if (const auto it = spaces.find(table); it != spaces.end()) return about_space(it->second, column);
    const std::map<std::string, std::pair<Action, Target>> all = {
        {"see workspace", {Action::kSeeWorkspace, retail}},
        {"edit workspace", {Action::kEditWorkspace, retail}},
        {"manage workspace", {Action::kManageWorkspace, retail}},
        {"see namespace", {Action::kSeeNamespace, bound}},
        {"manage namespace", {Action::kManageNamespace, bound}},
        {"claim namespace", {Action::kClaim, ClaimTarget{bound, retail}}},
        {"see the platform's registry", {Action::kSeeRegistry, world.embedded}},
        {"manage the platform's registry", {Action::kManageRegistry, world.embedded}},
        {"see retail's registry", {Action::kSeeRegistry, own}},
        {"manage retail's registry", {Action::kManageRegistry, own}},
        {"signed in", {Action::kSignedIn, PlatformTarget{}}},
        {"change own", {Action::kChangeOwn, PlatformTarget{}}},
        {"audit", {Action::kAudit, PlatformTarget{}}},
        {"administer", {Action::kAdminister, PlatformTarget{}}},
    };
    return all.at(column);
  }

  World world;
  WorkspaceId retail = world.workspace("retail");
  WorkspaceId other = world.workspace("other");
  RegistryId own = world.registry("retail-harbor", RegistryKind::kHarbor, retail);
  NamespaceId bound = world.name_space("shop", "prod", retail);
  NamespaceId unbound = world.name_space("shop", "new");
  std::map<std::string, Subject> who;
  std::map<std::string, SpaceId> spaces;

 private:
  void add_user(const std::string& name, WorkspaceId workspace, Role role) {
    const auto id = world.user(name);
    world.member(workspace, id, role);
    who[name] = as(id);
  }

  std::pair<Action, Target> about_space(SpaceId space, const std::string& column) const {
    const auto repository = [](bool exists, std::optional<WorkspaceId> home) {
      return RepositoryTarget{.path = RepositoryPath::trusted("web"), .exists = exists, .home = home};
    };
    const std::map<std::string, std::pair<Action, Target>> all = {
        {"pull", {Action::kPull, SpaceTarget{space, std::nullopt}}},
        {"see", {Action::kSee, SpaceTarget{space, std::nullopt}}},
        {"push new", {Action::kPush, SpaceTarget{space, repository(false, std::nullopt)}}},
        {"push ours", {Action::kPush, SpaceTarget{space, repository(true, retail)}}},
        {"push theirs", {Action::kPush, SpaceTarget{space, repository(true, other)}}},
        {"delete ours", {Action::kDelete, SpaceTarget{space, repository(true, retail)}}},
        {"delete theirs", {Action::kDelete, SpaceTarget{space, repository(true, other)}}},
        {"manage", {Action::kManage, SpaceTarget{space, std::nullopt}}},
        {"bind", {Action::kBind, BindTarget{space, other}}},
    };
    return all.at(column);
  }
};

TEST(MatrixTest, every_cell_of_the_documented_tables_holds) {
  const Company company;
  const auto snapshot = company.world.snapshot();
  const Decider decider(*snapshot, from_millis(0));
  int checked = 0;
  for (const auto& table : read_tables(BERTH_ACCESS_DOC)) {
    EXPECT_EQ(table.rows.size(), company.who.size()) << table.title;
    for (const auto& [who, row] : table.rows) {
      ASSERT_EQ(row.size(), table.columns.size()) << table.title << ", " << who;
      for (std::size_t i = 0; i < row.size(); ++i) {
        ASSERT_TRUE(row[i] == "yes" || row[i] == "-") << table.title << ", " << who << ": '" << row[i] << "'";
        const auto& [action, target] = company.question(table.title, table.columns[i]);
        EXPECT_EQ(decider.may(company.who.at(who), action, target), row[i] == "yes")
            << table.title << ": " << who << ", " << table.columns[i];
        ++checked;
      }
    }
  }
  EXPECT_EQ(checked, 14 * (6 * 9 + 6 + 8));
}

}  // namespace
}  // namespace berth::access::testing
