#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <fstream>
#include <stdexcept>

#include "options.h"

namespace {

using namespace berth::load;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::invalid_argument(path + ": cannot be read");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) lines.push_back(line);
  if (lines.empty()) throw std::invalid_argument(path + ": is empty");
  return lines;
}

/// `path`, or `path length`.
Target target_of(const std::string& line) {
  const auto space = line.find(' ');
  if (space == std::string::npos) return {line, std::nullopt};
  std::uint64_t length = 0;
  const auto* const end = line.data() + line.size();
  if (std::from_chars(line.data() + space + 1, end, length).ptr != end)
    throw std::invalid_argument(line + ": a target is a path and perhaps a length");
  return {line.substr(0, space), length};
}

/// The words of the command line, as they are given.
struct Words {
  std::string url;
  std::string tokens_file;
  std::string targets_file;
  std::vector<std::string> header_lines;
};

void add_common(CLI::App& command, Common& common, Words& words) {
  command.add_option("--url", words.url, "http:// or https://, address and port")->required();
  command.add_option("--tokens", words.tokens_file, "File with one bearer token a line; client i shows the i-th");
  command.add_option("--clients", common.clients, "Connections, each with one request at a time")
      ->check(CLI::Range(1, 10000));
}

void finish(Common& common, const Words& words) {
  common.address = Address::parse(words.url);
  if (!words.tokens_file.empty()) common.tokens = lines_of(words.tokens_file);
}

void add_reads(CLI::App& command, Reads& reads, Words& words) {
  add_common(command, reads.common, words);
  command.add_option("--method", reads.method)->check(CLI::IsMember({"GET", "HEAD", "DELETE"}));
  command.add_option("--targets", words.targets_file, "File with a path, and perhaps the length of its body, a line")
      ->required();
  command.add_option("--header", words.header_lines, "A further header line");
  command.add_option("--status", reads.status, "What every answer must be");
  command.add_option("--zipf", reads.zipf, "Exponent by which earlier targets are asked for more; 0: in turn");
  auto* seconds = command.add_option("--seconds", reads.seconds);
  command.add_option("--requests", reads.requests)->excludes(seconds);
}

void add_blobs(CLI::App& command, BlobPushes& pushes, Words& words) {
  add_common(command, pushes.common, words);
  command.add_option("--repository", pushes.repositories)->required();
  command.add_option("--size", pushes.size, "Bytes of each blob")->required();
  command.add_option("--count", pushes.count, "Blobs in all");
  const std::map<std::string, Upload> uploads{{"patch", Upload::kPatch}, {"put", Upload::kPut}};
  command.add_option("--upload", pushes.upload, "POST, PATCH, PUT as docker does, or POST, PUT as containerd does")
      ->transform(CLI::CheckedTransformer(uploads));
}

void add_artifacts(CLI::App& command, ArtifactPushes& pushes, Words& words) {
  add_common(command, pushes.common, words);
  command.add_option("--repository", pushes.repositories)->required();
  command.add_option("--layer-bytes", pushes.layer_bytes);
  const std::map<std::string, ConfigBlob> configs{{"empty", ConfigBlob::kEmpty}, {"own", ConfigBlob::kOwn}};
  command.add_option("--config", pushes.config, "All share the empty configuration, or each brings its own")
      ->transform(CLI::CheckedTransformer(configs));
  auto* seconds = command.add_option("--seconds", pushes.seconds);
  command.add_option("--count", pushes.count, "Artifacts in all")->excludes(seconds);
}

int run(int argc, char** argv) {
  CLI::App app(
      "Loads a registry on this machine and prints what it saw as JSON. Fails at the first answer that was not "
      "expected.");
  app.require_subcommand(1);
  Words words;
  Reads reads;
  BlobPushes blobs;
  ArtifactPushes artifacts;
  auto& read_command = *app.add_subcommand("read", "GET or HEAD, or DELETE of each target once");
  auto& blob_command = *app.add_subcommand("push-blobs", "Blobs, each unlike all others");
  auto& artifact_command = *app.add_subcommand("push-artifacts", "A layer, a configuration and a tagged manifest each");
  add_reads(read_command, reads, words);
  add_blobs(blob_command, blobs, words);
  add_artifacts(artifact_command, artifacts, words);
  CLI11_PARSE(app, argc, argv);

  std::string report;
  if (read_command) {
    finish(reads.common, words);
    for (const auto& line : lines_of(words.targets_file)) reads.targets.push_back(target_of(line));
    for (const auto& line : words.header_lines) reads.fields += line + "\r\n";
    report = run(reads);
  } else if (blob_command) {
    finish(blobs.common, words);
    report = run(blobs);
  } else {
    finish(artifacts.common, words);
    report = run(artifacts);
  }
  fmt::print("{}\n", report);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "berth_load: {}\n", error.what());
    return 1;
  }
}
