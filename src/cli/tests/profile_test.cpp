#include "cli/profile.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "cli/server_url.h"

namespace berth::cli {
namespace {

/// A directory of its own for each test; nothing in it but what the test makes.
class Profiles : public ::testing::Test {
 protected:
  Profiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "berth-cli-XXXXXX").string();
    directory = mkdtemp(pattern.data());
    path = (directory / "config" / "berth" / "credentials.json").string();
  }
  ~Profiles() override { std::filesystem::remove_all(directory); }

  Profile load() { return Profile::load(path).value(); }
  static Account account(std::string url, std::string login) {
    return {.url = std::move(url),
            .login = std::move(login),
            .token = "berth_pat_secret",
            .token_id = 7,
            .expires_at = "2027-01-01T00:00:00.000Z",
            .ca_file = "/ca.crt"};
  }
  static unsigned mode_of(const std::filesystem::path& file) {
    struct stat state{};
    return stat(file.c_str(), &state) == 0 ? state.st_mode & 0777U : 0;
  }

  std::filesystem::path directory;
  std::string path;
};

TEST_F(Profiles, AreEmptyBeforeTheFirstLogin) {
  EXPECT_EQ(load().current(), nullptr);
  EXPECT_EQ(load().find("http://a"), nullptr);
}

TEST_F(Profiles, KeepSeveralServersAndTheLatestIsCurrent) {
  auto profile = load();
  profile.put(account("http://a:1", "alice"));
  profile.put(account("https://b", "bob"));
  ASSERT_TRUE(profile.save());
  const auto again = load();
  ASSERT_NE(again.current(), nullptr);
  EXPECT_EQ(again.current()->url, "https://b");
  const auto* first = again.find("http://a:1/");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->login, "alice");
  EXPECT_EQ(first->token, "berth_pat_secret");
  EXPECT_EQ(first->token_id, 7);
  EXPECT_EQ(first->ca_file, "/ca.crt");
  EXPECT_EQ(again.find("a:1"), first) << "by host alone";
  EXPECT_EQ(again.find("https://a:1"), nullptr) << "a token for http is not for https, nor the other way round";
}

TEST_F(Profiles, AreForTheirOwnerAlone) {
  auto profile = load();
  profile.put(account("http://a", "alice"));
  ASSERT_TRUE(profile.save());
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(std::filesystem::path(path).parent_path()), 0700U);
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  ASSERT_TRUE(profile.save());
  EXPECT_EQ(mode_of(path), 0600U) << "an old file's mode does not stay";
}

TEST_F(Profiles, ForgetAServer) {
  auto profile = load();
  profile.put(account("http://a", "alice"));
  profile.put(account("http://b", "bob"));
  profile.remove("http://b");
  ASSERT_TRUE(profile.save());
  EXPECT_EQ(load().find("http://b"), nullptr);
  ASSERT_NE(load().current(), nullptr);
  EXPECT_EQ(load().current()->url, "http://a");
}

TEST_F(Profiles, SayWhenTheFileIsDamaged) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << "{";
  const auto profile = Profile::load(path);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().status, kUsage);
}

TEST_F(Profiles, SayWhenTheFileCannotBeWritten) {
  std::ofstream(directory / "config") << "a file where a directory must be";
  auto profile = load();
  profile.put(account("http://a", "alice"));
  ASSERT_FALSE(profile.save());
}

struct UrlCase {
  std::string_view text, url;  // url empty: refused
};
class Urls : public ::testing::TestWithParam<UrlCase> {};
INSTANTIATE_TEST_SUITE_P(Each, Urls,
                         ::testing::Values(UrlCase{"http://127.0.0.1:5080", "http://127.0.0.1:5080"},
                                           UrlCase{"HTTPS://Registry.Example.com/", "https://registry.example.com"},
                                           UrlCase{"registry.example.com", "https://registry.example.com"},
                                           UrlCase{"https://a:443", "https://a"}, UrlCase{"http://a:80", "http://a"},
                                           UrlCase{"https://a:80", "https://a:80"},
                                           UrlCase{"http://[::1]:80", "http://[::1]"}, UrlCase{"", ""},
                                           UrlCase{"ftp://a", ""}, UrlCase{"https://a/path", ""},
                                           UrlCase{"https://user@a", ""}, UrlCase{"https://a?b", ""},
                                           UrlCase{"https://a b", ""}));
TEST_P(Urls, HaveOneSpelling) {
  EXPECT_EQ(normal_url(GetParam().text).value_or(""), GetParam().url) << GetParam().text;
}

TEST(ServerUrls, TellPlainHttpToAnotherMachine) {
  EXPECT_TRUE(readable_on_the_way("http://registry.example.com"));
  EXPECT_FALSE(readable_on_the_way("http://127.0.0.1:5080"));
  EXPECT_FALSE(readable_on_the_way("http://localhost"));
  EXPECT_FALSE(readable_on_the_way("http://[::1]:80"));
  EXPECT_FALSE(readable_on_the_way("https://registry.example.com"));
}

}  // namespace
}  // namespace berth::cli
