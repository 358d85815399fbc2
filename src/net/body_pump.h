#pragma once

#include "base/worker_pool.h"
#include "net/body_buffers.h"
#include "net/body_reader.h"
#include "net/pool_call.h"

namespace berth::net {

/// Moves a body from the network into a sink with two buffers: while the fs pool writes one, the loop fills the other.
///
/// When no more comes, what has arrived is still written: a broken upload keeps its bytes. Loop thread only.
class BodyPump {
 public:
  /// All must outlive run().
  BodyPump(Executor executor, BodyReader& reader, http::BodySink& sink, BodyBuffers& buffers, WorkerPool& fs,
           std::string_view request_id)
      : executor_(executor),
        reader_(reader),
        sink_(sink),
        fs_(fs),
        request_id_(request_id),
        buffers_{buffers.borrow(), buffers.borrow()} {}

  /// The sink said no, or the body was not whole.
  using Trouble = std::variant<Error, BodyTrouble>;
  using Outcome = std::expected<void, Trouble>;
  Task<Outcome> run(Patience& patience);

 private:
  using Write = PoolCall<Result<void>>;

  Task<BodyResult<void>> fill(Patience& patience);
  Task<Result<void>> write_filled();
  Result<void> write(std::string_view bytes);
  Task<Result<void>> join();

  Executor executor_;
  BodyReader& reader_;
  http::BodySink& sink_;
  WorkerPool& fs_;
  std::string_view request_id_;
  std::array<BodyBuffers::Buffer, 2> buffers_;
  std::size_t filling_ = 0;  // which of them; the other is being written
  std::size_t filled_ = 0;
  std::optional<Write> write_;
};

}  // namespace berth::net
