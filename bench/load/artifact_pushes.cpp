#include <fmt/format.h>

#include <memory>

#include "options.h"
#include "recorder.h"
#include "upload.h"

namespace berth::load {
namespace {

struct Config {
  std::string_view media_type;
  std::uint64_t size;
  std::string digest;
};

/// The OCI image specification's empty descriptor, as oras pushes it.
BlobSeries::Blob empty_config() {
  return {"{}", "", digest_of("{}")};
}

struct Artifact {
  BlobSeries::Blob layer;
  std::optional<BlobSeries::Blob> config;
  std::string manifest;
  std::string tag;
};

std::string manifest_of(const Config& config, const BlobSeries::Blob& layer) {
  return fmt::format(R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
                     R"("artifactType":"application/vnd.berth.bench",)"
                     R"("config":{{"mediaType":"{}","digest":"{}","size":{}}},)"
                     R"("layers":[{{"mediaType":"application/octet-stream","digest":"{}","size":{}}}]}})",
                     config.media_type, config.digest, config.size, layer.digest, layer.size());
}

/// Makes artifacts as long as there are any to push.
class Source {
 public:
  Source(const ArtifactPushes& pushes, const Recorder& recorder)
      : pushes_(pushes),
        recorder_(recorder),
        layers_(pushes.layer_bytes),
        configs_(256) {}

  [[nodiscard]] bool more() const {
    if (pushes_.count > 0) return made_ < pushes_.count;
    return Clock::now() - recorder_.started() < std::chrono::duration<double>(pushes_.seconds);
  }

  Artifact next() {
    Artifact artifact{.layer = layers_.next(), .config = {}, .manifest = {}, .tag = {}};
    Config config{"application/vnd.oci.empty.v1+json", 2, empty_config().digest};
    if (pushes_.config == ConfigBlob::kOwn) {
      artifact.config = configs_.next();
      config = {"application/octet-stream", artifact.config->size(), artifact.config->digest};
    }
    artifact.manifest = manifest_of(config, artifact.layer);
    artifact.tag = fmt::format("pushed-{}-{}", artifact.layer.digest.substr(7, 12), ++made_);
    return artifact;
  }

 private:
  const ArtifactPushes& pushes_;
  const Recorder& recorder_;
  BlobSeries layers_;
  BlobSeries configs_;
  std::uint64_t made_ = 0;
};

Task<Done> open(Pusher& pusher) {
  auto connecting = pusher.connect();
  co_await connecting;
  const auto config = empty_config();
  auto pushing = pusher.push_blob(config, Upload::kPut);
  co_await pushing;
  co_return Done{};
}

Task<Done> client(Source& source, Recorder& recorder, Pusher& pusher) {
  while (source.more()) {
    const auto artifact = source.next();
    const auto since = Clock::now();
    auto pushing = pusher.push_blob(artifact.layer, Upload::kPut);
    co_await pushing;
    if (artifact.config) {
      auto pushing_config = pusher.push_blob(*artifact.config, Upload::kPut);
      co_await pushing_config;
    }
    auto putting = pusher.push_manifest(artifact.tag, artifact.manifest);
    co_await putting;
    recorder.finished(since, artifact.layer.size());
  }
  co_return Done{};
}

}  // namespace

std::string run(const ArtifactPushes& pushes) {
  EventLoop loop;
  Recorder recorder;
  Source source(pushes, recorder);
  std::vector<std::unique_ptr<Pusher>> pushers;
  std::vector<Task<Done>> opening;
  for (std::size_t number = 0; number < pushes.common.clients; ++number) {
    const auto& repository = pushes.repositories[number % pushes.repositories.size()];
    pushers.push_back(std::make_unique<Pusher>(loop, pushes.common, repository, number));
    opening.push_back(open(*pushers.back()));
  }
  loop.run(opening, pushes.common.patience);

  std::vector<Task<Done>> clients;
  for (auto& pusher : pushers) clients.push_back(client(source, recorder, *pusher));
  recorder.start();
  loop.run(clients, pushes.common.patience);
  recorder.stop();
  return recorder.report();
}

}  // namespace berth::load
