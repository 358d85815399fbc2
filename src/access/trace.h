#pragma once

#include "access/decider.h"

namespace berth::access {

/// Where a decision notes its reasons, or nowhere. Conditions pass through note(), so that the decision and its
/// explanation are the same code; without a place for steps a sentence is never composed.
class Trace {
 public:
  Trace() = default;
  /// `steps` must outlive the trace.
  explicit Trace(std::vector<Step>& steps) : steps_(&steps) {}

  struct Said {
    std::string text;
    std::vector<Named> names = {};
  };

  /// Gives `holds` back. `sentence()` says in a Said why it holds, or why it does not.
  template <class Sentence>
  bool note(bool holds, Sentence&& sentence) {
    if (steps_) append(holds, sentence());
    return holds;
  }

 private:
  void append(bool holds, Said said) {
    steps_->push_back({.holds = holds, .text = std::move(said.text), .names = std::move(said.names)});
  }

  std::vector<Step>* steps_ = nullptr;
};

}  // namespace berth::access
