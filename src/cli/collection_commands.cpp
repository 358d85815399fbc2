#include "cli/commands.h"

namespace berth::cli {
namespace {

const std::vector<Column> kState{
    {"Paused", "paused", As::kYesNo},        {"Reviews due", "due", As::kNumber},
    {"In the queue", "queued", As::kNumber}, {"Last run", "last_run.id", As::kNumber},
    {"Its state", "last_run.state"},         {"Freed by it", "last_run.progress.bytes_freed", As::kSize}};
const std::vector<Column> kRun{{"Run", "id", As::kNumber},
                               {"State", "state"},
                               {"Asked for by", "requested_by"},
                               {"Reviewed", "progress.reviewed", As::kNumber},
                               {"Objects removed", "progress.objects_removed", As::kNumber},
                               {"Freed", "progress.bytes_freed", As::kSize},
                               {"Began", "started_at", As::kTime},
                               {"Ended", "finished_at", As::kTime},
                               {"Error", "error"}};
const std::vector<Column> kPreview{{"Untagged manifests", "manifests", As::kNumber},
                                   {"Blobs lost by repositories", "links", As::kNumber},
                                   {"Of quotas", "logical_bytes", As::kSize},
                                   {"Blobs removed", "blobs", As::kNumber},
                                   {"Freed", "bytes", As::kSize},
                                   {"All looked at", "complete", As::kYesNo}};
constexpr Input kRunId{.name = "RUN", .field = "run", .help = "the run's number"};
constexpr std::size_t kRuns = 20;

}  // namespace

std::vector<Command> collection_commands() {
  return {
      {.noun = "collection",
       .verb = "show",
       .summary = "Show what the garbage collector does.",
       .path = "/api/v1/collection",
       .answer = Answer::kObject,
       .columns = kState},
      {.noun = "collection",
       .verb = "preview",
       .summary = "Say what would be collected, and how much that would free.",
       .path = "/api/v1/collection/preview",
       .answer = Answer::kObject,
       .columns = kPreview},
      {.noun = "collection",
       .verb = "run",
       .summary = "Collect what is due, now.",
       .method = Method::kPost,
       .path = "/api/v1/collection/runs",
       .answer = Answer::kObject,
       .columns = kRun},
      {.noun = "collection",
       .verb = "pause",
       .summary = "Pause the garbage collector.",
       .method = Method::kPatch,
       .path = "/api/v1/collection",
       .sets = Switch{.field = "paused", .on = true},
       .answer = Answer::kObject,
       .columns = kState},
      {.noun = "collection",
       .verb = "resume",
       .summary = "Let the garbage collector go on.",
       .method = Method::kPatch,
       .path = "/api/v1/collection",
       .sets = Switch{.field = "paused", .on = false},
       .answer = Answer::kObject,
       .columns = kState},
      {.noun = "collection",
       .verb = "runs",
       .summary = "List the runs, the newest first.",
       .path = "/api/v1/collection/runs",
       .answer = Answer::kList,
       .columns = kRun,
       .limit = kRuns},
      {.noun = "collection",
       .verb = "log",
       .summary = "Read a run's log.",
       .path = "/api/v1/collection/runs/{run}/log",
       .inputs = {kRunId},
       .answer = Answer::kList,
       .columns = {{"When", "at", As::kTime}, {"What", "message"}}},
  };
}

}  // namespace berth::cli
