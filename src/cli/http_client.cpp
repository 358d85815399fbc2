#include "cli/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <stdexcept>

#include "base/encoding.h"

namespace berth::cli {
namespace {

constexpr std::size_t kMaxBody = 64U << 20;
constexpr long kConnectSeconds = 10;

struct Library {
  Library() { curl_global_init(CURL_GLOBAL_DEFAULT); }
  ~Library() { curl_global_cleanup(); }
};

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

const char* name_of(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
  }
  return "GET";
}

std::size_t take_body(const char* bytes, std::size_t, std::size_t count, void* target) {
  auto& body = static_cast<HttpReply*>(target)->body;
  if (body.size() + count > kMaxBody) return 0;  // curl ends the transfer
  body.append(bytes, count);
  return count;
}

std::size_t take_header(const char* bytes, std::size_t, std::size_t count, void* target) {
  const std::string_view line(bytes, count);
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  auto value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
  static_cast<HttpReply*>(target)->headers.emplace_back(to_lower(line.substr(0, colon)), std::string(value));
  return count;
}

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  if (curl_easy_setopt(curl, option, value) != CURLE_OK) throw std::runtime_error("libcurl lacks what this needs");
}

List to_list(const std::vector<std::string>& headers) {
  List list;
  for (const auto& header : headers) {
    auto* grown = curl_slist_append(list.get(), header.c_str());
    if (!grown) throw std::bad_alloc();
    if (!list) list.reset(grown);  // later ones hang on the first
  }
  return list;
}

std::string reason_of(CURLcode code, const char* words, int seconds) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return fmt::format("its certificate is not trusted ({}); --ca-file names the authority to trust", words);
    case CURLE_OPERATION_TIMEDOUT:
      return fmt::format("no answer in time ({}); --timeout gives it more than {} s", words, seconds);
    case CURLE_WRITE_ERROR:
      return "its answer is too large";
    default:
      return *words ? words : curl_easy_strerror(code);
  }
}

}  // namespace

struct HttpClient::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

std::string_view HttpReply::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_name) return value;
  return {};
}

HttpClient::HttpClient(Settings settings) : settings_(std::move(settings)) {
  static const Library library;
  handle_ = std::make_unique<Handle>();
  if (!handle_->curl) throw std::runtime_error("libcurl does not start");
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

Outcome<HttpReply> HttpClient::send(const HttpRequest& request) {
  auto* curl = handle_->curl;
  curl_easy_reset(curl);  // keeps the connection
  HttpReply reply;
  char words[CURL_ERROR_SIZE] = "";
  auto headers = request.headers;
  headers.emplace_back("Accept: application/json");
  headers.emplace_back("Expect:");
  if (request.body) headers.emplace_back("Content-Type: application/json");
  const auto list = to_list(headers);
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_CUSTOMREQUEST, name_of(request.method));
  set(curl, CURLOPT_HTTPHEADER, list.get());
  set(curl, CURLOPT_USERAGENT, settings_.user_agent.c_str());
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(curl, CURLOPT_TIMEOUT, static_cast<long>(settings_.timeout_seconds));
  set(curl, CURLOPT_ERRORBUFFER, static_cast<char*>(words));
  set(curl, CURLOPT_WRITEFUNCTION, take_body);
  set(curl, CURLOPT_WRITEDATA, &reply);
  set(curl, CURLOPT_HEADERFUNCTION, take_header);
  set(curl, CURLOPT_HEADERDATA, &reply);
  if (!settings_.ca_file.empty()) set(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (request.body) {
    set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    set(curl, CURLOPT_POSTFIELDS, request.body->c_str());
  }
  const auto code = curl_easy_perform(curl);
  if (code != CURLE_OK) return fail(kUnreachable, reason_of(code, words, settings_.timeout_seconds));
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  return reply;
}

}  // namespace berth::cli
