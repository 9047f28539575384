#include "CShims.h"
#include <stdlib.h>

enum { ALIGNMENT = 16 };

struct shim_arena_chunk {
    shim_arena_chunk *next;
    size_t size; // of the payload
    _Alignas(ALIGNMENT) uint8_t payload[];
};

static bool add_chunk(shim_arena *arena, size_t size) {
    shim_arena_chunk *chunk = malloc(sizeof(shim_arena_chunk) + size);
    if (!chunk) return false;
    chunk->next = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->held += size;
    arena->cursor = chunk->payload;
    arena->end = chunk->payload + size;
    return true;
}

// The current chunk is full: double what is held, as far as the limit allows.
static void *alloc_slowly(shim_arena *arena, size_t size) {
    size_t room = arena->limit - arena->held;
    if (size > room) goto refused;
    size_t chunk = arena->held > size ? arena->held : size;
    if (chunk > room) chunk = room;
    if (!add_chunk(arena, chunk)) goto refused;
    void *result = arena->cursor;
    arena->cursor += size;
    return result;
refused:
    arena->exhausted = true;
    return NULL;
}

void *shim_arena_alloc(shim_arena *arena, size_t size) {
    if (size > SIZE_MAX - ALIGNMENT) {
        arena->exhausted = true;
        return NULL;
    }
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (size <= (size_t)(arena->end - arena->cursor)) {
        void *result = arena->cursor;
        arena->cursor += size;
        return result;
    }
    return alloc_slowly(arena, size);
}

static void *allocator_alloc(void *data, size_t size) { return shim_arena_alloc(data, size); }

static void allocator_free(void *data, void *pointer) {
    (void)data;
    (void)pointer;
}

shim_arena *shim_arena_create(size_t first, size_t kept, size_t limit) {
    shim_arena *arena = calloc(1, sizeof *arena);
    if (!arena) return NULL;
    arena->allocator.alloc = allocator_alloc;
    arena->allocator.free = allocator_free;
    arena->allocator.allocator_data = arena;
    arena->limit = limit;
    arena->kept = kept;
    if (!add_chunk(arena, first)) {
        free(arena);
        return NULL;
    }
    return arena;
}

static void free_chunks(shim_arena_chunk *chunk) {
    while (chunk) {
        shim_arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void shim_arena_destroy(shim_arena *arena) {
    free_chunks(arena->chunks);
    free(arena);
}

void shim_arena_reset(shim_arena *arena) {
    arena->exhausted = false;
    shim_arena_chunk *chunk = arena->chunks;
    if (chunk->next) {
        // One chunk of what was needed, so that the next request of this size takes one step;
        // but never keep more than agreed, a single large request must not stay forever.
        size_t size = arena->held < arena->kept ? arena->held : arena->kept;
        shim_arena_chunk *old = chunk;
        size_t held = arena->held;
        arena->chunks = NULL;
        arena->held = 0;
        if (add_chunk(arena, size)) {
            free_chunks(old);
        } else { // no memory just now: keep what there is
            arena->chunks = old;
            arena->held = held;
        }
        return;
    }
    arena->cursor = chunk->payload;
}
