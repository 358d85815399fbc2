#include "net/head_parser.h"

#include "net/asio.h"
// After asio.h, which says how Asio is compiled.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <random>

#include "net/head_scanner.h"

namespace berth::net {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;
using Text = boost::beast::string_view;
using Fields = std::vector<std::pair<std::string, std::string>>;

/// Beast's parser, which every head went through once: the measure of what a head is.
class Reference final : public beast::basic_parser<true> {
 public:
  explicit Reference(std::string_view head) {
    header_limit(UINT32_MAX);
    body_limit(boost::none);
    error_code failed;
    const auto used = put(boost::asio::const_buffer(head.data(), head.size()), failed);
    taken = !failed && is_header_done() && used == head.size();
  }
  bool taken = false;
  std::string method;
  std::string target;
  int version = 0;
  Fields fields;

 private:
  void on_request_impl(beast::verb, Text its_method, Text its_target, int its_version, error_code&) override {
    method = {its_method.data(), its_method.size()};
    target = {its_target.data(), its_target.size()};
    version = its_version;
  }
  void on_field_impl(beast::field, Text name, Text value, error_code&) override {
    fields.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  void on_header_impl(error_code&) override {}
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}
};

Fields fields_of(const RawHead& head) {
  Fields fields;
  for (const auto& [name, value] : head.headers.fields()) fields.emplace_back(name, value);
  return fields;
}

// Beast checks the framing of a body as it reads; here that comes next, in understand().
void expect_the_same(std::string_view head) {
  auto ours = parse_head(head);
  const Reference theirs(head);
  if (ours && !theirs.taken) {
    EXPECT_FALSE(understand(std::move(*ours), 4096)) << "taken, but not by Beast:\n" << head;
    return;
  }
  ASSERT_EQ(ours.has_value(), theirs.taken) << head;
  if (!ours) return;
  EXPECT_EQ(ours->method, theirs.method);
  EXPECT_EQ(ours->target, theirs.target);
  EXPECT_EQ(ours->version, theirs.version);
  EXPECT_EQ(fields_of(*ours), theirs.fields) << head;
  EXPECT_TRUE(!ours->keep_alive || theirs.keep_alive()) << head;
}

const std::string kHeads[] = {
    "GET /v2/a/b/manifests/1.2 HTTP/1.1\r\nHost: x:80\r\nAuthorization: Bearer e.y.J\r\nAccept: a/b, */*;q=0.1\r\n\r\n",
    "POST /v2/a/b/blobs/uploads/?mount=sha256:0&from=c HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 12\r\n\r\n",
    "PATCH /u HTTP/1.1\r\nHost:x\r\nTransfer-Encoding: chunked\r\nConnection: close, Upgrade\r\n\r\n",
    "GET http://x/ HTTP/1.0\r\nConnection:\tkeep-alive ,, x \r\nX-Empty:\r\nX-Tab: a\tb\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nhost: x\r\nX-Obs: \xE9t\xC3\xA9 \r\n!#$%&'*+-.^_`|~: 0\r\n\r\n",
    "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "\r\n",
    "\r\n\r\n",
};

TEST(HeadParser, TakesWhatBeastTakes) {
  for (const auto& head : kHeads) expect_the_same(head);
}

// Bytes that mean something where they fall are tried more often.
TEST(HeadParser, TakesWhatBeastTakesOfDamagedHeads) {
  using namespace std::string_view_literals;
  constexpr auto kTelling = " \t:,;/\r\n\0\x7F\x80\"(aZ019.-HTTP"sv;
  constexpr Limits kLimits{.header_bytes = 4096, .header_fields = 20, .target_bytes = 1024};
  std::mt19937 random(20261128);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  int whole = 0;
  for (int round = 0; round < 30'000; ++round) {
    auto head = kHeads[below(std::size(kHeads))];
    for (auto changes = below(3) + 1; changes > 0; --changes) {
      const auto at = below(head.size());
      const auto byte = below(4) > 0 ? kTelling[below(kTelling.size())] : static_cast<char>(below(256));
      switch (below(3)) {
        case 0:
          head[at] = byte;
          break;
        case 1:
          head.insert(at, 1, byte);
          break;
        default:
          head.erase(at, head.size() > 1 ? 1 : 0);
      }
    }
    const auto length = HeadScanner(kLimits).scan(head);
    if (!length || *length == 0) continue;
    ++whole;
    expect_the_same(std::string_view(head).substr(0, *length));
    if (HasFailure()) return;
  }
  EXPECT_GT(whole, 10'000);
}

struct Persistence {
  std::string_view name;
  std::string_view version;
  std::string_view fields;
  bool keep_alive;
};

constexpr Persistence kPersistence[] = {
    {"stays", "1.1", "", true},
    {"close", "1.1", "Connection: close\r\n", false},
    {"close_in_a_list", "1.1", "Connection: x, Close\r\n", false},
    {"close_in_a_second_field", "1.1", "Connection: x\r\nConnection: close\r\n", false},
    {"close_as_part_of_a_name", "1.1", "Connection: closed\r\n", true},
    {"old_ends", "1.0", "", false},
    {"old_asks_to_stay", "1.0", "Connection: Keep-Alive\r\n", true},
    {"old_says_both", "1.0", "Connection: keep-alive, close\r\n", false},
};

TEST(HeadParser, TellsWhetherTheConnectionStays) {
  for (const auto& test : kPersistence) {
    const auto head = parse_head(fmt::format("GET / HTTP/{}\r\nHost: x\r\n{}\r\n", test.version, test.fields));
    ASSERT_TRUE(head) << test.name;
    EXPECT_EQ(head->keep_alive, test.keep_alive) << test.name;
  }
}

}  // namespace
}  // namespace berth::net
