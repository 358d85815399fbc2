#include "cli/table.h"

namespace berth::cli {
namespace {

constexpr auto kNow = Time(Duration(1'790'000'000'000));
const std::vector<Column> kColumns{{"Name", "name"},
                                   {"Size", "size", As::kSize},
                                   {"Public", "public", As::kYesNo},
                                   {"Target", "target.name"},
                                   {"Created", "created_at", As::kTime}};

json::array rows() {
  return {json::object{{"name", "web"},
                       {"size", 2048},
                       {"public", true},
                       {"target", {{"name", "x"}}},
                       {"created_at", to_rfc3339(kNow - std::chrono::hours(3))}},
          json::object{{"name", "\u955c\u50cf-long"}, {"size", 5}, {"public", false}, {"target", nullptr}}};
}

TEST(Table, AlignsTextToTheLeftAndSizesToTheRight) {
  EXPECT_EQ(to_table(rows(), kColumns, kNow),
            "NAME          SIZE  PUBLIC  TARGET  CREATED\n"
            "web        2.0 KiB  yes     x       3 hours ago\n"
            "\u955c\u50cf-long      5 B  no\n");
}

TEST(Table, ShowsTextOnOneLineAndHarmless) {
  const json::array items{json::object{{"name", "a\n\x1b[2Jb"}}};
  EXPECT_EQ(to_table(items, {{"Name", "name"}}, kNow), "NAME\na  [2Jb\n");
}

TEST(Lines, LeaveOutWhatIsNotThere) {
  const json::value object{{"name", "web"}, {"owner", nullptr}, {"tags", {"a", "b"}}, {"secret", "s3"}};
  EXPECT_EQ(to_lines(object,
                     {{"Name", "name"},
                      {"Owner", "owner"},
                      {"Missing", "no.such"},
                      {"Tags", "tags", As::kList},
                      {"Count", "tags", As::kNumber},
                      {"Secret", "secret", As::kOnce}},
                     kNow),
            "Name:    web\n"
            "Tags:    a, b\n"
            "Count:   2\n"
            "Secret:  s3   (shown this once)\n");
}

TEST(Lines, SayThatThereIsNoLimit) {
  const std::vector<Column> columns{{"Limit", "limit", As::kLimit}};
  EXPECT_EQ(to_lines(json::object{{"limit", 0}}, columns, kNow), "Limit:  none\n");
  EXPECT_EQ(to_lines(json::object{{"limit", 2048}}, columns, kNow), "Limit:  2.0 KiB\n");
}

}  // namespace
}  // namespace berth::cli
