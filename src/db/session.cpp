#include "db/session.h"

#include <soci/soci.h>

#include "db/sql_text.h"

namespace berth::db {
namespace {

constexpr std::size_t kPreparedLimit = 256;

struct Value {
  soci::indicator state = soci::i_null;
  long long number = 0;
  std::string text;
};

void bind(soci::statement& statement, const Param& param, Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&param)) {
    value.state = soci::i_ok;
    value.number = *number;
    statement.exchange(soci::use(std::as_const(value.number), value.state));
    return;
  }
  if (const auto* text = std::get_if<std::string_view>(&param)) {
    // PostgreSQL has no such text, and SOCI would cut it there without a word.
    if (text->find('\0') != std::string_view::npos) throw Failure("text with a NUL byte", false);
    value.state = soci::i_ok;
    value.text = *text;
  }
  statement.exchange(soci::use(std::as_const(value.text), value.state));
}

void define(soci::statement& statement, const Column& column, Value& value) {
  const bool number =
      std::holds_alternative<std::int64_t*>(column) || std::holds_alternative<std::optional<std::int64_t>*>(column);
  if (number)
    statement.exchange(soci::into(value.number, value.state));
  else
    statement.exchange(soci::into(value.text, value.state));
}

struct Deliver {
  Value& value;
  [[nodiscard]] bool null() const { return value.state == soci::i_null; }
  void must_have() const {
    if (null()) throw Failure("NULL in a column that is read as never NULL", false);
  }
  void operator()(std::int64_t* into) const {
    must_have();
    *into = value.number;
  }
  void operator()(std::string* into) const {
    must_have();
    *into = std::move(value.text);
  }
  void operator()(std::optional<std::int64_t>* into) const {
    *into = null() ? std::nullopt : std::optional<std::int64_t>(value.number);
  }
  void operator()(std::optional<std::string>* into) const {
    *into = null() ? std::nullopt : std::optional<std::string>(std::move(value.text));
  }
};

}  // namespace

struct Session::Prepared {
  Prepared(soci::session& connection, std::string_view sql)
      : text(sql),
        parameters(count_parameters(sql)),
        statement(connection) {
    statement.alloc();
    statement.prepare(text);
  }
  std::string text;
  std::size_t parameters;
  soci::statement statement;
  bool running = false;
};

// One run of a prepared statement: binds on construction, lets everything go at the end.
class Session::Execution {
 public:
  Execution(Session& session, Prepared& prepared, std::span<const Param> params, std::span<const Column> columns)
      : session_(session),
        prepared_(prepared),
        columns_(columns),
        in_(params.size()),
        out_(columns.size()) {
    if (prepared.parameters != params.size())
      throw std::logic_error(fmt::format("{} parameters for: {}", params.size(), prepared.text));
    if (prepared.running) throw std::logic_error(fmt::format("on_row runs its own statement again: {}", prepared.text));
    prepared.running = true;
    try {
      for (std::size_t i = 0; i < columns.size(); ++i) define(prepared.statement, columns[i], out_[i]);
      for (std::size_t i = 0; i < params.size(); ++i) bind(prepared.statement, params[i], in_[i]);
      prepared.statement.define_and_bind();
    } catch (...) {
      finish();
      throw;
    }
  }
  ~Execution() { finish(); }
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  std::int64_t run(const std::function<void()>& on_row) {
    bool row = prepared_.statement.execute(true);
    if (columns_.empty()) return prepared_.statement.get_affected_rows();
    std::int64_t rows = 0;
    for (; row; row = prepared_.statement.fetch()) {
      for (std::size_t i = 0; i < columns_.size(); ++i) std::visit(Deliver{out_[i]}, columns_[i]);
      on_row();
      ++rows;
    }
    return rows;
  }

 private:
  void finish() {
    session_.release(prepared_.statement);
    prepared_.statement.bind_clean_up();
    prepared_.running = false;
  }

  Session& session_;
  Prepared& prepared_;
  std::span<const Column> columns_;
  std::vector<Value> in_;
  std::vector<Value> out_;
};

Session::Session(std::unique_ptr<soci::session> connection) : connection_(std::move(connection)) {}
Session::~Session() {
  forget_statements();
}

std::int64_t Session::run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                          const std::function<void()>& on_row) {
  try {
    return Execution(*this, prepare(sql), params, columns).run(on_row);
  } catch (const soci::soci_error& error) {
    raise(error, sql);
    throw;  // never reached, but g++ does not believe [[noreturn]] of a virtual function
  }
}

void Session::roll_back() noexcept {
  try {
    command("ROLLBACK");
  } catch (const std::exception&) {
    mark_broken();
  }
}

Session::Prepared& Session::prepare(std::string_view sql) {
  if (const auto known = by_text_.find(sql); known != by_text_.end()) {
    prepared_.splice(prepared_.begin(), prepared_, known->second);
    return prepared_.front();
  }
  if (prepared_.size() >= kPreparedLimit && !prepared_.back().running) {
    by_text_.erase(prepared_.back().text);
    prepared_.pop_back();
  }
  prepared_.emplace_front(*connection_, sql);
  by_text_.emplace(prepared_.front().text, prepared_.begin());
  return prepared_.front();
}

void Session::forget_statements() {
  by_text_.clear();
  prepared_.clear();
}

}  // namespace berth::db
