#pragma once

#include "db/database.h"
#include "distribution/manifest_parser.h"

/// What a manifest refers to: checked before it is accepted, and written with it.
namespace berth::distribution {

/// Every blob and child that the manifest needs is in the repository: foreign layers apart, and with `sparse` nothing
/// is needed. kManifestBlobUnknown with one subject per missing digest, in document order. The repository is locked, so
/// what was found stays until the transaction ends.
/// Gives the image's size: its config and layers, or what the children that are here sum up to.
[[nodiscard]] Result<std::int64_t> check_references(db::Connection& tx, RepositoryId repository,
                                                    const ParsedManifest& manifest, bool sparse);

/// What must be in the repository for the manifest to be whole there: in document order, a blob or a child once. What
/// is named several times is left out only if it is foreign each time. They point into the manifest.
[[nodiscard]] std::vector<const Reference*> required_of(const ParsedManifest& manifest);

void write_references(db::Connection& tx, RepositoryId repository, ManifestId manifest,
                      std::span<const Reference> references);

}  // namespace berth::distribution
