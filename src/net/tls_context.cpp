#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/tls_stream.h"

namespace berth::net {
namespace {

constexpr unsigned char kProtocols[] = "\x08http/1.1";

// RFC 7301, 3.2: a client that asks only for what we do not speak is told so.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kProtocols, sizeof kProtocols - 1, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // IGNORE_UNEXPECTED_EOF: HTTP frames its messages, so a missing close_notify hides nothing (RFC 9112, 9.8).
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_ENABLE_KTLS | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // RELEASE_BUFFERS: an idle connection gives its 32 KiB of record buffers back.
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // A record's head and its body come by one recv instead of two.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  static constexpr unsigned char kSessions[] = "berth";
  SSL_CTX_set_session_id_context(context, kSessions, sizeof kSessions - 1);
}

std::unexpected<Error> bad_file(std::string_view what, const std::string& path) {
  const auto code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  auto failure = fail(Fault::kInvalid,
                      fmt::format("cannot use {} as {}: {}", path, what, reason == nullptr ? "unreadable" : reason));
  ERR_clear_error();
  return failure;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings) {
  ERR_clear_error();
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) throw std::bad_alloc();
  std::shared_ptr<const TlsContext> context(new TlsContext(raw));
  configure(raw);
  if (SSL_CTX_use_certificate_chain_file(raw, settings.cert_file.c_str()) != 1)
    return bad_file("the TLS certificate", settings.cert_file);
  // This checks the key against the certificate too, and says "key values mismatch".
  if (SSL_CTX_use_PrivateKey_file(raw, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return bad_file(fmt::format("the key of the TLS certificate {}", settings.cert_file), settings.key_file);
  if (SSL_CTX_check_private_key(raw) != 1)
    return bad_file(fmt::format("the key of the TLS certificate {}", settings.cert_file), settings.key_file);
  return context;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

std::unique_ptr<Stream> TlsContext::make_stream(int socket) const {
  return std::make_unique<TlsStream>(context_, socket);
}

Result<void> CurrentTls::reload() {
  auto fresh = TlsContext::load(settings_);
  if (!fresh) return std::unexpected(fresh.error());
  const std::lock_guard lock(mutex_);
  context_ = std::move(*fresh);
  return {};
}

}  // namespace berth::net
