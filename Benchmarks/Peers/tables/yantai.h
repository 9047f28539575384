// Yantai's waterfall for assisted residents (YT-2, YT-5, YT-6) as fixed tables of the C calculator: what every peer
// settles with.
#ifndef YANTAI_H
#define YANTAI_H

#include "../../Programs/Calculator/C/include/calculator.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { YANTAI_SLOTS = 6, YANTAI_IDENTITIES_MAX = 16 };

extern const struct calculator_tables yantai_tables;

// Accumulators by slot, named as the policy pack names them.
extern const char *const yantai_slot_names[YANTAI_SLOTS];

// The slot of an accumulator's name; YANTAI_SLOTS: unknown.
size_t yantai_slot(const char *name);

struct yantai_layer_name {
  const char *layer, *fund, *fund_code, *rule, *interpretation;
};

// What the policy pack calls a layer of `yantai_tables`.
const struct yantai_layer_name *yantai_layer_name(uint32_t layer);

#ifdef __cplusplus
}
#endif
#endif
