#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "blob/blob_store.h"

/// One small object as the journal has it: a line of text, the bytes, a line feed.
///
///     sha256:<hex> <generation> <length>\n<bytes>\n
///
/// There is no checksum: the digest is one.
namespace berth::blob {

struct JournalRecord {
  ObjectName name;
  std::string_view bytes;
};

void write_record(std::string& out, const JournalRecord& record);

/// Takes the first record off `text`. nullopt, and `text` as it was, when there is no whole one whose bytes are those
/// of its digest: a journal ends where a crash has torn it.
[[nodiscard]] std::optional<JournalRecord> take_record(std::string_view& text);

}  // namespace berth::blob
