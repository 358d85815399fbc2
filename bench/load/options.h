#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stream.h"

namespace berth::load {

/// What every load has.
struct Common {
  Address address;
  std::vector<std::string> tokens;  // client i shows token i modulo their number; empty: none
  std::size_t clients = 1;
  std::chrono::milliseconds patience{60000};  // without any answer, until the load gives up

  [[nodiscard]] std::string token(std::size_t client) const {
    return tokens.empty() ? std::string() : tokens[client % tokens.size()];
  }
};

struct Target {
  std::string path;
  std::optional<std::uint64_t> length;  // what Content-Length must say
};

/// GET, HEAD or DELETE of targets until the time or the number is used up.
struct Reads {
  Common common;
  std::string method = "GET";
  std::vector<Target> targets;
  std::string fields;  // further header lines
  int status = 200;
  double zipf = 0;
  double seconds = 0;
  std::uint64_t requests = 0;
};

/// How a blob's bytes travel: POST and PATCH and PUT, as docker and podman do, or POST and PUT, as containerd does.
enum class Upload { kPatch, kPut };

struct BlobPushes {
  Common common;
  std::vector<std::string> repositories;
  std::uint64_t size = 0;
  std::uint64_t count = 1;
  Upload upload = Upload::kPatch;
};

/// Whether each artifact brings a configuration of its own, or all share the empty one, pushed before the clock starts.
enum class ConfigBlob { kEmpty, kOwn };

struct ArtifactPushes {
  Common common;
  std::vector<std::string> repositories;  // client i pushes to repository i modulo their number
  std::uint64_t layer_bytes = 1024;
  ConfigBlob config = ConfigBlob::kEmpty;
  double seconds = 0;
  std::uint64_t count = 0;
};

/// Each runs one load and gives its report (recorder.h). Throws at the first answer that was not expected.
std::string run(const Reads& reads);
std::string run(const BlobPushes& pushes);
std::string run(const ArtifactPushes& pushes);

}  // namespace berth::load
