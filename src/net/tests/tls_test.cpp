#include <openssl/ssl.h>
#include <sys/stat.h>

#include <fstream>

#include "net/certificate.h"
#include "net/tests/server_fixture.h"
#include "net/tests/tls_client.h"

namespace berth::net {
namespace {

class Tls : public ServerTest {
 protected:
  void SetUp() override {
    settings.listeners[0].tls = files.tls;
    options.authority = files.authority;
  }
  static CertificateFiles make(const std::filesystem::path& into) {
    return ensure_certificate(into, {"hub.example"}).value();
  }
  // As an administrator renews a certificate: other content under the same names.
  void replace(const CertificateFiles& by) const {
    const auto how = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(by.authority, files.authority, how);
    std::filesystem::copy_file(by.tls.cert_file, files.tls.cert_file, how);
    std::filesystem::copy_file(by.tls.key_file, files.tls.key_file, how);
  }

  TemporaryDirectory directory;
  CertificateFiles files = make(directory.path() / "tls");
  TlsClient::Options options;
};

TEST_F(Tls, RoundTrips) {
  start();
  TlsClient client(port(), options);
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.chosen_protocol(), "http/1.1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask(get("/hello")).value_or(RawResponse()).body, "hello");
  EXPECT_EQ(core.last().scheme, "https");
}

TEST_F(Tls, SendsFilesAndManyPieces) {
  const auto bytes = pattern(5'000'001);
  const auto file = directory.file("blob", bytes);
  core.answers("/file", [&] {
    auto response = http::Response::of(200);
    response.body.emplace_back(std::string("before "));
    response.body.emplace_back(FileRange{file, 1, 5'000'000});
    response.body.emplace_back(pattern(100'000));
    return response;
  });
  start();
  TlsClient client(port(), options);
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(client.ask(get("/file")).value_or(RawResponse()).body ==
                "before " + bytes.substr(1) + pattern(100'000));
}

TEST_F(Tls, TakesBodies) {
  SinkRecord record;
  core.on("/upload", [&](http::Request&) { return streamed_into(std::make_unique<RecordingSink>(record)); });
  start();
  TlsClient client(port(), options);
  const auto body = pattern(3'000'000);
  client.send(fmt::format("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.size()));
  client.send(body);
  EXPECT_EQ(client.receive().value_or(RawResponse()).status, 201);
  EXPECT_TRUE(record.bytes() == body);
}

TEST_F(Tls, RefusesEarlyAndReadably) {
  start();
  TlsClient client(port(), options);
  const std::string body(5U << 20, 'x');
  client.send(fmt::format("PUT /denied HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.size()));
  EXPECT_TRUE(client.send(body));
  EXPECT_EQ(client.receive().value_or(RawResponse()).status, 401);
}

TEST_F(Tls, PipelinedRequestsInOneRecordAreAllServed) {
  start();
  TlsClient client(port(), options);
  std::string all;
  for (int i = 0; i < 100; ++i) all += get("/hello");
  client.send(all);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.receive()) << i;
}

TEST_F(Tls, OldVersionsAreRefused) {
  start();
  options.highest_version = TLS1_1_VERSION;
  EXPECT_FALSE(TlsClient(port(), options).connected());
  options.highest_version = TLS1_2_VERSION;
  EXPECT_TRUE(TlsClient(port(), options).connected());
}

TEST_F(Tls, OtherProtocolsAreRefused) {
  start();
  options.protocol = "h2";
  EXPECT_FALSE(TlsClient(port(), options).connected());
  options.protocol = "";
  EXPECT_TRUE(TlsClient(port(), options).connected());
}

TEST_F(Tls, ASilentHandshakeIsClosed) {
  settings.limits.header_time = Duration(50);
  start();
  RawClient client(port());
  EXPECT_TRUE(client.closed());
}

TEST_F(Tls, PlainTextIsNoHandshakeAndIsToldSo) {
  start();
  RawClient client(port());
  const auto response = client.ask(get("/hello"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 400);
  EXPECT_EQ(response->header("content-type"), "text/plain; charset=utf-8");
  EXPECT_THAT(response->body, testing::HasSubstr("https://"));
  client.end_sending();
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(core.begun(), 0);
}

TEST_F(Tls, BytesThatAreNeitherAreClosedWithoutAWord) {
  start();
  RawClient client(port());
  client.send(std::string("\x01\x02\x03\x04\x05\x06\x07\x08\x09", 9));
  client.end_sending();
  EXPECT_THAT(client.rest(), testing::Not(testing::HasSubstr("HTTP")));
}

TEST_F(Tls, AReloadedCertificateIsForTheNextConnection) {
  start();
  TlsClient before(port(), options);
  ASSERT_TRUE(before.ask(get("/hello")));
  replace(make(directory.path() / "renewed"));
  ASSERT_TRUE(server->reload_certificates());
  TlsClient after(port(), options);
  ASSERT_TRUE(after.ask(get("/hello")));
  EXPECT_NE(before.serial(), after.serial());
  EXPECT_TRUE(before.ask(get("/hello"))) << "the connection before goes on";
}

TEST_F(Tls, AKeyOfAnotherCertificateIsRefusedAndTheOldStays) {
  start();
  const auto other = make(directory.path() / "other");
  std::filesystem::copy_file(other.tls.key_file, files.tls.key_file, std::filesystem::copy_options::overwrite_existing);
  const auto reloaded = server->reload_certificates();
  ASSERT_FALSE(reloaded);
  EXPECT_THAT(reloaded.error().message, testing::HasSubstr(files.tls.key_file));
  EXPECT_TRUE(TlsClient(port(), options).connected());
  prometheus::Registry registry_of_another;
  EXPECT_EQ(Server::open(settings, core, api, fs, logins, registry_of_another).error().fault, Fault::kInvalid);
}

TEST_F(Tls, AMissingCertificateIsAnError) {
  settings.listeners[0].tls->cert_file = directory.path() / "none.crt";
  const auto opened = Server::open(settings, core, api, fs, logins, registry);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("none.crt"));
}

class CertificateTest : public testing::Test {
 protected:
  TemporaryDirectory directory;
};

TEST_F(CertificateTest, TheKeyIsItsOwnersAlone) {
  const auto files = ensure_certificate(directory.path() / "new", {}).value();
  struct stat status{};
  ASSERT_EQ(::stat(files.tls.key_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
}

TEST_F(CertificateTest, AnExistingOneStays) {
  const auto read = [](const std::string& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto files = ensure_certificate(directory.path(), {}).value();
  const auto before = read(files.tls.cert_file);
  EXPECT_THAT(before, testing::HasSubstr("BEGIN CERTIFICATE"));
  ASSERT_TRUE(ensure_certificate(directory.path(), {"another.example"}));
  EXPECT_EQ(read(files.tls.cert_file), before);
}

TEST_F(CertificateTest, OneWithoutItsKeyIsAnError) {
  const auto files = ensure_certificate(directory.path(), {}).value();
  std::filesystem::remove(files.tls.key_file);
  EXPECT_EQ(ensure_certificate(directory.path(), {}).error().fault, Fault::kInvalid);
}

TEST_F(CertificateTest, NamesThatAreNoneAreRefused) {
  for (const auto* name : {"", "a,DNS:evil.example", "a b", "*", "a/b", "-a", "*.*.a"})
    EXPECT_FALSE(ensure_certificate(directory.path(), {name})) << name;
  for (const auto* name : {"hub.example", "*.example", "192.0.2.1", "2001:db8::1"}) {
    EXPECT_TRUE(ensure_certificate(directory.path() / name, {name})) << name;
  }
}

}  // namespace
}  // namespace berth::net
