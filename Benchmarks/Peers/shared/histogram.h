// A latency histogram of fixed size: 128 buckets for each power of two, so a value is kept within 1 %.
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_SUB_BITS = 7, HISTOGRAM_BUCKETS = (64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS };

struct histogram {
  uint64_t counts[HISTOGRAM_BUCKETS];
  uint64_t total, largest;
};

static inline void histogram_record(struct histogram *histogram, uint64_t value) {
  unsigned index;
  if (value < (1u << HISTOGRAM_SUB_BITS)) {
    index = (unsigned)value;
  } else {
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
    index = ((shift + 1) << HISTOGRAM_SUB_BITS) + (unsigned)((value >> shift) & ((1u << HISTOGRAM_SUB_BITS) - 1));
  }
  histogram->counts[index]++;
  histogram->total++;
  if (value > histogram->largest) histogram->largest = value;
}

// The least value that `fraction` of the values do not exceed, rounded up to its bucket's end.
static inline uint64_t histogram_quantile(const struct histogram *histogram, double fraction) {
  uint64_t rank = (uint64_t)(fraction * (double)histogram->total), seen = 0;
  if (rank >= histogram->total) return histogram->largest;
  for (unsigned index = 0; index < HISTOGRAM_BUCKETS; index++) {
    seen += histogram->counts[index];
    if (seen <= rank) continue;
    unsigned group = index >> HISTOGRAM_SUB_BITS;
    if (group == 0) return index;
    uint64_t low = (UINT64_C(1) << HISTOGRAM_SUB_BITS) + (index & ((1u << HISTOGRAM_SUB_BITS) - 1));
    uint64_t end = ((low + 1) << (group - 1)) - 1;
    return end < histogram->largest ? end : histogram->largest;
  }
  return histogram->largest;
}

#endif
