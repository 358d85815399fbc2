#include "http/conditional.h"

namespace berth::http {
namespace {

std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

std::optional<std::uint64_t> length_of(const Piece& piece) {
  if (const auto* text = std::get_if<std::string>(&piece)) return text->size();
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&piece)) return (*shared)->size();
  if (const auto* range = std::get_if<FileRange>(&piece)) return range->length;
  return std::nullopt;
}

}  // namespace

bool any_match(std::string_view if_none_match, std::string_view etag) {
  if (if_none_match == "*") return true;
  // A tag may contain commas, so the list is cut at quotes: W/"a,b", "c"
  while (!if_none_match.empty()) {
    const auto open = if_none_match.find('"');
    if (open == std::string_view::npos) return false;
    const auto close = if_none_match.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    if (if_none_match.substr(open, close - open + 1) == opaque(etag)) return true;
    if_none_match.remove_prefix(close + 1);
  }
  return false;
}

void apply_if_none_match(Response& response, Method method, std::string_view if_none_match) {
  if (method != Method::kGet && method != Method::kHead) return;
  if (response.status != 200 && response.status != 206) return;
  const auto etag = response.headers.find("ETag");
  if (!etag || if_none_match.empty() || !any_match(if_none_match, *etag)) return;
  response.status = 304;
  response.body.clear();
  response.content_length.reset();
  for (const auto name : {"Content-Type", "Content-Length", "Content-Range", "Content-Encoding", "Accept-Ranges"})
    response.headers.remove(name);
}

void drop_body(Response& response) {
  if (!response.content_length && !response.body.empty()) {
    std::optional<std::uint64_t> total = 0;
    for (const auto& piece : response.body) {
      const auto length = length_of(piece);
      total = total && length ? std::optional(*total + *length) : std::nullopt;
    }
    response.content_length = total;
  }
  response.body.clear();
}

}  // namespace berth::http
