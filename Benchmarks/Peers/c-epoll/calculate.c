// Calculate: one claim.
#include <string.h>

#include "jiesuan/v1/calculation_service.pb-c.h"
#include "service.h"
#include "yantai.h"

// Everything an answer points to; in one piece, so that an answer takes one step of the arena.
struct calculated {
  Jiesuan__V1__CalculateResponse response;
  Jiesuan__V1__Outcome outcome;
  Jiesuan__V1__YearState year_after;
  Jiesuan__V1__LayerRow layers[CALCULATOR_LAYERS_MAX], *layer_rows[CALCULATOR_LAYERS_MAX];
  Jiesuan__V1__Accumulator accumulators[YANTAI_SLOTS], *accumulator_rows[YANTAI_SLOTS];
};

static const Jiesuan__V1__CostSplit no_cost = JIESUAN__V1__COST_SPLIT__INIT;
static const Jiesuan__V1__Institution no_institution = JIESUAN__V1__INSTITUTION__INIT;

static struct calculator_claim claim_of(const Jiesuan__V1__Claim *claim) {
  const Jiesuan__V1__CostSplit *cost = claim->cost ? claim->cost : &no_cost;
  const Jiesuan__V1__Institution *institution = claim->institution ? claim->institution : &no_institution;
  return (struct calculator_claim){
    (uint8_t)claim->kind, (int32_t)claim->service_date, cost->total, cost->out_of_catalog, cost->over_limit,
    cost->first_self_pay, cost->in_policy, cost->in_policy_drug, cost->special_drug, (uint8_t)institution->level,
    institution->chinese_medicine, institution->county_area, institution->out_of_city, 0, claim->external_basic,
    claim->external_large_amount, (uint8_t)claim->account_use, (uint8_t)claim->referred_from};
}

static void write_layers(const struct calculator_outcome *from, struct calculated *to) {
  for (size_t position = 0; position < from->layer_count; position++) {
    const struct calculator_layer_result *result = &from->layers[position];
    const struct yantai_layer_name *name = yantai_layer_name(result->layer);
    Jiesuan__V1__LayerRow *row = &to->layers[position];
    jiesuan__v1__layer_row__init(row);
    row->layer = (char *)name->layer;
    row->fund = (char *)name->fund;
    row->fund_code = (char *)name->fund_code;
    row->base_amount = result->base;
    row->deductible = result->deductible;
    row->payable = result->base - result->deductible;
    row->limited = result->quota_left >= 0;
    row->quota_left = result->quota_left >= 0 ? result->quota_left : 0;
    row->paid = result->paid_first + result->paid_second;
    row->rule = (char *)name->rule;
    row->interpretation = (char *)name->interpretation;
    to->layer_rows[position] = row;
  }
  to->outcome.n_layers = from->layer_count;
  to->outcome.layers = to->layer_rows;
}

static void write_outcome(const struct calculator_outcome *from, Jiesuan__V1__Outcome *to) {
  jiesuan__v1__outcome__init(to);
  to->total = from->total;
  to->pool_fund = from->funds[0];
  to->large_amount_fund = from->funds[1];
  to->critical_illness_fund = from->funds[2];
  to->assistance_fund = from->funds[3];
  to->reassistance_fund = from->funds[4];
  to->supplementary = from->funds[5];
  for (size_t i = 0; i < CALCULATOR_FUNDS; i++) to->fund_total += from->funds[i];
  to->person_total = from->total - to->fund_total;
  to->cash = from->cash;
  to->deductible_paid = from->deductible_paid;
  to->paid_outside = from->paid_outside;
  to->identity = (Jiesuan__V1__Identity)from->identity;
  to->policy_digest = POLICY_DIGEST;
}

static void write_year(int32_t number, const int64_t *year, struct calculated *to) {
  jiesuan__v1__year_state__init(&to->year_after);
  to->year_after.year = number;
  to->year_after.accumulators = to->accumulator_rows;
  for (size_t slot = 0; slot < YANTAI_SLOTS; slot++) {
    // Accumulators not named are 0.
    if (year[slot] == 0) continue;
    size_t position = to->year_after.n_accumulators++;
    jiesuan__v1__accumulator__init(&to->accumulators[position]);
    to->accumulators[position].name = (char *)yantai_slot_names[slot];
    to->accumulators[position].amount = year[slot];
    to->accumulator_rows[position] = &to->accumulators[position];
  }
}

struct answer service_calculate(struct arena *arena, const uint8_t *bytes, size_t size) {
  const Jiesuan__V1__CalculateRequest *request =
      jiesuan__v1__calculate_request__unpack(&arena->allocator, size, bytes);
  if (!request || !request->claim || !request->person || !request->year) {
    return refused(ERROR_REQUEST, "no CalculateRequest with claim, person and year");
  }
  const Jiesuan__V1__PersonFacts *facts = request->person;
  if (strcmp(request->region, "yantai") != 0) return refused(ERROR_REGION, "region: only yantai");
  if (*request->claim->disease || facts->n_filings || facts->supplementary || request->n_accounts) {
    return refused(ERROR_FACT, "disease, filings, supplementary, accounts: not in these tables");
  }
  if (facts->n_identities > YANTAI_IDENTITIES_MAX) return refused(ERROR_FACT, "person.identities: at most 16");

  struct calculator_identity identities[YANTAI_IDENTITIES_MAX];
  for (size_t i = 0; i < facts->n_identities; i++) {
    const Jiesuan__V1__DatedIdentity *dated = facts->identities[i];
    if ((unsigned)dated->identity > 7) return refused(ERROR_FACT, "identity: unknown");
    identities[i] =
        (struct calculator_identity){(uint8_t)dated->identity, (int32_t)dated->given, (int32_t)dated->ended};
  }
  int64_t year[YANTAI_SLOTS] = {0};
  for (size_t i = 0; i < request->year->n_accumulators; i++) {
    size_t slot = yantai_slot(request->year->accumulators[i]->name);
    if (slot == YANTAI_SLOTS) return refused(ERROR_ACCUMULATOR, "year: unknown accumulator");
    year[slot] = request->year->accumulators[i]->amount;
  }

  struct calculator_claim claim = claim_of(request->claim);
  struct calculator_person person = {
    (uint8_t)facts->insurance, (uint8_t)facts->membership, (uint8_t)facts->status,
    {(int32_t)facts->covered_from, (int32_t)facts->covered_until}, 0, 0, false};
  struct calculator_rows rows = {.year = request->year->year, .identities_to = facts->n_identities};
  struct calculator_outcome outcome;
  struct calculator_refusal refusal =
      calculator_settle(&yantai_tables, &claim, &person, &rows, identities, NULL, year, NULL, &outcome);
  if (refusal.code != 0) return refused(refusal.code, "refused by the calculator");

  struct calculated *answer = arena_take(arena, sizeof *answer);
  if (!answer) return refused(ERROR_INTERNAL, "the arena is full");
  write_outcome(&outcome, &answer->outcome);
  write_layers(&outcome, answer);
  write_year(request->year->year, year, answer);
  jiesuan__v1__calculate_response__init(&answer->response);
  answer->response.outcome = &answer->outcome;
  answer->response.year_after = &answer->year_after;
  return (struct answer){&answer->response.base, 0, NULL};
}
