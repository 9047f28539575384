// Counts the calling thread's malloc calls. Linked into a test process, it replaces the allocator there.
#ifndef C_ALLOCATION_COUNTER_H
#define C_ALLOCATION_COUNTER_H
#include <stdint.h>
uint64_t allocation_count(void);
#endif
