#include "db/tests/support/postgres_server.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "db/database.h"
#include "db/tests/support/throwaway_cluster.h"

namespace berth::db::testing {
namespace {

// postgresql://authority/NAME?parameters
struct Uri {
  std::string before, name, after;
  [[nodiscard]] std::string with(std::string_view other) const { return fmt::format("{}/{}{}", before, other, after); }
};

Uri split(const std::string& uri) {
  const auto question = std::min(uri.find('?'), uri.size());
  const auto authority = uri.find("://");
  if (authority == std::string::npos) throw std::runtime_error("BERTH_TEST_POSTGRES is not a postgresql:// URI");
  const auto slash = std::min(uri.find('/', authority + 3), question);
  const auto name = slash < question ? uri.substr(slash + 1, question - slash - 1) : "postgres";
  return {uri.substr(0, slash), name, uri.substr(question)};
}

class Server final : public PostgresServer {
 public:
  Server() {
    const char* given = std::getenv("BERTH_TEST_POSTGRES");
    if (given == nullptr) cluster_.emplace();
    uri_ = given != nullptr ? given : cluster_->uri();
    prefix_ = fmt::format("berth_test_{}_", ::getpid());
    execute("CREATE DATABASE {}", template_name());
    // Opening it is what applies the schema; a template must have no connection while it is copied.
    (void)db::open({.url = split(uri_).with(template_name()), .connections = 1});
  }
  ~Server() override {
    if (!cluster_) execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", template_name());
  }

  std::string create_database(bool migrated) override {
    const auto name = prefix_ + std::to_string(++count_);
    execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, migrated ? template_name() : "template0");
    return split(uri_).with(name);
  }
  void drop_database(const std::string& uri) override {
    execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", split(uri).name);
  }

 private:
  [[nodiscard]] std::string template_name() const { return prefix_ + "template"; }

  template <class... Args>
  void execute(fmt::format_string<Args...> sql, Args&&... args) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(uri_.c_str()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), fmt::format(sql, std::forward<Args>(args)...).c_str()), &PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
      throw std::runtime_error(std::string("the test server: ") + PQerrorMessage(connection.get()));
  }

  std::optional<ThrowawayCluster> cluster_;
  std::string uri_;
  std::string prefix_;
  std::atomic<int> count_ = 0;
};

}  // namespace

PostgresServer& PostgresServer::instance() {
  static Server server;
  return server;
}

}  // namespace berth::db::testing
