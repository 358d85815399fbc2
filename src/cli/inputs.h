#pragma once

#include "cli/command.h"

/// Inputs that several commands share.
namespace berth::cli::inputs {

inline constexpr Input kDescription{
    .name = "--description", .field = "description", .place = Place::kBody, .help = "what it is for"};
inline constexpr Input kDisplayName{
    .name = "--display-name", .field = "display_name", .place = Place::kBody, .help = "how people call it"};
inline constexpr Input kExpires{.name = "--expires",
                                .field = "expires_at",
                                .kind = Kind::kExpiry,
                                .place = Place::kBody,
                                .help = "how long it is good: 30d, 12h, 15m, an RFC 3339 time, or never"};
inline constexpr Input kIfVersion{.name = "--if-version",
                                  .field = "If-Match",
                                  .kind = Kind::kVersion,
                                  .place = Place::kHeader,
                                  .help = "only while it has this version, as `-o json` shows it"};
inline constexpr Input kWorkspace{.name = "WORKSPACE", .field = "workspace", .help = "the workspace's name"};
inline constexpr Input kNewWorkspace{.name = "WORKSPACE", .field = "name", .place = Place::kBody, .help = "its name"};
inline constexpr Input kSpace{
    .name = "SPACE", .field = "space", .kind = Kind::kSpace, .help = "SPACE, or REGISTRY/SPACE"};
inline constexpr Input kNamespace{.name = "NAMESPACE",
                                  .field = "namespace",
                                  .kind = Kind::kItem,
                                  .help = "CLUSTER/NAME, or its id",
                                  .words = "cluster/name"};
inline constexpr Input kOwnPasswordStdin{.name = "--own-password-stdin",
                                         .field = "",
                                         .kind = Kind::kPassword,
                                         .place = Place::kLocal,
                                         .help = "the first line of stdin is your own password, where it is asked for"};
inline constexpr Input kRegistryOption{
    .name = "--registry", .field = "registry", .place = Place::kLocal, .help = "the registry, if not the server's own"};

}  // namespace berth::cli::inputs
