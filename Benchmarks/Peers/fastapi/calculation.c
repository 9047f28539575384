// The C calculator for Python: one call with plain numbers in and out, so that the peer's time is Python's web server
// and not a calculator written in Python.
#include <string.h>

#include "yantai.h"

enum { LAYER_NUMBERS = 7 };

// Numbers of `claim`: kind, day, total, out of catalogue, over the limit, first self pay, in policy, its drugs, special
// drugs, level, Chinese medicine, county, out of the city, basic and large amount paid outside, account use, referred
// from. Of `person`: insurance, membership, status, covered from and until. `identities`: identity, given, ended each.
// `year` moves. Of `outcome`: total, six funds, cash, deductible, paid outside, identity, layers; of each layer: index,
// base, deductible, quota left, paid by the first fund and the second, and 0. Returns the refusal's code, 0: settled.
int fastapi_calculate(const int64_t *claim, const int64_t *person, const int64_t *identities, int64_t identity_count,
                      int32_t year_number, int64_t *year, int64_t *outcome, int64_t *layers) {
  struct calculator_claim c = {
    (uint8_t)claim[0], (int32_t)claim[1], claim[2], claim[3], claim[4], claim[5], claim[6], claim[7], claim[8],
    (uint8_t)claim[9], claim[10] != 0, claim[11] != 0, claim[12] != 0, 0, claim[13], claim[14], (uint8_t)claim[15],
    (uint8_t)claim[16]};
  struct calculator_person p = {
    (uint8_t)person[0], (uint8_t)person[1], (uint8_t)person[2], {(int32_t)person[3], (int32_t)person[4]}, 0, 0, false};
  struct calculator_identity dated[YANTAI_IDENTITIES_MAX];
  if (identity_count > YANTAI_IDENTITIES_MAX) return 4008;
  for (int64_t i = 0; i < identity_count; i++) {
    dated[i] = (struct calculator_identity){
      (uint8_t)identities[3 * i], (int32_t)identities[3 * i + 1], (int32_t)identities[3 * i + 2]};
  }
  struct calculator_rows rows = {.year = year_number, .identities_to = (size_t)identity_count};
  struct calculator_outcome result;
  struct calculator_refusal refusal =
      calculator_settle(&yantai_tables, &c, &p, &rows, dated, NULL, year, NULL, &result);
  if (refusal.code != 0) return refusal.code;
  outcome[0] = result.total;
  memcpy(outcome + 1, result.funds, sizeof result.funds);
  outcome[7] = result.cash;
  outcome[8] = result.deductible_paid;
  outcome[9] = result.paid_outside;
  outcome[10] = result.identity;
  outcome[11] = (int64_t)result.layer_count;
  for (size_t i = 0; i < result.layer_count; i++) {
    const struct calculator_layer_result *layer = &result.layers[i];
    const int64_t numbers[LAYER_NUMBERS] = {
      layer->layer, layer->base, layer->deductible, layer->quota_left, layer->paid_first, layer->paid_second, 0};
    memcpy(layers + LAYER_NUMBERS * i, numbers, sizeof numbers);
  }
  return 0;
}

// A text of a layer: 0 layer, 1 fund, 2 the fund's code, 3 rule, 4 interpretation; NULL where it has none.
const char *fastapi_layer_text(uint32_t layer, int which) {
  const struct yantai_layer_name *name = yantai_layer_name(layer);
  const char *texts[] = {name->layer, name->fund, name->fund_code, name->rule, name->interpretation};
  return texts[which];
}

const char *fastapi_slot_name(size_t slot) { return slot < YANTAI_SLOTS ? yantai_slot_names[slot] : NULL; }
