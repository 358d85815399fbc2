#include <charconv>

#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

struct Entry {
  events::AuditRecord record;
  std::string workspace;  // empty: none, or gone
};

json::value state_of(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  auto state = parse_json(*text);
  return state ? std::move(*state) : json::value(*text);
}

json::object to_json(const Entry& entry) {
  const auto& [record, workspace] = entry;
  const auto& change = record.change;
  json::object target{{"kind", change.target_kind}, {"id", nullptr}, {"name", change.target_name}};
  if (change.target_id) target["id"] = *change.target_id;
  return {{"id", record.id},
          {"occurred_at", to_rfc3339(record.occurred_at)},
          {"actor", record.actor.name},
          {"address", record.actor.address},
          {"request_id", record.actor.request_id},
          {"action", change.action},
          {"target", std::move(target)},
          {"workspace", workspace.empty() ? json::value(nullptr) : json::value(workspace)},
          {"before", state_of(change.before)},
          {"after", state_of(change.after)}};
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Newest first. Of everything, of ?workspace=<name>, or of {workspace} in the path.
struct ReadAudit {
  struct Input {
    std::optional<std::string> workspace;
    std::size_t limit = 0;
    std::optional<std::int64_t> before;
  };
  using Output = Slice<Entry>;
  db::Database& database;

  static Result<Input> parse(const http::Call& call) {
    const auto page = http::Page::parse(call.request.query);
    if (!page) return fail(page.error());
    Input in{.workspace = {}, .limit = page->limit, .before = {}};
    if (page->after) in.before = parse_number(*page->after);
    if (page->after && !in.before) return fail(Fault::kInvalid, "the cursor is not one that this server gave");
    if (const auto name = call.request.query.find("workspace")) in.workspace = std::string(*name);
    if (call.path.contains("workspace")) in.workspace = call.param("workspace");
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    events::AuditQuery query{.workspace = {}, .before_id = in.before, .limit = in.limit + 1};
    if (in.workspace) {
      const auto* workspace = asking.snapshot->workspace_by_name.find(*in.workspace);
      if (!workspace) return Output{};
      query.workspace = *workspace;
    }
    auto records = database.read([&](db::Connection& tx) { return events::read_audit(tx, query); });
    std::vector<Entry> entries;
    for (auto& record : records) {
      const auto workspace = record.change.workspace;
      entries.push_back({std::move(record), workspace ? name_of(*asking.snapshot, *workspace) : ""});
    }
    return cut_ordered(std::move(entries), {.limit = in.limit, .after = {}},
                       [](const Entry& last) { return std::to_string(last.record.id); });
  }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

}  // namespace

http::Routes audit_routes(Tenancy& tenancy) {
  using http::Permission;
  auto& database = tenancy.context.database;
  return {
      {http::Method::kGet, "/api/v1/audit", Permission::audit(), serve(ReadAudit{database})},
      {http::Method::kGet, "/api/v1/workspaces/{workspace}/audit",
       Permission::workspace(access::Action::kManageWorkspace), serve(ReadAudit{database})},
  };
}

}  // namespace berth::tenancy
