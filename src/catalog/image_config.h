#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace berth::catalog {

/// What an image's configuration tells of how it was made (OCI image-spec, config; Docker's is the same shape). Fields
/// that a builder left out, or wrote in a shape of its own, are empty: a strange configuration never hides an image.
struct ImageConfig {
  /// What made a layer: its own history entry, and the entries without a layer that stand before it.
  struct Step {
    std::string created_by;
    std::string created;
    std::string author;
    std::string comment;
    bool empty_layer = false;
  };
  std::string os, architecture, variant;
  std::string author;
  std::string created;
  std::vector<Step> history;
  json::object labels;
  std::vector<std::string> entrypoint, command;
  std::string user, working_directory;
  std::vector<std::string> ports;
};

/// Of the history: no image that anything runs has as many (overlayfs takes some 500 layers).
inline constexpr std::size_t kMostSteps = 2000;

[[nodiscard]] ImageConfig read_image_config(const json::value& document);

/// For each of `layers` layers the history step that made it, and the steps that left no layer just before. Histories
/// may be missing or too short: then a layer has none.
struct LayerOrigin {
  std::optional<ImageConfig::Step> step;
  std::vector<std::string> before;
};
[[nodiscard]] std::vector<LayerOrigin> origins(const ImageConfig& config, std::size_t layers);

}  // namespace berth::catalog
