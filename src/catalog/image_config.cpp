#include "catalog/image_config.h"

#include <ranges>

namespace berth::catalog {
namespace {

std::string text(const json::value& object, std::string_view key) {
  return std::string(find_string(object, key).value_or(""));
}

std::vector<std::string> texts(const json::value& object, std::string_view key) {
  std::vector<std::string> out;
  if (const auto* array = find_array(object, key))
    for (const auto& item : *array)
      if (const auto* word = item.if_string()) out.emplace_back(*word);
  return out;
}

void read_run_settings(const json::value& settings, ImageConfig& config) {
  if (const auto* labels = find_object(settings, "Labels"))
    for (const auto& [key, value] : *labels)
      if (value.is_string()) config.labels[key] = value;
  if (const auto* ports = find_object(settings, "ExposedPorts"))
    for (const auto& [port, value] : *ports) config.ports.emplace_back(port);
  config.entrypoint = texts(settings, "Entrypoint");
  config.command = texts(settings, "Cmd");
  config.user = text(settings, "User");
  config.working_directory = text(settings, "WorkingDir");
}

}  // namespace

ImageConfig read_image_config(const json::value& document) {
  ImageConfig config;
  config.os = text(document, "os");
  config.architecture = text(document, "architecture");
  config.variant = text(document, "variant");
  config.author = text(document, "author");
  config.created = text(document, "created");
  if (const auto* history = find_array(document, "history"))
    for (const auto& entry : *history | std::views::take(kMostSteps))
      config.history.push_back({text(entry, "created_by"), text(entry, "created"), text(entry, "author"),
                                text(entry, "comment"), find_bool(entry, "empty_layer").value_or(false)});
  if (const auto* settings = find(document, "config")) read_run_settings(*settings, config);
  return config;
}

std::vector<LayerOrigin> origins(const ImageConfig& config, std::size_t layers) {
  std::vector<LayerOrigin> out(layers);
  std::vector<std::string> before;
  std::size_t layer = 0;
  for (const auto& step : config.history) {
    if (layer == layers) break;
    if (step.empty_layer) {
      before.push_back(step.created_by);
      continue;
    }
    out[layer++] = {step, std::exchange(before, {})};
  }
  return out;
}

}  // namespace berth::catalog
