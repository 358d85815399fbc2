#include "db/sql_text.h"

namespace berth::db {
namespace {

struct Case {
  std::string_view name;
  std::string_view sql;
  std::optional<std::size_t> parameters;  // nullopt: refused
};

constexpr Case kCases[] = {
    {"none", "SELECT 1", 0},
    {"empty", "", 0},
    {"two", "SELECT a FROM t WHERE b = :b AND c=:c_2", 2},
    {"at_the_end", "LIMIT :limit", 1},
    {"colon_in_a_literal", "SELECT 'robot:x' WHERE a = :a", 1},
    {"doubled_quote", "SELECT 'it''s :x' WHERE a = :a", 1},
    {"colon_in_an_identifier", "SELECT \"a:b\" FROM t", 0},
    {"comment_in_a_literal", "SELECT '--'", 0},
    {"minus_of_a_negative_number", "SELECT 1 - -1", 0},
    {"cast", "SELECT a::text", std::nullopt},
    {"cast_of_a_parameter", "SELECT :a::text", std::nullopt},
    {"name_twice", "SELECT :a WHERE b = :a", std::nullopt},
    {"line_comment", "SELECT 1 -- one", std::nullopt},
    {"block_comment", "SELECT /* one */ 1", std::nullopt},
    {"lonely_colon", "SELECT a : b", std::nullopt},
    {"open_literal", "SELECT 'a", std::nullopt},
};

class SqlTextTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(, SqlTextTest, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(SqlTextTest, parameters_are_counted) {
  const auto& [name, sql, parameters] = GetParam();
  if (parameters)
    EXPECT_EQ(count_parameters(sql), *parameters);
  else
    EXPECT_THROW((void)count_parameters(sql), std::logic_error);
}

}  // namespace
}  // namespace berth::db
