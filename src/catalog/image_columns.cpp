#include "catalog/image_columns.h"

namespace berth::catalog {

std::span<const std::int64_t> ImageColumns::values(Sort sort) const {
  switch (sort) {
    case Sort::kUpdated:
      return updated_;
    case Sort::kPulls:
      return pulls_;
    case Sort::kSize:
      return sizes_;
    case Sort::kName:
      break;
  }
  return {};
}

ImageRow ImageColumns::row(std::size_t at, SpaceId space) const {
  return {.id = RepositoryId(ids_[at]),
          .space = space,
          .name = std::string(name(at)),
          .updated_at = from_millis(updated_[at]),
          .pulls = pulls_[at],
          .size = sizes_[at],
          .tags = tags_[at]};
}

void ImageColumns::reserve(std::size_t rows) {
  starts_.reserve(rows + 1);
  letters_.reserve(rows);
  for (auto& column : pairs_) column.reserve(rows);
  spaces_.reserve(rows);
  for (auto* column : {&ids_, &updated_, &pulls_, &sizes_, &tags_}) column->reserve(rows);
  blocks_.reserve(rows / kBlock + 1);
}

void ImageColumns::append_name(std::string_view name, std::uint64_t letters, std::uint32_t space) {
  const auto at = static_cast<std::uint32_t>(size());
  if (starts_.empty()) starts_.push_back(0);
  names_ += name;
  starts_.push_back(static_cast<std::uint32_t>(names_.size()));
  if (at % kBlock == 0) blocks_.emplace_back();
  blocks_.back().add(name, letters);
  letters_.push_back(letters);
  spaces_.push_back(space);
  if (space >= ranges_.size()) ranges_.resize(space + 1);
  ranges_[space].first = std::min(ranges_[space].first, at);
  ranges_[space].last = at;
}

void ImageColumns::append(const ImageRow& row, std::uint32_t space) {
  append_name(row.name, letters_of(row.name), space);
  const auto pairs = pairs_of(row.name);
  for (std::size_t word = 0; word < kPairWords; ++word) pairs_[word].push_back(pairs[word]);
  ids_.push_back(row.id.value());
  updated_.push_back(to_millis(row.updated_at));
  pulls_.push_back(row.pulls);
  sizes_.push_back(row.size);
  tags_.push_back(row.tags);
}

void ImageColumns::append_from(const ImageColumns& other, std::size_t at) {
  append_name(other.name(at), other.letters_[at], other.spaces_[at]);
  for (std::size_t word = 0; word < kPairWords; ++word) pairs_[word].push_back(other.pairs_[word][at]);
  ids_.push_back(other.ids_[at]);
  updated_.push_back(other.updated_[at]);
  pulls_.push_back(other.pulls_[at]);
  sizes_.push_back(other.sizes_[at]);
  tags_.push_back(other.tags_[at]);
}

void ImageColumns::set_values(std::size_t at, const ImageRow& row) {
  updated_[at] = to_millis(row.updated_at);
  pulls_[at] = row.pulls;
  sizes_[at] = row.size;
  tags_[at] = row.tags;
}

}  // namespace berth::catalog
