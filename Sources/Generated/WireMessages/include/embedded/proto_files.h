// Made by Proto/embed.py of what is in Proto/: run `make proto`, do not edit.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A FileDescriptorSet of all files, imports first, in zlib's format.
/// @param size Its bytes.
const uint8_t *jiesuan_descriptors(size_t *size);

/// The .proto files for clients, as a zip.
/// @param size Its bytes.
const uint8_t *jiesuan_bundle(size_t *size);
