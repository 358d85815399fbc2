#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

using access::Action;

Result<Action> parse_action(std::string_view text) {
  using Row = std::pair<std::string_view, Action>;
  for (const auto& [word, action] :
       {Row{"pull", Action::kPull}, Row{"push", Action::kPush}, Row{"delete", Action::kDelete},
        Row{"see", Action::kSee}, Row{"manage", Action::kManage}})
    if (word == text) return action;
  return fail(Fault::kInvalid, "must be one of pull, push, delete, see, manage");
}

/// ?subject=&action=&image=
struct Explain {
  using Input = Explainer::Question;
  using Output = access::Explanation;
  Explainer& explainer;

  static Result<Input> parse(const http::Call& call) {
    const auto& query = call.request.query;
    std::vector<std::string> errors;
    auto subject = SubjectRef::parse(query.find("subject").value_or(""));
    if (!subject) errors.push_back("subject: " + subject.error().message);
    const auto action = parse_action(query.find("action").value_or("pull"));
    if (!action) errors.push_back("action: " + action.error().message);
    auto image = ImageReference::parse(query.find("image").value_or(""));
    if (!image) errors.push_back("image: " + image.error().message);
    if (!errors.empty())
      return fail(Error{.fault = Fault::kInvalid,
                        .message = fmt::format("{}", fmt::join(errors, "; ")),
                        .subjects = errors,
                        .detail = {}});
    return Input{
        .subject = std::move(*subject), .action = *action, .image = std::move(*image), .host = call.request.host};
  }
  Result<Output> handle(const Asking& asking, const Input& question) const {
    return explainer.explain(asking, question);
  }
  static http::Response render(const http::Call& call, const Output& explanation) {
    json::array steps;
    for (const auto& step : explanation.steps)
      steps.push_back(json::object{{"holds", step.holds}, {"text", step.text}});
    const auto& query = call.request.query;
    return shown({{"subject", query.find("subject").value_or("")},
                  {"action", query.find("action").value_or("pull")},
                  {"image", query.find("image").value_or("")},
                  {"allowed", explanation.allowed},
                  {"steps", std::move(steps)}});
  }
};

}  // namespace

http::Routes explain_routes(Tenancy& tenancy) {
  return {{http::Method::kGet, "/api/v1/explain", http::Permission::signed_in(), serve(Explain{tenancy.explainer})}};
}

}  // namespace berth::tenancy
