#pragma once

#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "db/database.h"
#include "distribution/manifest_reader.h"

namespace berth::distribution {

/// Counts pulls in memory, off the pull path, until flush() adds them to the rows. What was counted since the last
/// flush is lost with the process: figures for people, not for bills. Any thread; memory is bounded; pullers are spread
/// over shards, so that loops seldom meet at a lock.
///
/// What is a pull: a GET of a manifest that was not answered 304. A client that pulls a multi-platform image reads the
/// index and then, by digest, the manifest of its platform; and containerd resolves the tag with HEAD and reads by
/// digest. So per puller (subject and address) and repository the last minute is remembered:
///   - GET by digest after HEAD of a tag at that digest counts for the tag,
///   - GET by digest after a counted pull of an index counts for the manifest, and not again for the repository.
class PullCounter {
 public:
  struct Pull {
    const StoredManifest& manifest;
    const Tag* tag = nullptr;  // nullptr: asked for by digest
    std::uint64_t puller = 0;  // puller_of()
    Time at;
    bool head = false;
  };
  void note(const Pull& pull);

  /// Adds what was counted, some hundred repositories per transaction, each locked in the order of ids. Throws
  /// db::Failure; what was not written then stays counted.
  /// Gives the repositories whose counters it wrote.
  std::vector<RepositoryId> flush(db::Database& database);

 private:
  struct Tally {
    std::int64_t count = 0;
    std::int64_t last_at = 0;
    void add(std::int64_t at) {
      ++count;
      last_at = std::max(last_at, at);
    }
    void add(const Tally& other) {
      count += other.count;
      last_at = std::max(last_at, other.last_at);
    }
  };
  struct RepositoryTally {
    Tally own;
    std::map<std::int64_t, Tally> manifests;
    std::map<std::string, Tally, std::less<>> tags;
  };
  using Tallies = std::map<std::int64_t, RepositoryTally>;  // by repository id

  /// Who pulls from where.
  struct Pair {
    std::int64_t repository;
    std::uint64_t puller;
    friend bool operator==(const Pair&, const Pair&) = default;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const noexcept {
      return pair.puller ^ static_cast<std::uint64_t>(pair.repository) * 0x9E3779B97F4A7C15ULL;
    }
  };
  /// What a puller did in a repository lately.
  struct Recent {
    std::int64_t until = 0;
    std::optional<std::string> tag;  // HEAD of this tag …
    std::string digest;              // … gave this digest
    bool index = false;              // an index was pulled
  };

  /// The part of all pullers whose number falls here.
  struct Shard {
    std::mutex mutex;
    Tallies tallies;
    std::size_t entries = 0;
    std::unordered_map<Pair, Recent, PairHash> recent;
    std::deque<Pair> recent_order;

    Recent& remember(const Pair& who, std::int64_t now);
    void note(const Pull& pull);
    void count(const Pull& pull, const std::string* tag, bool for_repository);
  };
  static constexpr std::size_t kShards = 8;

  static std::size_t merge(RepositoryTally& into, const RepositoryTally& from);
  [[nodiscard]] Tallies take_all();
  static void write(db::Connection& tx, std::int64_t repository, const RepositoryTally& tally);
  void put_back(Tallies rest);

  std::array<Shard, kShards> shards_;
};

/// A number for subject and address, as good as unique; what a token's scope says makes no difference.
[[nodiscard]] std::uint64_t puller_of(const access::Subject& subject, std::string_view address);

}  // namespace berth::distribution
