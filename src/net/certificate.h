#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/settings.h"

namespace berth::net {

/// What a first start puts into a directory, so that TLS works without anybody's preparation:
///
///   ca.crt   the authority that clients are told to trust (EC P-256, valid for ten years)
///   tls.crt  the server's certificate and the authority's
///   tls.key  the server's key, readable by its owner alone
///
/// The authority's own key is thrown away: it can never sign anything else.
struct CertificateFiles {
  std::filesystem::path authority;
  TlsSettings tls;
};

/// Makes the files unless tls.crt is there. The certificate is for localhost, 127.0.0.1, ::1, this machine's name and
/// `names` (DNS names, with "*." perhaps, or addresses). kInvalid for a malformed name or a certificate without its
/// key; throws std::system_error when the directory cannot be written.
[[nodiscard]] Result<CertificateFiles> ensure_certificate(const std::filesystem::path& directory,
                                                          const std::vector<std::string>& names);

}  // namespace berth::net
