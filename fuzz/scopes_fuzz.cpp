#include "fuzz_support.h"
#include "identity/scope.h"

using namespace berth;
using fuzz::require;

/// Each line is one `scope` parameter; the whole is a subject's text, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  std::vector<std::string_view> parameters;
  for (fuzz::Parts parts(text); !parts.rest().empty();) parameters.push_back(parts.line());
  const auto scope = identity::parse_scopes(parameters);
  if (scope) {
    require(scope->repositories.size() <= 100);
    // What the token service answers, asked again, grants the same.
    const auto written = identity::to_scope_text(*scope);
    const auto again = identity::parse_scopes({written});
    require(again && identity::to_scope_text(*again) == written && again->catalog == scope->catalog);
    for (std::size_t i = 0; i < scope->repositories.size(); ++i) {
      const auto& [repository, verbs] = scope->repositories[i];
      require(again->repositories.at(i).repository == repository && again->repositories.at(i).verbs == verbs);
      require(RepositoryName::parse(repository.text()) == repository && text.contains(repository.text()));
    }
  }
  if (const auto subject = access::parse_subject(text)) {
    const auto again = access::parse_subject(access::to_text(*subject));
    require(again && again->who == subject->who && !subject->scope);
  }
  return 0;
}
