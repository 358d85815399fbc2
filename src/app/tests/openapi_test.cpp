#include <yaml-cpp/yaml.h>

#include <set>

#include "access/text.h"
#include "app/server.h"
#include "blob/tests/support/temporary_directory.h"

namespace berth::app {
namespace {

/// What a route and its place in the file have in common: "GET /api/v1/users/{user}" and its permission.
using Table = std::map<std::string, std::string>;

std::string permission_name(const http::Permission& permission) {
  return permission.on() == http::Permission::On::kNobody ? "open" : std::string(access::to_text(permission.action()));
}

/// A parameter that takes several segments is written like any other in the file, which says so in words.
std::string file_pattern(std::string pattern) {
  if (const auto plus = pattern.find("+}"); plus != std::string::npos) pattern.erase(plus, 1);
  return pattern;
}

std::vector<Server::RouteLine> route_lines() {
  const blob::testing::TemporaryDirectory directory;
  const auto config = load_config({{"data-dir", (directory.path() / "data").string(), "test"}});
  const auto lines = Server::route_table(*config);
  EXPECT_TRUE(lines) << lines.error().message;
  return lines.value_or(std::vector<Server::RouteLine>());
}

Table served() {
  Table table;
  for (const auto& line : route_lines())
    if (line.pattern.starts_with("/api/"))
      table[fmt::format("{} {}", name_of(line.method), file_pattern(line.pattern))] = permission_name(line.permission);
  return table;
}

YAML::Node document() {
  return YAML::LoadFile(BERTH_SOURCE_DIR "/api/openapi.yaml");
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(c));
  return text;
}

Table described() {
  Table table;
  for (const auto& path : document()["paths"])
    for (const auto& operation : path.second) {
      const auto method = operation.first.as<std::string>();
      if (method == "parameters") continue;
      table[fmt::format("{} {}", upper(method), path.first.as<std::string>())] =
          operation.second["x-permission"].as<std::string>("(none)");
    }
  return table;
}

TEST(OpenApi, DescribesExactlyTheRoutesThatAreServed) {
  std::vector<std::string> missing, surplus;
  const auto in_file = described();
  const auto in_code = served();
  ASSERT_GT(in_code.size(), 50U);
  for (const auto& [route, permission] : in_code)
    if (!in_file.contains(route)) missing.push_back(route);
  for (const auto& [route, permission] : in_file)
    if (!in_code.contains(route)) surplus.push_back(route);
  EXPECT_TRUE(missing.empty()) << "served, but not in api/openapi.yaml:\n"
                               << fmt::format("{}", fmt::join(missing, "\n"));
  EXPECT_TRUE(surplus.empty()) << "in api/openapi.yaml, but not served:\n"
                               << fmt::format("{}", fmt::join(surplus, "\n"));
}

TEST(OpenApi, NamesThePermissionOfEachRoute) {
  const auto in_file = described();
  for (const auto& [route, permission] : served())
    if (in_file.contains(route)) EXPECT_EQ(in_file.at(route), permission) << route;
}

TEST(OpenApi, NamesEveryPathParameterAsTheRouteDoes) {
  const auto file = document();
  for (const auto& path : file["paths"]) {
    const auto pattern = path.first.as<std::string>();
    std::set<std::string> in_path, declared;
    for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{', open + 1))
      in_path.insert(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
    for (const auto& parameter : path.second["parameters"]) {
      const auto reference = parameter["$ref"].as<std::string>();
      declared.insert(
          file["components"]["parameters"][reference.substr(reference.rfind('/') + 1)]["name"].as<std::string>());
    }
    EXPECT_EQ(in_path, declared) << pattern;
  }
}

TEST(OpenApi, LeavesOutWhatOtherSpecificationsDescribe) {
  const auto in_file = described();
  for (const auto& line : route_lines())
    if (!line.pattern.starts_with("/api/v1/"))
      EXPECT_FALSE(in_file.contains(fmt::format("{} {}", name_of(line.method), line.pattern))) << line.pattern;
}

}  // namespace
}  // namespace berth::app
