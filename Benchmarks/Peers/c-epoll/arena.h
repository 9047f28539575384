// Memory of one request for protobuf-c: a cursor that moves on and goes back, never a malloc.
#ifndef ARENA_H
#define ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

enum { ARENA_ALIGNMENT = 16 };

// Of address space; pages are taken when they are first touched. The largest request of 65,536 claims needs a tenth.
#define ARENA_SIZE ((size_t)256 << 20)

struct arena {
  ProtobufCAllocator allocator;
  uint8_t *start, *cursor;
};

// NULL past the limit.
static inline void *arena_take(struct arena *arena, size_t size) {
  size = (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
  if (size > ARENA_SIZE - (size_t)(arena->cursor - arena->start)) return NULL;
  void *taken = arena->cursor;
  arena->cursor += size;
  return taken;
}

static inline void *arena_alloc(void *data, size_t size) { return arena_take(data, size); }
static inline void arena_free(void *data, void *pointer) { (void)data, (void)pointer; }

static inline bool arena_create(struct arena *arena) {
  void *memory = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  *arena = (struct arena){{arena_alloc, arena_free, arena}, memory, memory};
  return true;
}

static inline void arena_reset(struct arena *arena) { arena->cursor = arena->start; }

#endif
