// The two methods of jiesuan.v1.CalculationService over the C calculator and Yantai's tables.
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

// An answer that is ready to be packed, or an error of the registry in Proto/jiesuan/v1/error.proto.
struct answer {
  const ProtobufCMessage *message;  // NULL: refused
  int32_t error_code;
  const char *error_text;
};

// Both take what they need from `arena`; the answer lives until it is reset.
struct answer service_calculate(struct arena *arena, const uint8_t *bytes, size_t size);
struct answer service_calculate_batch(struct arena *arena, const uint8_t *bytes, size_t size);

static inline struct answer refused(int32_t code, const char *text) { return (struct answer){NULL, code, text}; }

enum {
  ERROR_METHOD = 1002,
  ERROR_REQUEST = 1003,
  ERROR_INTERNAL = 2001,
  ERROR_REGION = 4001,
  ERROR_FACT = 4002,
  ERROR_ACCUMULATOR = 4008
};

#define POLICY_DIGEST "0000000000000000000000000000000000000000000000000000000000000000"

#endif
