#include "http/router.h"

#include <stdexcept>

#include "base/encoding.h"
#include "http/text.h"

namespace berth::http {
namespace {

// A repository name has 255 bytes and so at most 128 components.
constexpr std::size_t kMaxSegments = 192;
constexpr std::size_t kUsualSegments = 8;

/// A path in pieces; a view into the path where nothing had to be decoded.
struct Segments {
  std::vector<std::string_view> all;
  std::vector<std::unique_ptr<std::string>> decoded;
  bool trailing_slash = false;
};

Result<std::string_view> clean_segment(std::string_view raw, Segments& into) {
  std::string_view segment = raw;
  if (raw.find('%') != std::string_view::npos) {
    auto decoded = percent_decode(raw);
    if (!decoded) return fail(Fault::kInvalid, "the path has a broken escape");
    segment = *into.decoded.emplace_back(std::make_unique<std::string>(std::move(*decoded)));
  }
  if (segment.empty() || segment == "." || segment == ".." || segment.find('/') != std::string_view::npos)
    return fail(Fault::kInvalid, "the path has a segment that names nothing");
  if (!is_clean_text(segment)) return fail(Fault::kInvalid, "the path is not plain UTF-8 text");
  return segment;
}

Result<Segments> split(std::string_view path) {
  if (!path.starts_with('/')) return fail(Fault::kInvalid, "the path does not start with a slash");
  path.remove_prefix(1);
  Segments segments;
  segments.all.reserve(kUsualSegments);
  while (!path.empty()) {
    if (segments.all.size() == kMaxSegments) return fail(Fault::kUriTooLong, "the path has too many segments");
    const auto end = path.find('/');
    auto segment = clean_segment(path.substr(0, end), segments);
    if (!segment) return fail(std::move(segment.error()));
    segments.all.push_back(*segment);
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + 1);
    segments.trailing_slash = path.empty();
  }
  return segments;
}

struct Pattern {
  std::vector<std::string_view> segments;
  std::size_t parameters = 0;
  bool slash = false;  // ends in '/'
};

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{');
}
bool is_greedy(std::string_view segment) {
  return segment.ends_with("+}");
}
std::string_view parameter_name(std::string_view segment) {
  return segment.substr(1, segment.size() - (is_greedy(segment) ? 3 : 2));
}

[[noreturn]] void refuse(const Route& route, std::string_view why) {
  throw std::logic_error(fmt::format("route {} {}: {}", name_of(route.method), route.pattern, why));
}

void check_pattern(const Route& route, const Pattern& pattern) {
  std::set<std::string_view> names;
  for (const auto segment : pattern.segments) {
    if (segment.empty()) refuse(route, "an empty segment");
    if (!is_parameter(segment)) {
      if (segment.find_first_of("{}%") != std::string_view::npos) refuse(route, "a literal with {, } or %");
      continue;
    }
    if (!segment.ends_with('}') || parameter_name(segment).empty()) refuse(route, "a parameter without a name");
    if (!names.insert(parameter_name(segment)).second) refuse(route, "a parameter that stands twice");
  }
  if (std::ranges::count_if(pattern.segments, is_greedy) > 1) refuse(route, "more than one {name+}");
}

Pattern read_pattern(const Route& route) {
  auto rest = route.pattern;
  if (!rest.starts_with('/')) refuse(route, "does not start with a slash");
  rest.remove_prefix(1);
  Pattern pattern;
  while (!rest.empty()) {
    const auto end = rest.find('/');
    pattern.segments.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    pattern.slash = rest.empty();
  }
  check_pattern(route, pattern);
  pattern.parameters = static_cast<std::size_t>(std::ranges::count_if(pattern.segments, is_parameter));
  return pattern;
}

std::string join(std::span<const std::string_view> segments) {
  std::string text(segments.front());
  for (const auto segment : segments.subspan(1)) text.append("/").append(segment);
  return text;
}

PathParameters read_parameters(const Pattern& pattern, std::span<const std::string_view> segments) {
  PathParameters parameters;
  parameters.reserve(pattern.parameters);
  const auto extra = segments.size() - pattern.segments.size();
  std::size_t at = 0;
  for (const auto segment : pattern.segments) {
    const auto width = is_greedy(segment) ? extra + 1 : 1;
    if (is_parameter(segment)) parameters.emplace(parameter_name(segment), join(segments.subspan(at, width)));
    at += width;
  }
  return parameters;
}

}  // namespace

