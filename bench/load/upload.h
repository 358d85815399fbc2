#pragma once

#include "connection.h"
#include "content.h"
#include "options.h"

namespace berth::load {

/// One client's view of one repository: its connection, and the requests of a push (OCI distribution, "Pushing"). Every
/// answer but the one that the specification names throws std::runtime_error.
class Pusher {
 public:
  Pusher(EventLoop& loop, const Common& common, std::string repository, std::size_t client);

  Task<Done> connect() { return connection_.connect(); }
  Task<Done> push_blob(const BlobSeries::Blob& blob, Upload upload);
  Task<Done> push_manifest(std::string_view tag, std::string_view bytes);

 private:
  struct Body {
    std::string_view media_type;
    std::vector<std::string_view> parts;
  };
  Task<Answer> send(std::string_view method, std::string path, Body body, int status);

  const std::string authority_;
  const std::string fields_;
  const std::string repository_;
  Connection connection_;
};

}  // namespace berth::load
