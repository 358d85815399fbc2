#include "net/tests/tls_client.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"

namespace berth::net {

TlsClient::TlsClient(std::uint16_t port, const Options& options)
    : RawClient(port),
      context_(SSL_CTX_new(TLS_client_method())),
      ssl_(nullptr) {
  SSL_CTX_load_verify_locations(context_, options.authority.c_str(), nullptr);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_options(context_, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (options.highest_version != 0) {
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_max_proto_version(context_, options.highest_version);
  }
  ssl_ = SSL_new(context_);
  SSL_set1_host(ssl_, "localhost");
  if (!options.protocol.empty()) {
    const auto offer = static_cast<char>(options.protocol.size()) + options.protocol;
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(offer.data()),
                        static_cast<unsigned>(offer.size()));
  }
  SSL_set_fd(ssl_, socket());
  connected_ = SSL_connect(ssl_) == 1;
}

TlsClient::~TlsClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

std::string TlsClient::chosen_protocol() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_, &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

std::string TlsClient::serial() const {
  const auto* number = X509_get0_serialNumber(SSL_get0_peer_certificate(ssl_));
  return to_hex({reinterpret_cast<const char*>(number->data), static_cast<std::size_t>(number->length)});
}

long TlsClient::write_some(std::string_view bytes) {
  return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
}
long TlsClient::read_some(char* into, std::size_t size) {
  return SSL_read(ssl_, into, static_cast<int>(size));
}

}  // namespace berth::net