/// One step of the pattern trie. After {name+} the trie goes on backwards, from the end of the path.
struct Router::Node {
  using Left = std::span<const std::string_view>;
  struct Entry {
    const Route* route;
    Pattern pattern;
  };
  std::map<std::string_view, std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> greedy;
  std::vector<Entry> entries;  // one per method
  bool slash = false;

  Node& child(std::string_view segment) {
    auto& next = !is_parameter(segment) ? literals[segment] : is_greedy(segment) ? greedy : parameter;
    if (!next) next = std::make_unique<Node>();
    return *next;
  }

  [[nodiscard]] const Node* here() const { return entries.empty() ? nullptr : this; }

  [[nodiscard]] const Node* forward(Left left) const {
    if (left.empty()) return here();
    if (const auto next = literals.find(left.front()); next != literals.end())
      if (const Node* found = next->second->forward(left.subspan(1))) return found;
    if (parameter)
      if (const Node* found = parameter->forward(left.subspan(1))) return found;
    return greedy ? greedy->backward(left) : nullptr;
  }

  /// Takes the longest suffix that leaves a segment for {name+}.
  [[nodiscard]] const Node* backward(Left left) const {
    if (left.empty()) return nullptr;
    const auto rest = left.first(left.size() - 1);
    if (const auto next = literals.find(left.back()); next != literals.end())
      if (const Node* found = next->second->backward(rest)) return found;
    if (parameter)
      if (const Node* found = parameter->backward(rest)) return found;
    return here();
  }

  [[nodiscard]] const Entry* entry(Method method) const {
    const auto found = std::ranges::find(entries, method, [](const Entry& entry) { return entry.route->method; });
    return found == entries.end() ? nullptr : &*found;
  }

  [[nodiscard]] std::string allow(Method refused) const {
    std::vector<std::string_view> names;
    const auto list = [&](Method method) {
      if (method != refused) names.push_back(name_of(method));
    };
    for (const auto& known : entries) {
      list(known.route->method);
      if (known.route->method == Method::kGet && !entry(Method::kHead)) list(Method::kHead);
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void add(const Route& route) {
    auto pattern = read_pattern(route);
    const auto& segments = pattern.segments;
    const auto greedy_at = std::ranges::find_if(segments, is_greedy);
    Node* node = this;
    for (auto at = segments.begin(); at != greedy_at; ++at) node = &node->child(*at);
    if (greedy_at != segments.end()) {
      node = &node->child(*greedy_at);
      for (auto at = segments.end() - 1; at != greedy_at; --at) node = &node->child(*at);
    }
    if (node->entry(route.method)) refuse(route, "another route matches the same paths");
    node->slash = node->slash || pattern.slash;
    node->entries.push_back({&route, std::move(pattern)});
  }
};

Router::Router(const Routes& routes) : root_(std::make_unique<Node>()) {
  for (const auto& route : routes) root_->add(route);
}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

Result<Router::Outcome> Router::match(Method method, std::string_view path) const {
  const auto segments = split(path);
  if (!segments) return fail(segments.error());
  const Node* node = root_->forward(segments->all);
  if (!node || (segments->trailing_slash && !node->slash)) return Nothing{};
  const auto* entry = node->entry(method);
  if (!entry && method == Method::kHead) entry = node->entry(Method::kGet);
  if (!entry) return OtherMethods{node->allow(method)};
  return Match{entry->route, read_parameters(entry->pattern, segments->all)};
}

std::string Router::allow(std::string_view path, Method refused) const {
  const auto segments = split(path);
  const Node* node = segments ? root_->forward(segments->all) : nullptr;
  return node ? node->allow(refused) : "";
}

}  // namespace berth::http
