#include "identity/users.h"

#include "access/text.h"
#include "base/encoding.h"
#include "identity/user_rows.h"

namespace berth::identity {
namespace {

constexpr std::size_t kMaxText = 256;

// Machine logins begin with these; a person's must not look like one.
constexpr std::array<std::string_view, 2> kReservedPrefixes{"robot+", "ns+"};

Result<void> check_text(std::string_view name, std::string_view text) {
  if (text.size() <= kMaxText) return {};
  return fail(Fault::kInvalid, fmt::format("{} has at most {} bytes", name, kMaxText));
}

Result<void> check_new(const NewUser& wanted) {
  for (const auto prefix : kReservedPrefixes)
    if (to_lower(wanted.login.text()).starts_with(prefix))
      return fail(Fault::kInvalid, fmt::format("logins that begin with {} are for machines", prefix));
  if (auto checked = check_text("display_name", wanted.display_name); !checked) return checked;
  return check_text("email", wanted.email);
}

Error not_found() {
  return Error::not_found("there is no such user");
}

events::Change change(std::string action, const UserRecord& user) {
  return {.action = std::move(action),
          .target_kind = "user",
          .target_id = user.id.value(),
          .target_name = user.login.text(),
          .workspace = std::nullopt,
          .before = std::nullopt,
          .after = std::nullopt};
}

std::string text_of(const UserRecord& user) {
  return json::serialize(to_json(user));
}

Result<void> check_administrator_left(db::Connection& tx) {
  if (rows::count_administrators(tx) > 0) return {};
  return fail(Error::conflict("this is the last administrator who is not disabled"));
}

void end_sessions(db::Connection& tx, UserId user, std::optional<SessionId> keep) {
  tx.execute("DELETE FROM sessions WHERE user_id = :user AND id <> :keep", user, keep.value_or(SessionId(0)));
}

UserRecord patched(UserRecord user, const UserPatch& patch) {
  if (patch.display_name) user.display_name = *patch.display_name;
  if (patch.email) user.email = *patch.email;
  if (patch.platform_role) user.platform_role = *patch.platform_role;
  if (patch.disabled) user.disabled = *patch.disabled;
  if (patch.password) user.has_password = true;
  ++user.version;
  return user;
}

std::string like_pattern(std::string_view search) {
  std::string pattern = "%";
  for (const char c : search) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace

json::object to_json(const UserRecord& user) {
  return {{"id", user.id.value()},
          {"login", user.login.text()},
          {"display_name", user.display_name},
          {"email", user.email},
          {"platform_role", access::to_text(user.platform_role)},
          {"disabled", user.disabled},
          {"has_password", user.has_password},
          {"created_at", to_rfc3339(user.created_at)}};
}

Result<CreatedUser> Users::create(const NewUser& wanted, const events::Actor& by) {
  if (auto checked = check_new(wanted); !checked) return fail(checked.error());
  const auto password = wanted.password ? *wanted.password : generate_password();
  if (auto checked = check_password_policy(password, wanted.login); !checked) return fail(checked.error());
  const auto hash = hasher_.hash(password);
  const auto now = context_.clock.now();
  auto user = context_.database.write([&](db::Connection& tx) -> Result<UserRecord> {
    auto inserted = rows::insert_user(tx, wanted, hash, now);
    if (!inserted) return inserted;
    state::touch(tx, context_.snapshots, state::Aggregate::kUser, inserted->id.value());
    auto created = change("user.create", *inserted);
    created.after = text_of(*inserted);
    events::audit(tx, now, by, created);
    return inserted;
  });
  if (!user) return fail(std::move(user.error()));
  return CreatedUser{std::move(*user), wanted.password ? std::nullopt : std::optional(password)};
}

Result<UserRecord> Users::find(const std::string& login) {
  return context_.database.read([&](db::Connection& tx) -> Result<UserRecord> {
    const std::array params{db::to_param(login)};
    auto found = rows::select_users(tx, "WHERE login = :login", params);
    if (found.empty()) return fail(not_found());
    return std::move(found.front());
  });
}

std::vector<UserRecord> Users::list(const UserQuery& query) {
  const auto pattern = like_pattern(to_lower(query.search));
  return context_.database.read([&](db::Connection& tx) {
    const std::array params{db::to_param(query.after), db::to_param(pattern), db::to_param(query.limit)};
    return rows::select_users(tx,
                              "WHERE login > :after AND lower(login || ' ' || display_name || ' ' || email) "
                              "LIKE :pattern ESCAPE '\\' ORDER BY login LIMIT :limit",
                              params);
  });
}

Result<UserRecord> Users::patch(const std::string& login, const UserPatch& patch,
                                std::optional<std::int64_t> if_version, const events::Actor& by) {
  if (auto checked = check_text("display_name", patch.display_name.value_or("")); !checked)
    return fail(checked.error());
  if (auto checked = check_text("email", patch.email.value_or("")); !checked) return fail(checked.error());
  std::optional<PasswordHash> hash;
  if (patch.password) {
    if (auto good = check_password_policy(*patch.password, LoginName::trusted(login)); !good) return fail(good.error());
    hash = hasher_.hash(*patch.password);  // before the transaction: it takes long, and there is one writer
  }
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<UserRecord> {
    const auto before = rows::find_user(tx, login);
    if (!before) return fail(not_found());
    if (if_version && *if_version != before->version)
      return fail(Fault::kPreconditionFailed, "the user has changed in the meantime");
    const auto after = patched(*before, patch);
    // Its lock orders all such changes: two administrators cannot take each other's role at the same moment.
    state::touch(tx, context_.snapshots, state::Aggregate::kUser, after.id.value());
    rows::update_user(tx, after, hash);
    if (auto left = check_administrator_left(tx); !left) return fail(left.error());
    if (after.disabled || patch.password) end_sessions(tx, after.id, std::nullopt);
    auto changed = change(patch.password ? "user.set_password" : "user.update", after);
    changed.before = text_of(*before);
    changed.after = text_of(after);
    events::audit(tx, now, by, changed);
    return after;
  });
}

Result<void> Users::remove(const std::string& login, const events::Actor& by) {
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<void> {
    const auto user = rows::find_user(tx, login);
    if (!user) return fail(not_found());
    rows::delete_user(tx, context_.snapshots, user->id);
    if (auto left = check_administrator_left(tx); !left) return left;
    auto removed = change("user.delete", *user);
    removed.before = text_of(*user);
    events::audit(tx, now, by, removed);
    return {};
  });
}

Result<void> Users::set_password(UserId user, const std::string& password, std::optional<SessionId> keep,
                                 const events::Actor& by) {
  const auto hash = hasher_.hash(password);
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<void> {
    auto record = rows::find_user(tx, user);
    if (!record) return fail(not_found());
    if (auto good = check_password_policy(password, record->login); !good) return good;
    ++record->version;
    rows::update_user(tx, *record, hash);
    end_sessions(tx, user, keep);
    state::touch(tx, context_.snapshots, state::Aggregate::kUser, user.value());
    events::audit(tx, now, by, change("user.set_password", *record));
    return {};
  });
}

Result<std::optional<CreatedUser>> Users::create_first_administrator(const LoginName& login,
                                                                     const std::optional<std::string>& password) {
  const auto any = [](db::Connection& tx) { return tx.one<std::int64_t>("SELECT id FROM users LIMIT 1").has_value(); };
  if (context_.database.read(any)) return std::nullopt;
  auto created = create({.login = login,
                         .display_name = "Administrator",
                         .email = "",
                         .password = password,
                         .platform_role = access::PlatformRole::kAdministrator},
                        {.name = "system", .address = "", .request_id = ""});
  // Another replica was first.
  if (!created && created.error().fault == Fault::kConflict) return std::nullopt;
  if (!created) return fail(std::move(created.error()));
  return std::move(*created);
}

}  // namespace berth::identity
