#pragma once

#include "cli/context.h"

/// Answers that are more than one table, for people; written to stdout.
namespace berth::cli {

void show_bindings(const Context& context, const json::value& outcome);
void show_publicity(const Context& context, const json::value& preview);
void show_image(const Context& context, const json::value& document);
void show_explanation(const Context& context, const json::value& explanation);
void show_commands(const Context& context, const json::value& document);
void show_me(const Context& context, const json::value& session);

}  // namespace berth::cli
