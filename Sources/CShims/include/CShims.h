// C pieces that Swift cannot call or express: zlib's macros, protobuf-c's allocator, the standard output's fate.
#ifndef JIESUAN_CSHIMS_H
#define JIESUAN_CSHIMS_H
#include <protobuf-c/protobuf-c.h>
#include <snappy-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

// zlib: inflateInit2 and deflateInit2 are macros.
int shim_inflate_init(z_stream *stream, int window_bits);
int shim_deflate_init(z_stream *stream, int level, int window_bits);
// zlib's CRC-32 from its beginning, some 10 times as fast where the processor multiplies without carries.
uint32_t shim_crc32(const uint8_t *bytes, size_t count);
// CRC-32C of what `crc` is that of (0: of nothing), continued: by the processor's instruction where it has one, some
// 10 bytes a nanosecond, else by a table, some 0.5.
uint32_t shim_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);
// The same by the table alone, so that a test compares the two.
uint32_t shim_crc32c_by_table(uint32_t crc, const uint8_t *bytes, size_t count);

// A bump allocator in the shape protobuf-c asks for: alloc moves a cursor, free does nothing, reset
// takes everything back at once. Never holds more than `limit` bytes; past it alloc answers NULL,
// which protobuf-c turns into a failed unpack.
typedef struct shim_arena_chunk shim_arena_chunk;

typedef struct {
    ProtobufCAllocator allocator; // hand its address to protobuf-c
    uint8_t *cursor;
    uint8_t *end;
    shim_arena_chunk *chunks; // newest first
    size_t held;              // bytes of all chunks
    size_t limit;
    size_t kept;              // bytes that a reset may keep for the next request
    bool exhausted;           // an alloc since the last reset was refused
} shim_arena;

shim_arena *shim_arena_create(size_t first, size_t kept, size_t limit);
void shim_arena_destroy(shim_arena *arena);
void shim_arena_reset(shim_arena *arena);
void *shim_arena_alloc(shim_arena *arena, size_t size);
// Writes what the standard output still holds (Swift cannot name `stdout` safely). 0: all that was ever printed is
// written; else the errno of a write that failed, or -1 where it is not known any more.
int shim_flush_output(void);

// Whether an open file lies on another machine (statfs, which Swift does not import). 0 where the system does not say.
int shim_is_network_file(int descriptor);

// No image of this process is written when it crashes, and nobody but root may look into it (prctl takes any number of
// arguments, which Swift cannot call). 0: done.
int shim_forbid_dump(void);

#endif
