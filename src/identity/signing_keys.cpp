#include "identity/signing_keys.h"

#include <stdexcept>

namespace berth::identity {
namespace {

constexpr Duration kReloadToVerify = std::chrono::seconds(1);
constexpr Duration kReloadToSign = std::chrono::minutes(1);
// A replica that has not yet heard of a rotation signs with the old key for up to kReloadToSign.
constexpr Duration kVerifiesFor = SigningKeys::kLongestLife + 2 * kReloadToSign;

std::string context_of(std::string_view kid) {
  return fmt::format("signing_keys/{}", kid);
}

bool over(const std::optional<Time>& retired_at, Time now) {
  return retired_at && *retired_at + kVerifiesFor <= now;
}

}  // namespace

SigningKeys::SigningKeys(Context context, const SecretBox& box) : context_(context), box_(box) {
  const auto now = context_.clock.now();
  const auto first = Es256Key::generate();
  // Two replicas that start at once may both make one: both verify, the newer signs.
  const auto made = context_.database.write([&](db::Connection& tx) -> Result<void> {
    if (!tx.one<std::int64_t>("SELECT id FROM signing_keys WHERE retired_at IS NULL LIMIT 1")) insert(tx, first, now);
    return {};
  });
  if (!made) throw std::runtime_error(made.error().message);
  reload(now);
}

std::shared_ptr<const Es256Key> SigningKeys::signer(Time now) {
  reload_if_older(kReloadToSign, now);
  return keys()->back().key;
}

std::shared_ptr<const Es256Key> SigningKeys::verifier(std::string_view kid, Time now) {
  const auto known = keys();
  if (const auto* key = find(*known, kid, now)) return key->key;
  reload_if_older(kReloadToVerify, now);
  const auto reloaded = keys();
  const auto* key = find(*reloaded, kid, now);
  return key ? key->key : nullptr;
}

std::vector<SigningKeys::Record> SigningKeys::list() const {
  using Row = std::tuple<std::string, std::int64_t, std::optional<std::int64_t>>;
  const auto rows = context_.database.read([&](db::Connection& tx) -> std::vector<Row> {
    return tx.query<std::string, std::int64_t, std::optional<std::int64_t>>(
        "SELECT kid, created_at, retired_at FROM signing_keys WHERE retired_at IS NULL OR retired_at > :over "
        "ORDER BY id DESC",
        context_.clock.now() - kVerifiesFor);
  });
  std::vector<Record> records;
  for (const auto& [kid, created_at, retired_at] : rows)
    records.push_back({kid, from_millis(created_at),
                       retired_at ? std::optional(from_millis(*retired_at) + kVerifiesFor) : std::nullopt});
  return records;
}

SigningKeys::Record SigningKeys::rotate(const events::Actor& by) {
  const auto now = context_.clock.now();
  const auto key = Es256Key::generate();
  replace(key, Time::max(), now, by);
  reload(now);
  return {key.kid(), now, std::nullopt};
}

void SigningKeys::rotate_if_older(Duration age) {
  const auto now = context_.clock.now();
  const auto due = now - age;
  // Asked first without a lock: it is nearly always too early.
  const auto signing = context_.database.read([](db::Connection& tx) {
    return tx.one<std::int64_t>("SELECT MAX(created_at) FROM signing_keys WHERE retired_at IS NULL");
  });
  if (signing && from_millis(std::get<0>(*signing)) > due) return;
  if (replace(Es256Key::generate(), due, now, {.name = "system", .address = "", .request_id = ""})) reload(now);
}

/// False when somebody else was faster: then no key is as old any more.
bool SigningKeys::replace(const Es256Key& key, Time older_than, Time now, const events::Actor& by) {
  const auto replaced = context_.database.write([&](db::Connection& tx) -> Result<bool> {
    if (tx.execute("UPDATE signing_keys SET retired_at = :now WHERE retired_at IS NULL AND created_at <= :older", now,
                   older_than) == 0)
      return false;
    tx.execute("DELETE FROM signing_keys WHERE retired_at <= :over", now - kVerifiesFor);
    insert(tx, key, now);
    events::audit(tx, now, by,
                  {.action = "signing_key.rotate",
                   .target_kind = "signing_key",
                   .target_id = std::nullopt,
                   .target_name = key.kid(),
                   .workspace = std::nullopt,
                   .before = std::nullopt,
                   .after = std::nullopt});
    return true;
  });
  if (!replaced) throw std::runtime_error(replaced.error().message);
  return *replaced;
}

const SigningKeys::Key* SigningKeys::find(const Keys& keys, std::string_view kid, Time now) {
  const auto it = std::ranges::find_if(keys, [&](const Key& each) { return each.key->kid() == kid; });
  return it == keys.end() || over(it->retired_at, now) ? nullptr : &*it;
}

void SigningKeys::reload_if_older(Duration age, Time now) {
  const auto due = [&] { return loaded_at_.load() + age <= now; };
  if (!due()) return;
  const std::lock_guard lock(reloading_);
  if (due()) reload(now);
}

void SigningKeys::reload(Time now) {
  using Row = std::tuple<std::string, std::string, std::optional<std::int64_t>>;
  const auto rows = context_.database.read([](db::Connection& tx) -> std::vector<Row> {
    // Those that sign last: signer() takes the newest of them.
    return tx.query<std::string, std::string, std::optional<std::int64_t>>(
        "SELECT kid, private_key, retired_at FROM signing_keys WHERE algorithm = 'ES256' "
        "ORDER BY CASE WHEN retired_at IS NULL THEN 1 ELSE 0 END, id");
  });
  auto loaded = std::make_shared<Keys>();
  for (const auto& [kid, sealed, retired_at] : rows) {
    const auto jwk = box_.open(sealed, context_of(kid));
    auto key = jwk ? Es256Key::from_private_jwk(*jwk) : std::nullopt;
    if (!key) throw std::runtime_error("a signing key cannot be opened: is this the right secrets key?");
    loaded->push_back({std::make_shared<const Es256Key>(std::move(*key)),
                       retired_at ? std::optional(from_millis(*retired_at)) : std::nullopt});
  }
  if (loaded->empty()) throw std::runtime_error("there is no signing key");
  keys_.store(std::move(loaded));
  loaded_at_.store(now);
}

void SigningKeys::insert(db::Connection& tx, const Es256Key& key, Time now) {
  tx.execute(
      "INSERT INTO signing_keys (kid, algorithm, private_key, created_at) VALUES (:kid, 'ES256', :key, :created_at)",
      key.kid(), box_.seal(key.private_jwk(), context_of(key.kid())), now);
}

}  // namespace berth::identity
