#include "cli/request_builder.h"

#include <charconv>

#include "base/encoding.h"
#include "cli/human.h"
#include "cli/references.h"
#include "cli/server_url.h"

namespace berth::cli {
namespace {

std::unexpected<Failure> wrong(const Input& input, std::string_view text, std::string_view expected) {
  return fail(kUsage, fmt::format("{}: '{}' {}", input.name, text, expected));
}

/// Puts one input after the other into the request.
class Builder {
 public:
  Builder(Server& server, const Invocation& invocation, Time now)
      : server_(server),
        invocation_(invocation),
        command_(*invocation.command),
        now_(now) {}

  Outcome<ApiRequest> build() {
    request_.method = command_.method;
    request_.path = command_.path;
    const bool has_body = command_.method != Method::kGet && command_.method != Method::kDelete;
    if (has_body) request_.body.emplace();
    // The owner first: items are looked up in collections that lie below it.
    for (const bool owners : {true, false})
      for (const auto& input : command_.inputs)
        if ((input.place == Place::kOwner) == owners && invocation_.has(input.name))
          if (auto put = take(input); !put) return fail(put.error());
    if (command_.sets) request_.body->emplace(command_.sets->field, command_.sets->on);
    fill("owner", command_.owner);
    if (request_.path.contains("{registry}")) {
      const auto registry = registry_or_own(std::nullopt);
      if (!registry) return fail(registry.error());
    }
    if (command_.method == Method::kPatch && request_.body->empty() && !asks_password())
      return fail(kUsage, "there is nothing to change: name at least one option");
    return std::move(request_);
  }

 private:
  bool asks_password() const {
    return std::ranges::any_of(command_.inputs, [&](const Input& input) {
      return input.kind == Kind::kPassword && input.place == Place::kBody && invocation_.has(input.name);
    });
  }

  Outcome<void> take(const Input& input) {
    const auto text = invocation_.value(input.name);
    switch (input.kind) {
      case Kind::kSpace:
        return take_space(input, text);
      case Kind::kSpaces:
        return take_spaces(input, text);
      case Kind::kImage:
        return take_image(text);
      case Kind::kItem:
        return take_item(input, text);
      case Kind::kMember: {
        const auto member = parse_member(text);
        fill("kind", member.kind);
        return put(input, json::value(member.principal));
      }
      case Kind::kPlaceName:
        return take_place_name(input, text);
      case Kind::kGrants:
        return take_grants(input);
      case Kind::kNumber:
      case Kind::kSize:
        return take_number(input, text);
      case Kind::kExpiry:
        return take_expiry(input, text);
      default:
        return take_plain(input, text);
    }
  }

  Outcome<void> take_plain(const Input& input, std::string_view text) {
    switch (input.kind) {
      case Kind::kPassword:
        return {};
      case Kind::kVersion:
        request_.if_match = fmt::format("\"{}\"", text);
        return {};
      case Kind::kFlag:
        return put(input, input.words == "true");
      case Kind::kSwitch:
        if (text != "on" && text != "off") return wrong(input, text, "must be on or off");
        return put(input, text == "on");
      case Kind::kNullable:
        return put(input, text == "none" ? json::value(nullptr) : json::value(text));
      case Kind::kNames: {
        const auto names = parse_names(text);
        if (!names) return fail(names.error());
        return put(input, json::value_from(*names));
      }
      default:
        if (text.empty() && input.place != Place::kBody) return wrong(input, text, "is empty");
        return put(input, json::value(text));
    }
  }

  Outcome<void> put(const Input& input, json::value value) {
    const auto text = value.is_string() ? std::string(value.as_string()) : json::serialize(value);
    switch (input.place) {
      case Place::kPath:
        fill(input.field, percent_encode(text));
        return {};
      case Place::kQuery:
        request_.query.emplace_back(input.field, text);
        return {};
      case Place::kOwner:
        if (!request_.path.contains("{owner}"))
          return fail(kUsage, fmt::format("{} and another option say the same: give one of them", input.name));
        fill("owner", fmt::format("/api/v1/{}/{}", input.field, percent_encode(text)));
        return {};
      case Place::kBody:
        return put_in_body(input.field, std::move(value));
      case Place::kHeader:
      case Place::kLocal:
        break;
    }
    return {};
  }

  /// "grants.api" lies in an object of its own.
  Outcome<void> put_in_body(std::string_view field, json::value value) {
    auto* object = &*request_.body;
    if (const auto dot = field.find('.'); dot != std::string_view::npos) {
      auto& inner = (*object)[field.substr(0, dot)];
      if (!inner.is_object()) inner.emplace_object();
      object = &inner.as_object();
      field.remove_prefix(dot + 1);
    }
    if (object->contains(field)) return fail(kUsage, fmt::format("two options set {}: give one of them", field));
    object->emplace(field, std::move(value));
    return {};
  }

  void fill(std::string_view placeholder, std::string_view escaped) {
    const auto braced = fmt::format("{{{}}}", placeholder);
    if (const auto at = request_.path.find(braced); at != std::string::npos)
      request_.path.replace(at, braced.size(), escaped);
  }

  /// The registry that was named with the space, by --registry, or the server's own; in the path, too.
  Outcome<std::string> registry_or_own(const std::optional<std::string>& named) {
    auto registry = named.value_or(std::string(invocation_.value("--registry")));
    if (registry.empty()) {
      auto own = server_.embedded_registry();
      if (!own) return own;
      registry = std::move(*own);
    }
    fill("registry", percent_encode(registry));
    return registry;
  }

