#include "http/failure.h"

#include <cerrno>
#include <new>
#include <system_error>

#include "base/log.h"
#include "db/database.h"

namespace berth::http {
namespace {

Error internal(std::string detail) {
  auto error =
      Error::of(Fault::kInternal, "an internal error; the server's log has the reason under this request's id");
  error.detail = std::move(detail);
  return error;
}

Error of_system_error(const std::system_error& failure) {
  switch (failure.code().value()) {
    case ENOSPC:
    case EDQUOT:
      return Error::unavailable("the server's storage is full", failure.what());
    case EIO:
    case EROFS:
    case ESTALE:
      return Error::unavailable("the server's storage has failed", failure.what());
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return Error::unavailable("the server is too busy", failure.what());
    default:
      return internal(failure.what());
  }
}

Error classify(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const db::Failure& failure) {
    if (failure.unavailable()) return Error::unavailable("the database is not available now", failure.what());
    return internal(failure.what());
  } catch (const std::system_error& failure) {
    return of_system_error(failure);
  } catch (const std::bad_alloc&) {
    return Error::unavailable("the server is too busy", "out of memory");
  } catch (const std::exception& failure) {
    return internal(failure.what());
  } catch (...) {
    return internal("an exception of an unknown type");
  }
}

}  // namespace

Error take_failure(const std::exception_ptr& exception, std::string_view request_id) {
  auto error = classify(exception);
  log::error("request failed", {{"request_id", request_id}, {"fault", name_of(error.fault)}, {"detail", error.detail}});
  error.detail.clear();
  return error;
}

}  // namespace berth::http
