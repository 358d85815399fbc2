#include "blob/journal_record.h"

#include <charconv>

#include "base/sha.h"

namespace berth::blob {
namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The word before `separator`, taken off `text` together with it.
std::optional<std::string_view> take_word(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const auto word = text.substr(0, at);
  text.remove_prefix(at + 1);
  return word;
}

bool has_digest(std::string_view bytes, const Digest& digest) {
  Hasher hasher(digest.algorithm());
  hasher.update(bytes);
  return hasher.finish() == digest;
}

}  // namespace

void write_record(std::string& out, const JournalRecord& record) {
  out += fmt::format("{} {} {}\n", record.name.digest.text(), record.name.generation, record.bytes.size());
  out += record.bytes;
  out += '\n';
}

std::optional<JournalRecord> take_record(std::string_view& text) {
  auto rest = text;
  auto line = take_word(rest, '\n');
  if (!line) return std::nullopt;
  const auto digest_text = take_word(*line, ' ');
  const auto generation_text = take_word(*line, ' ');
  if (!digest_text || !generation_text) return std::nullopt;
  auto digest = Digest::parse(*digest_text);
  const auto generation = number_of<std::int64_t>(*generation_text);
  const auto length = number_of<std::size_t>(*line);
  if (!digest || !generation || !length || rest.size() <= *length || rest[*length] != '\n') return std::nullopt;
  const auto bytes = rest.substr(0, *length);
  if (!has_digest(bytes, *digest)) return std::nullopt;
  text = rest.substr(*length + 1);
  return JournalRecord{{std::move(*digest), *generation}, bytes};
}

}  // namespace berth::blob
