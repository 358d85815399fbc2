#include "app/config.h"

#include <fstream>
#include <sstream>

namespace berth::app {
namespace {

TEST(Config, DefaultsAreSound) {
  const auto config = load_config({});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen, "127.0.0.1:5080");
  EXPECT_EQ(config->token_lifetime, std::chrono::minutes(5));
  EXPECT_EQ(config->database_url(), "file:./berth-data/berth.db");
}

TEST(Config, LaterAssignmentsWin) {
  const auto config = load_config({{"listen", "127.0.0.1:1", "file"}, {"listen", "127.0.0.1:2", "--listen"}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen, "127.0.0.1:2");
}

TEST(Config, TellsEveryErrorAtOnce) {
  const auto config = load_config({{"lisen", "x", "--lisen"},
                                   {"io-threads", "many", "BERTH_IO_THREADS"},
                                   {"token-lifetime", "1s", "--token-lifetime"},
                                   {"log-level", "loud", "--log-level"},
                                   {"drain-timeout", "ten", "--drain-timeout"}});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().subjects.size(), 5U);
}

TEST(Config, ReadsTheCommandLineInBothForms) {
  const auto given = read_arguments({"--listen", "a:1", "--data-dir=/x=y"});
  ASSERT_TRUE(given);
  ASSERT_EQ(given->size(), 2U);
  EXPECT_EQ((*given)[0].value, "a:1");
  EXPECT_EQ((*given)[1].value, "/x=y");
  EXPECT_FALSE(read_arguments({"--listen"}));
  EXPECT_FALSE(read_arguments({"listen"}));
}

TEST(Config, ReadsTheEnvironmentAndRefusesUnknownVariables) {
  const std::array environment = {"PATH=/bin", "BERTH_TLS_LISTEN=127.0.0.1:3", "BERTH_TYPO=1", "BERTH_TOKEN=x",
                                  static_cast<const char*>(nullptr)};
  const auto given = read_environment(environment.data());
  ASSERT_EQ(given.size(), 2U);
  EXPECT_EQ(given[0].key, "tls-listen");
  EXPECT_FALSE(load_config(given));
}

TEST(Config, ItsReferencePageIsUpToDate) {
  std::ifstream file(BERTH_SOURCE_DIR "/docs/configuration.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), config_reference()) << "write it with: berth config reference > docs/configuration.md";
}

}  // namespace
}  // namespace berth::app
