#include "fuzz_support.h"
#include "http/json_body.h"

using namespace berth;
using fuzz::require;

namespace {

enum class Colour { kRed, kGreen };

/// A body with a field of every kind, as handlers read them.
struct Read {
  std::string note;
  std::optional<std::string> text;
  std::optional<std::int64_t> number;
  std::optional<Time> time;
  std::optional<Colour> colour;
  std::vector<std::string> words;
  std::vector<Tag> tags;
  std::vector<UserId> users;
  std::size_t inner = 0;
  RepositoryPath path;
};

Read read(http::Fields& fields) {
  Read all;
  all.note = fields.required_string("note", 64);
  all.text = fields.optional_string("text", 16);
  all.number = fields.optional_int("number", -5, 5);
  static_cast<void>(fields.optional_bool("flag"));
  all.time = fields.optional_time("time");
  all.colour = fields.optional_choice<Colour>("colour", {{"red", Colour::kRed}, {"green", Colour::kGreen}});
  all.words = fields.strings("words", 4);
  all.tags = fields.list<Tag>("tags", 4);
  all.users = fields.ids<UserId>("users", 4);
  all.path = fields.required<RepositoryPath>("path");
  if (auto object = fields.object("object")) static_cast<void>(object->required_id<UserId>("id"));
  for (auto& each : fields.objects("objects", 4)) {
    ++all.inner;
    static_cast<void>(each.required_string("name"));
  }
  return all;
}

void check(const Read& all) {
  require(!all.note.empty() && all.note.size() <= 64 && (!all.text || all.text->size() <= 16));
  require(!all.number || (*all.number >= -5 && *all.number <= 5));
  require(!all.time || parse_rfc3339(to_rfc3339(*all.time)) == *all.time);
  require(all.words.size() <= 4 && all.tags.size() <= 4 && all.users.size() <= 4 && all.inner <= 4);
  for (const auto& tag : all.tags) require(Tag::parse(tag.text()).has_value());
  for (const auto user : all.users) require(user.value() > 0);
  require(RepositoryPath::parse(all.path.text()).has_value());
  for (const auto& word : all.words) require(!word.contains('\0'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http::Fields fields(fuzz::text_of(data, size));
  const auto all = read(fields);
  const auto error = fields.error();
  if (!error) check(all);
  if (error) require(!error->message.empty() && error->subjects.size() <= 50);
  return 0;
}
