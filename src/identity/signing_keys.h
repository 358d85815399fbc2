#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/secret_box.h"
#include "events/events.h"
#include "identity/context.h"
#include "identity/es256_key.h"

namespace berth::identity {

/// The keys that sign registry tokens: in the database, sealed, shared by all replicas. The newest signs; a retired one
/// verifies for as long as a token that it signed may live, and is then removed.
///
/// Thread-safe. Reading costs an atomic load; the database is asked when a key is not known (at most once a second) and
/// once a minute by whoever signs, so that a replica learns of a rotation elsewhere.
class SigningKeys {
 public:
  /// Loads the keys, and makes the first. `box` outlives this. Throws std::runtime_error for a key that was sealed
  /// under another secrets key.
  SigningKeys(Context context, const SecretBox& box);

  /// The longest that a token may live.
  static constexpr Duration kLongestLife = std::chrono::hours(1);

  struct Key {
    std::shared_ptr<const Es256Key> key;
    std::optional<Time> retired_at;
  };

  /// What may be told of a key.
  struct Record {
    std::string kid;
    Time created_at;
    std::optional<Time> verifies_until;  // set once another key signs
  };

  [[nodiscard]] std::shared_ptr<const Es256Key> signer(Time now);
  /// nullptr for an id that is not ours, or no longer.
  [[nodiscard]] std::shared_ptr<const Es256Key> verifier(std::string_view kid, Time now);

  /// verifier() would give this key at once. Never asks the database.
  [[nodiscard]] bool knows(std::string_view kid, Time now) const { return find(*keys(), kid, now) != nullptr; }

  /// Those that sign or verify, the newest first.
  [[nodiscard]] std::vector<Record> list() const;
  /// A new key signs from now on. All of one moment's calls may come from several replicas: the last one signs.
  Record rotate(const events::Actor& by);
  /// The same, if the key that signs is at least so old: of several replicas that ask at once, one does it.
  void rotate_if_older(Duration age);

 private:
  using Keys = std::vector<Key>;  // oldest first
  [[nodiscard]] std::shared_ptr<const Keys> keys() const { return keys_.load(); }
  [[nodiscard]] static const Key* find(const Keys& keys, std::string_view kid, Time now);
  void reload_if_older(Duration age, Time now);
  void reload(Time now);
  void insert(db::Connection& tx, const Es256Key& key, Time now);
  bool replace(const Es256Key& key, Time older_than, Time now, const events::Actor& by);

  Context context_;
  const SecretBox& box_;
  std::mutex reloading_;
  std::atomic<Time> loaded_at_;
  std::atomic<std::shared_ptr<const Keys>> keys_;
};

}  // namespace berth::identity
