#include "identity/credentials.h"

#include "access/asker.h"
#include "base/encoding.h"
#include "base/sha.h"
#include "identity/access_tokens.h"
#include "identity/robots.h"

namespace berth::identity {
namespace {

using access::Subject;

constexpr std::size_t kMark = 16;

std::unexpected<Error> refuse() {
  return fail(Fault::kUnauthenticated, "the login or its secret is wrong, or no longer valid");
}

bool is_secret(std::string_view secret, std::string_view kept_hash) {
  return equal_constant_time(sha256_hex(secret), kept_hash);
}

Result<Subject> if_good(Subject subject, const Credentials::Moment& moment) {
  if (!Credentials::good(subject, moment.snapshot, moment.now)) return refuse();
  return subject;
}

Result<Subject> check_robot(const Basic& basic, const Credentials::Moment& moment) {
  const auto* id = moment.snapshot.robot_by_name.find(basic.login);
  const auto* robot = id ? moment.snapshot.robots.find(*id) : nullptr;
  if (!robot || !is_secret(basic.password, robot->secret_hash)) return refuse();
  return if_good({.who = access::RobotSubject{robot->id}, .scope = std::nullopt}, moment);
}

const access::Credential* find_credential(const access::Namespace& name, std::string_view username) {
  const auto it = std::ranges::find(name.credentials, username, &access::Credential::username);
  return it == name.credentials.end() ? nullptr : &*it;
}

Result<Subject> check_namespace(const Basic& basic, NamespaceId id, const Credentials::Moment& moment) {
  const auto* name = moment.snapshot.namespaces.find(id);
  const auto* credential = name ? find_credential(*name, basic.login) : nullptr;
  if (!credential || !is_secret(basic.password, credential->secret_hash)) return refuse();
  return if_good({.who = access::NamespaceSubject{id, credential->id}, .scope = std::nullopt}, moment);
}

std::string_view kept_hash(const access::NamespaceSubject& who, const access::Snapshot& snapshot) {
  const auto* name = snapshot.namespaces.find(who.id);
  if (!name) return "";
  const auto it = std::ranges::find(name->credentials, who.credential, &access::Credential::id);
  return it == name->credentials.end() ? std::string_view() : it->secret_hash;
}

std::string_view robot_mark(RobotId id, const access::Snapshot& snapshot) {
  const auto* robot = snapshot.robots.find(id);
  return robot ? std::string_view(robot->secret_hash).substr(0, kMark) : std::string_view();
}

template <class Use>
auto with_token_mark(const Subject& subject, const access::Snapshot& snapshot, Use use) {
  if (const auto* robot = std::get_if<access::RobotSubject>(&subject.who)) return use(robot_mark(robot->id, snapshot));
  const auto* user = std::get_if<access::UserSubject>(&subject.who);
  const auto* row = user && !user->token ? snapshot.users.find(user->id) : nullptr;
  if (!row) return use(std::string_view());
  const fmt::format_int version(row->version);
  return use(std::string_view(version.data(), version.size()));
}

}  // namespace

Result<Subject> Credentials::check(const Basic& basic, const Moment& moment) {
  if (basic.password.starts_with(kAccessTokenPrefix)) return check_access_token(basic.password, moment);
  if (basic.login.starts_with(kRobotPrefix)) return check_robot(basic, moment);
  if (const auto* id = moment.snapshot.namespace_by_credential.find(basic.login))
    return check_namespace(basic, *id, moment);
  const auto user = passwords_.check(moment.snapshot, {basic.login, moment.address}, basic.password, moment.now);
  if (user) return Subject{.who = access::UserSubject{*user, std::nullopt}, .scope = std::nullopt};
  return user.error().fault == Fault::kUnauthenticated ? refuse() : fail(user.error());
}

Result<std::shared_ptr<void>> Credentials::wait(const Basic& basic, const Moment& moment) {
  const bool of_machine = basic.password.starts_with(kAccessTokenPrefix) || basic.login.starts_with(kRobotPrefix) ||
                          moment.snapshot.namespace_by_credential.find(basic.login);
  if (of_machine) return nullptr;
  return passwords_.wait(moment.snapshot, {basic.login, moment.address}, basic.password, moment.now);
}

Result<Subject> Credentials::check_access_token(std::string_view secret, const Moment& moment) {
  const auto* id = moment.snapshot.token_by_hash.find(sha256_hex(secret));
  const auto* token = id ? moment.snapshot.tokens.find(*id) : nullptr;
  if (!token) return refuse();
  return if_good({.who = access::UserSubject{token->user, token->id}, .scope = std::nullopt}, moment);
}

bool Credentials::good(const Subject& subject, const access::Snapshot& snapshot, Time now) {
  access::Trace silent;
  return access::identify(snapshot, now, subject, silent).good();
}

std::string Credentials::mark(const Subject& subject, const access::Snapshot& snapshot) {
  if (const auto* robot = std::get_if<access::RobotSubject>(&subject.who))
    return std::string(robot_mark(robot->id, snapshot));
  if (const auto* name = std::get_if<access::NamespaceSubject>(&subject.who))
    return std::string(kept_hash(*name, snapshot).substr(0, kMark));
  const auto* user = std::get_if<access::UserSubject>(&subject.who);
  if (!user) return "";
  if (user->token) {
    const auto* token = snapshot.tokens.find(*user->token);
    return token ? token->secret_hash.substr(0, kMark) : "";
  }
  return database_.read([&](db::Connection& tx) {
    const auto row = tx.one<std::optional<std::string>>("SELECT password_hash FROM users WHERE id = :id", user->id);
    const auto hash = row ? std::get<0>(*row) : std::nullopt;
    return hash ? sha256_hex(*hash).substr(0, kMark) : std::string();
  });
}

std::string Credentials::token_mark(const Subject& subject, const access::Snapshot& snapshot) {
  return with_token_mark(subject, snapshot, [](std::string_view mark) { return std::string(mark); });
}

bool Credentials::has_token_mark(const Subject& subject, const access::Snapshot& snapshot, std::string_view mark) {
  return with_token_mark(subject, snapshot, [&](std::string_view now) { return now == mark; });
}

}  // namespace berth::identity
