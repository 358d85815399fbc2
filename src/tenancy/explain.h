#pragma once

#include "tenancy/change.h"
#include "tenancy/image_reference.h"

namespace berth::tenancy {

/// Whose access is asked about: `user:<login>`, `namespace:<cluster>/<name>`, `robot:<name>` or `anonymous`.
struct SubjectRef {
  enum class Kind { kUser, kNamespace, kRobot, kAnonymous };
  Kind kind = Kind::kAnonymous;
  std::string name;
  static Result<SubjectRef> parse(std::string_view text);
};

/// Why somebody may, or may not, do something with an image: the access rule's own trace.
///
/// Administrators and auditors ask about everybody and read all steps. Others ask about themselves and about namespaces
/// and robots of workspaces that they belong to, and read what names nothing that they may not see. Whatever lies in a
/// workspace's own registry is explained to those who may see it there, and is not found for the rest of the world.
class Explainer {
 public:
  explicit Explainer(const Context& context) : context_(context) {}

  struct Question {
    SubjectRef subject;
    access::Action action = access::Action::kPull;
    ImageReference image;
    std::string host;  // how this server was called: an image that begins so is in the embedded registry
  };
  /// kNotFound: the asker may not ask about this subject, or there is none.
  [[nodiscard]] Result<access::Explanation> explain(const Asking& asking, const Question& question) const;

 private:
  [[nodiscard]] access::SpaceTarget target_of(const Asking& asking, const Question& question) const;

  Context context_;
};

}  // namespace berth::tenancy
