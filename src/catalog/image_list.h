#pragma once

#include "access/decider.h"
#include "catalog/image_index.h"
#include "catalog/index_feed.h"

namespace berth::catalog {

enum class Visibility { kPublic, kPrivate };

/// What a list asks for, besides whose images: filters, order and page.
struct ImageFilter {
  std::string search;
  std::optional<RegistryId> registry;
  std::optional<SpaceId> space;
  std::optional<Visibility> visibility;
  Sort sort = Sort::kName;
  Order order = Order::kAscending;
  std::size_t limit = 50;
  std::optional<Position> after;
};

/// Whose images: a workspace's or a namespace's (what its pods may pull), or the asker's own view.
using Viewer = std::variant<std::monostate, WorkspaceId, NamespaceId>;

/// Image lists. What a viewer sees is asked of the access rule and nowhere computed again; the asker must be allowed to
/// see each space, too (an administrator who looks at a workspace does not see its associated registries' images).
/// Any thread.
class ImageList {
 public:
  ImageList(IndexFeed& feed, const ImageIndex& index) : feed_(feed), index_(index) {}

  /// kStarting while the index is filled after a start.
  [[nodiscard]] Result<ImagePage> find(const access::Snapshot& snapshot, Time now, const access::Subject& asker,
                                       const Viewer& viewer, const ImageFilter& filter);

 private:
  using Spaces = std::shared_ptr<const std::vector<SpaceId>>;
  Spaces visible(const access::Snapshot& snapshot, Time now, const access::Subject& asker, const Viewer& viewer);

  IndexFeed& feed_;
  const ImageIndex& index_;
  // Visible sets of one snapshot: an asker pages through one list many times. Emptied when the snapshot changes or when
  // it is full.
  std::mutex cache_mutex_;
  std::int64_t cache_version_ = -1;
  std::unordered_map<std::string, Spaces> cache_;
};

/// The cursor's text, for http::set_next_page; kInvalid when a client made one up.
[[nodiscard]] std::string to_text(const Position& position);
[[nodiscard]] Result<Position> parse_position(std::string_view text);

}  // namespace berth::catalog
