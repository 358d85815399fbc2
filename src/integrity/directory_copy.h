#pragma once

#include <string>

namespace berth::integrity {

/// Small files only: they go through memory. Contents, permissions; durable. Throw std::system_error.
void copy_file_durably(const std::string& from, const std::string& to);
/// The files of a directory, not what lies deeper. Nothing happens when it is not there.
void copy_directory_durably(const std::string& from, const std::string& to);

}  // namespace berth::integrity
