#include "net/request_id.h"

#include "base/keyed_hash.h"

namespace berth::net {
namespace {

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01; a later version may go on after another '-'.
std::optional<std::string_view> trace_id_of(std::string_view traceparent) {
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-')
    return std::nullopt;
  const auto version = traceparent.substr(0, 2);
  const auto trace = traceparent.substr(3, 32);
  const auto parent = traceparent.substr(36, 16);
  if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(traceparent.substr(53, 2))) return std::nullopt;
  if (traceparent.size() > 55 && (version == "00" || traceparent[55] != '-')) return std::nullopt;
  if (!is_lower_hex(trace) || !is_lower_hex(parent)) return std::nullopt;
  constexpr auto kZero = '0';
  if (trace.find_first_not_of(kZero) == std::string_view::npos) return std::nullopt;
  if (parent.find_first_not_of(kZero) == std::string_view::npos) return std::nullopt;
  return trace;
}

// Unique, not secret: a count under a random key of the thread's own.
std::string fresh_id() {
  thread_local const KeyedHash hash;
  thread_local std::uint64_t count = 0;
  ++count;
  const auto value = hash({reinterpret_cast<const char*>(&count), sizeof count});
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(32, '0');
  for (std::size_t i = 0; i < 16; ++i) {
    id[i] = kDigits[value.low >> (4 * i) & 15];
    id[16 + i] = kDigits[value.high >> (4 * i) & 15];
  }
  return id;
}

}  // namespace

std::string request_id_for(const http::Headers& headers) {
  if (const auto given = headers.find("traceparent"))
    if (const auto trace = trace_id_of(*given)) return std::string(*trace);
  return fresh_id();
}

}  // namespace berth::net
