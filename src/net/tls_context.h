#pragma once

#include <memory>
#include <mutex>

#include "base/error.h"
#include "net/settings.h"
#include "net/stream.h"

struct ssl_ctx_st;

namespace berth::net {

/// One certificate with its key, and what we speak with it: TLS 1.2 or later, ALPN http/1.1. Immutable; any thread.
class TlsContext {
 public:
  /// kInvalid, in words for an operator, when a file is missing or malformed, or the key is another certificate's.
  static Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A server-side stream on a connected non-blocking socket. Keeps what it needs of the context alive.
  [[nodiscard]] std::unique_ptr<Stream> make_stream(int socket) const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

/// The context that the next connection takes; replaced when certificates are reloaded. Any thread.
class CurrentTls {
 public:
  CurrentTls(TlsSettings settings, std::shared_ptr<const TlsContext> context)
      : settings_(std::move(settings)),
        context_(std::move(context)) {}

  [[nodiscard]] std::shared_ptr<const TlsContext> get() const {
    const std::lock_guard lock(mutex_);
    return context_;
  }
  /// Reads the files again; on an error the old certificate stays.
  Result<void> reload();

 private:
  const TlsSettings settings_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> context_;
};

}  // namespace berth::net
