#pragma once

#include <memory>
#include <string>

#include "net/tests/raw_client.h"

struct ssl_st;
struct ssl_ctx_st;

namespace berth::net {

/// A RawClient inside TLS, which trusts one authority and checks the name "localhost".
class TlsClient : public RawClient {
 public:
  struct Options {
    std::string authority;              // PEM file
    std::string protocol = "http/1.1";  // ALPN; "" offers none
    int highest_version = 0;            // TLS1_1_VERSION ...; 0: any
  };
  TlsClient(std::uint16_t port, const Options& options);
  ~TlsClient() override;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::string chosen_protocol() const;
  /// Of the server's certificate.
  [[nodiscard]] std::string serial() const;

 protected:
  long write_some(std::string_view bytes) override;
  long read_some(char* into, std::size_t size) override;

 private:
  ssl_ctx_st* context_;
  ssl_st* ssl_;
  bool connected_ = false;
};

}  // namespace berth::net
