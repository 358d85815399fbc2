#include "http/watched_sink.h"

namespace berth::http {

Result<void> WatchedSink::write(std::string_view bytes) {
  try {
    return inner_->write(bytes);
  } catch (...) {
    return fail(exchange_->failure(std::current_exception()));
  }
}

Response WatchedSink::finish() {
  try {
    if (auto refused = refusal_(*exchange_)) {
      inner_->abandon("its sender may not do this any more");
      return exchange_->complete(std::move(*refused));
    }
    return exchange_->complete(inner_->finish());
  } catch (...) {
    return refuse(exchange_->failure(std::current_exception()));
  }
}

void WatchedSink::abandon(std::string_view why) {
  try {
    inner_->abandon(why);
  } catch (...) {
    [[maybe_unused]] const auto logged = exchange_->failure(std::current_exception());
  }
  exchange_->abandon(why);
}

Response WatchedSink::refuse(const Error& error) {
  return exchange_->complete(exchange_->refuse(error));
}

}  // namespace berth::http
