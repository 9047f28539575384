#include "yantai.h"

#include <string.h>

#define YUAN(amount) (INT64_C(100) * (amount))
#define NONE CALCULATOR_NO_SLOT
#define PAYER(fund) {INT64_MAX, fund, NONE}

enum category { POOL, LARGE_AMOUNT, CRITICAL_ILLNESS, ASSISTANCE, REASSISTANCE };
enum slot { ILLNESS_ABSORBED, ILLNESS_BASE, ABSORBED, PAID, RE_ABSORBED, RE_PAID };
enum { LAYERS = 4 };  // of one identity

// What the basic insurance paid comes with the claim (rule G-9).
#define EXTERNAL_BASIC                                                                                       \
  {.base = BASE_IN_POLICY_LEFT, .method = METHOD_EXTERNAL_BASIC, .is_basic = true, .absorbed_slot = NONE,    \
   .measure_slot = NONE, .paid_slot = NONE, .payer_count = 1, .cap = INT64_MAX, .first = PAYER(POOL),        \
   .second = PAYER(POOL)}
#define ILLNESS(bracket, absorbed_yuan)                                                                        \
  {.base = BASE_IN_POLICY_LEFT, .method = METHOD_EXPENSE_BRACKETS, .absorbed_slot = ILLNESS_ABSORBED,        \
   .measure_slot = ILLNESS_BASE, .paid_slot = NONE, .payer_count = 1, .first_bracket = bracket,               \
   .bracket_count = 4, .deductible = YUAN(absorbed_yuan), .cap = INT64_MAX,                                  \
   .first = PAYER(CRITICAL_ILLNESS), .second = PAYER(CRITICAL_ILLNESS)}
#define FLAT(fund, absorbed, paid, points, deductible_yuan, cap_yuan)                                    \
  {.base = BASE_IN_POLICY_LEFT, .method = METHOD_FLAT, .absorbed_slot = absorbed, .measure_slot = NONE,      \
   .paid_slot = paid, .payer_count = 1, .ratio = points, .deductible = YUAN(deductible_yuan),                \
   .cap = YUAN(cap_yuan), .first = PAYER(fund), .second = PAYER(fund)}

// The key groups of YT-5 (destitute, low income, returned to poverty), the other assisted ones, everybody else. The
// plan of an identity that is not assisted ends after two layers.
#define KEY_GROUP(points)                                                                                    \
  EXTERNAL_BASIC, ILLNESS(0, 7000), FLAT(ASSISTANCE, ABSORBED, PAID, points, 0, 30000),                      \
      FLAT(REASSISTANCE, RE_ABSORBED, RE_PAID, 7000, 5000, 20000)
#define OTHERS(points)                                                                                       \
  EXTERNAL_BASIC, ILLNESS(4, 14000), FLAT(ASSISTANCE, ABSORBED, PAID, points, 3000, 20000),                  \
      FLAT(REASSISTANCE, RE_ABSORBED, RE_PAID, 7000, 10000, 20000)

static const struct calculator_layer layers[] = {
  OTHERS(0), KEY_GROUP(10000), KEY_GROUP(8000), KEY_GROUP(7000), OTHERS(5000), OTHERS(5000), OTHERS(0), OTHERS(0)};

#define PLAN(identity, count)                                                                                \
  {.disposition = DISPOSITION_SETTLE, .allows_external_basic = true, .layer_count = count,                   \
   .first_layer = identity * LAYERS}
static const struct calculator_plan plans[] = {
  PLAN(0, 2), PLAN(1, 4), PLAN(2, 4), PLAN(3, 4), PLAN(4, 4), PLAN(5, 4), PLAN(6, 2), PLAN(7, 2)};

static const struct calculator_bracket brackets[] = {
  {0, 6500}, {YUAN(100000), 7000}, {YUAN(200000), 7500}, {YUAN(300000), 8000},
  {0, 6000}, {YUAN(100000), 6500}, {YUAN(200000), 7000}, {YUAN(300000), 7500}};

static const uint32_t plan_index[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const struct calculator_version versions[] = {{{20230101, 0}, 0}};
static const uint8_t disease_classes[] = {0};

const struct calculator_tables yantai_tables = {
  .versions = versions, .version_count = 1, .plan_index = plan_index, .plans = plans, .layers = layers,
  .brackets = brackets, .disease_classes = disease_classes, .disease_count = 1, .strides = {0, 0, 0, 1},
  .identity_ranks = {0, 6, 5, 4, 3, 3, 2, 0}, .slot_count = YANTAI_SLOTS};

const char *const yantai_slot_names[YANTAI_SLOTS] = {
  "resident.critical_illness.absorbed", "resident.critical_illness.base", "assistance.absorbed", "assistance.paid",
  "reassistance.absorbed", "reassistance.paid"};

static const struct yantai_layer_name layer_names[LAYERS] = {
  {"basic.external", "basic", "", "G-9", ""},
  {"resident.critical_illness", "resident_critical_illness", "390200", "YT-2", "I-27"},
  {"assistance", "assistance", "610100", "YT-5", ""},
  {"reassistance", "reassistance", "", "YT-5", ""}};

size_t yantai_slot(const char *name) {
  size_t slot = 0;
  while (slot < YANTAI_SLOTS && strcmp(yantai_slot_names[slot], name) != 0) slot++;
  return slot;
}

const struct yantai_layer_name *yantai_layer_name(uint32_t layer) { return &layer_names[layer % LAYERS]; }
