#pragma once

#include <string>
#include <vector>

#include "http/guard.h"
#include "http/route.h"
#include "identity/credentials.h"
#include "identity/refresh_tokens.h"
#include "identity/registry_tokens.h"

namespace berth::identity {

/// /service/token: registry tokens for whoever asks, anonymous included (distribution token and OAuth2 specifications).
///
/// A token's scope is what was asked and what the access rule allows now; a smaller or empty one is an answer, not an
/// error. Wrong credentials are 401. Thread-safe.
class TokenService {
 public:
  struct Dependencies {
    Credentials& credentials;
    RegistryTokens& registry_tokens;
    RefreshTokens& refresh_tokens;
    http::RepositoryLookup repositories;
    std::string public_url;
  };
  /// What it refers to outlives it.
  explicit TokenService(Dependencies dependencies) : with_(std::move(dependencies)) {}

  /// GET ?service=&scope=&scope=&account=&client_id=&offline_token=true, credentials by Basic or none.
  [[nodiscard]] http::Response get(http::Call& call);
  /// POST, a form: grant_type=password|refresh_token, service, client_id, scope, access_type=offline.
  [[nodiscard]] http::Response post(http::Call& call);

 private:
  struct Wanted {
    std::vector<std::string_view> scopes;
    std::string_view service;
    bool refresh_token = false;
  };
  [[nodiscard]] Result<http::Response> answer(const http::Call& call, const access::Subject& subject,
                                              const Wanted& wanted);
  [[nodiscard]] access::Scope allowed(const http::Call& call, const access::Subject& subject,
                                      access::Scope asked) const;
  [[nodiscard]] Result<access::Subject> by_form(const http::Call& call, const http::Query& form);
  [[nodiscard]] Result<access::Subject> by_refresh_token(const http::Call& call, std::string_view token);

  Dependencies with_;
};

}  // namespace berth::identity
