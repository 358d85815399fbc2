#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/limits.h"

namespace berth::net {

/// PEM files: the certificate chain (leaf first) and its key.
struct TlsSettings {
  std::string cert_file;
  std::string key_file;
};

struct ListenerSettings {
  std::string address = "0.0.0.0";  // an IP address; "::" takes IPv4 as well
  std::uint16_t port = 0;           // 0: the system picks one, see Server::ports()
  std::optional<TlsSettings> tls;
};

struct Settings {
  std::vector<ListenerSettings> listeners;
  std::size_t threads = 0;  // io threads; 0: one per core
  Limits limits;
  std::vector<std::string> trusted_proxies;  // CIDRs ("10.0.0.0/8") whose X-Forwarded-* is believed
};

}  // namespace berth::net
