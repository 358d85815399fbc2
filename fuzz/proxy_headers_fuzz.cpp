#include "fuzz_support.h"
#include "net/proxy_headers.h"

using namespace berth;
using fuzz::require;

namespace {

const net::ProxyTrust& proxies() {
  static const auto trust = net::ProxyTrust::parse({"10.0.0.0/8", "fd00::/8"}).value();
  return trust;
}

void check_believed(const http::Request& request) {
  require(request.scheme == "http" || request.scheme == "https");
  require(request.host.find_first_of("\"<>/\\ \r\n") == std::string::npos);
  require(request.peer_address.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos);
}

}  // namespace

/// Lines: the peer, X-Forwarded-For, -Proto, -Host; the rest is a network as an operator writes it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  http::Request request;
  const bool through_proxy = parts.choose(2) == 0;
  const std::string peer = through_proxy ? "10.1.2.3" : "192.0.2.1";
  request.peer_address = peer;
  request.host = "registry.example";
  for (const auto* name : {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"})
    request.headers.add(name, std::string(parts.line()));
  proxies().apply(request);
  check_believed(request);
  require(request.headers.fields().empty());  // nobody behind can believe a forged one
  if (!through_proxy)
    require(request.peer_address == peer && request.host == "registry.example" && request.scheme == "http");
  const auto network = net::ProxyTrust::parse({std::string(parts.rest())});
  if (network) static_cast<void>(network->trusts(request.peer_address));
  return 0;
}
