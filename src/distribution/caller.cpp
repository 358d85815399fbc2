#include "distribution/caller.h"

#include "base/log.h"
#include "http/errors.h"

namespace berth::distribution {

Caller Caller::of(const http::Call& call) {
  return {.subject = call.subject, .snapshot = call.snapshot, .now = call.now, .actor = call.actor};
}

std::string Caller::owner() const {
  return access::to_text({.who = subject.who, .scope = std::nullopt});
}

Result<Place> find_place(const access::Snapshot& snapshot, std::string_view name) {
  auto parsed = RepositoryName::parse(name);
  if (!parsed) return fail(std::move(parsed.error()));
  const auto* space = snapshot.space_by_name.find(access::space_key(snapshot.embedded, parsed->space()));
  if (!space) return fail(Fault::kNameUnknown, std::string(access::kNotAllotted));
  return Place{*space, std::move(*parsed)};
}

Result<Place> place_of(const http::Call& call) {
  return find_place(*call.snapshot, call.param("name"));
}

http::Response refusal(const Caller& caller, const Error& error) {
  if (!error.detail.empty())
    log::warning("request refused", {{"request", caller.actor.request_id}, {"detail", error.detail}});
  return http::oci_error(error);
}

}  // namespace berth::distribution