  Outcome<void> take_space(const Input& input, std::string_view text) {
    const auto space = parse_space(text);
    if (!space) return fail(space.error());
    const auto registry = registry_or_own(space->registry);
    if (!registry) return fail(registry.error());
    return put(input, json::value(input.place == Place::kQuery ? *registry + "/" + space->space : space->space));
  }

  Outcome<void> take_spaces(const Input& input, std::string_view text) {
    const auto names = parse_names(text);
    if (!names) return fail(names.error());
    json::array spaces;
    for (const auto& name : *names) {
      const auto space = parse_space(name);
      if (!space) return fail(space.error());
      const auto registry = registry_or_own(space->registry);
      if (!registry) return fail(registry.error());
      spaces.emplace_back(*registry + "/" + space->space);
    }
    return put(input, std::move(spaces));
  }

  Outcome<void> take_image(std::string_view text) {
    const auto image = parse_image(text, host_of(server_.url()));
    if (!image) return fail(image.error());
    const auto registry = registry_or_own(std::nullopt);
    if (!registry) return fail(registry.error());
    fill("space", percent_encode(image->space));
    fill("repository", percent_encode_segments(image->repository));
    if (image->reference.empty()) return {};
    if (command_.verb != "show") return fail(kUsage, "name a repository, without a tag or digest");
    // A single artifact is another resource than its repository.
    const std::string_view whole = "/repositories/";
    request_.path.replace(request_.path.find(whole), whole.size(), "/artifacts/");
    request_.query.emplace_back("reference", image->reference);
    return {};
  }

  /// Each segment on its own: the slashes between them stay.
  static std::string percent_encode_segments(std::string_view text) {
    std::string out;
    for (auto at = text.find('/'); at != std::string_view::npos; at = text.find('/')) {
      out += percent_encode(text.substr(0, at)) + "/";
      text.remove_prefix(at + 1);
    }
    return out + percent_encode(text);
  }

  Outcome<void> take_item(const Input& input, std::string_view text) {
    auto collection = request_.path.substr(0, request_.path.find(fmt::format("/{{{}}}", input.field)));
    if (input.place == Place::kOwner) collection = fmt::format("/api/v1/{}", input.field);
    if (collection.starts_with("{owner}")) collection.replace(0, 7, command_.owner);
    const auto items =
        server_.list({.method = Method::kGet, .path = collection, .query = {}, .body = {}, .if_match = {}});
    if (!items) return fail(items.error());
    const auto id = find_item(*items, text, input.words);
    if (!id) return fail(id.error());
    return put(input, json::value(*id));
  }

  Outcome<void> take_place_name(const Input& input, std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return wrong(input, text, "must be CLUSTER/NAME");
    if (auto cluster = put_in_body("cluster", json::value(text.substr(0, slash))); !cluster) return cluster;
    return put_in_body("name", json::value(text.substr(slash + 1)));
  }

  Outcome<void> take_grants(const Input& input) {
    json::array spaces;
    for (const auto& text : invocation_.values.find(input.name)->second) {
      const auto grant = parse_grant(text);
      if (!grant) return fail(grant.error());
      json::object entry{{"verbs", json::value_from(grant->verbs)}};
      if (!grant->space.empty()) {
        const auto registry = registry_or_own(std::nullopt);
        if (!registry) return fail(registry.error());
        entry["space"] = *registry + "/" + grant->space;
      }
      if (!grant->repository.empty()) entry["repository"] = grant->repository;
      spaces.push_back(std::move(entry));
    }
    return put(input, std::move(spaces));
  }

  Outcome<void> take_number(const Input& input, std::string_view text) {
    if (input.kind == Kind::kSize) {
      if (text == "none") return put(input, nullptr);
      const auto size = parse_size(text);
      if (!size) return wrong(input, text, "is no size: write 10GiB, 500MB, or none");
      return put(input, *size);
    }
    if (text == "none" && input.words == "none") return put(input, nullptr);
    std::int64_t number = 0;
    const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || stop != text.data() + text.size()) return wrong(input, text, "is no whole number");
    return put(input, number);
  }

  // A new thing without an expiry never expires; an old one is told so in words.
  Outcome<void> take_expiry(const Input& input, std::string_view text) {
    if (text == "never") return command_.method == Method::kPatch ? put(input, json::value(text)) : Outcome<void>();
    const auto time = parse_expiry(text, now_);
    if (!time) return wrong(input, text, "is no expiry: write 30d, 12h, 15m, an RFC 3339 time, or never");
    return put(input, json::value(to_rfc3339(*time)));
  }

  Server& server_;
  const Invocation& invocation_;
  const Command& command_;
  const Time now_;
  ApiRequest request_;
};

}  // namespace

Outcome<ApiRequest> build_request(Server& server, const Invocation& invocation, Time now) {
  return Builder(server, invocation, now).build();
}

Outcome<void> read_passwords(ApiRequest& request, const Context& context) {
  for (const auto& input : context.invocation.command->inputs) {
    if (input.kind != Kind::kPassword || input.place != Place::kBody || !context.invocation.has(input.name)) continue;
    const auto password = password_from(context, input.name, "Password: ");
    if (!password) return fail(password.error());
    (*request.body)[input.field] = *password;
  }
  return {};
}

}  // namespace berth::cli
