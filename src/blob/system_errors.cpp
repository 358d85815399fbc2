#include "blob/system_errors.h"

#include <cerrno>
#include <system_error>

namespace berth::blob {
namespace {

std::string_view message_for(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return "the blob store has no space left";
    case EROFS:
      return "the blob store is read-only";
    case EMFILE:
    case ENFILE:
      return "the server has too many files open";
    case EACCES:
    case EPERM:
      return "the server may not use the blob store's files";
    default:
      return "the blob store failed";
  }
}

}  // namespace

Error to_error(const SystemError& error) {
  return Error::unavailable(std::string(message_for(error.number)),
                            fmt::format("{}: {}", error.call, std::generic_category().message(error.number)));
}

void raise(const SystemError& error) {
  throw std::system_error(error.number, std::generic_category(), std::string(error.call));
}

bool means_absent(const SystemError& error) {
  // O_NOFOLLOW answers ELOOP for a link, together with O_DIRECTORY ENOTDIR.
  return error.number == ENOENT || error.number == ELOOP || error.number == ENOTDIR;
}

}  // namespace berth::blob
