// CalculateBatch: claims in columns. What the tables do not have (diseases, filings, products, accounts) and layers
// are refused; everything else is as the server does it.
#include <string.h>

#include "jiesuan/v1/calculation_service.pb-c.h"
#include "service.h"
#include "yantai.h"

struct columns {
  int64_t *funds[CALCULATOR_FUNDS], *cash, *deductible, *outside;
  uint8_t *identity;
};

static inline int64_t amount_at(const int64_t *column, size_t count, size_t row) { return count ? column[row] : 0; }
static inline uint32_t number_at(const uint32_t *column, size_t count, size_t row) { return count ? column[row] : 0; }
static inline uint8_t byte_at(ProtobufCBinaryData column, size_t row) { return column.len ? column.data[row] : 0; }

static bool is_column(size_t count, size_t rows) { return count == 0 || count == rows; }

static bool are_columns(const Jiesuan__V1__CalculateBatchRequest *request, size_t claims, size_t persons) {
  const Jiesuan__V1__ClaimColumns *c = request->claims;
  const Jiesuan__V1__PersonTable *p = request->persons;
  const Jiesuan__V1__InstitutionTable *i = request->institutions;
  size_t institutions = i->level.len;
  return is_column(c->n_service_date, claims) && is_column(c->kind.len, claims) && is_column(c->n_total, claims)
      && is_column(c->n_institution, claims) && is_column(c->account_use.len, claims)
      && is_column(c->referred_from.len, claims) && is_column(c->n_out_of_catalog, claims)
      && is_column(c->n_over_limit, claims) && is_column(c->n_first_self_pay, claims)
      && is_column(c->n_in_policy, claims) && is_column(c->n_in_policy_drug, claims)
      && is_column(c->n_special_drug, claims) && is_column(c->n_external_basic, claims)
      && is_column(c->n_external_large_amount, claims) && is_column(p->insurance.len, persons)
      && is_column(p->membership.len, persons) && is_column(p->status.len, persons)
      && is_column(p->n_covered_from, persons) && is_column(p->n_covered_until, persons)
      && p->identity.len == p->n_identity_row && is_column(p->n_identity_given, p->n_identity_row)
      && is_column(p->n_identity_ended, p->n_identity_row) && is_column(i->chinese_medicine.len, institutions)
      && is_column(i->county_area.len, institutions) && is_column(i->out_of_city.len, institutions);
}

static bool has_unknown(const Jiesuan__V1__CalculateBatchRequest *request) {
  const Jiesuan__V1__PersonTable *p = request->persons;
  return request->want_layers || request->n_diseases || request->claims->disease.len || p->product.len
      || p->n_filing_row || p->n_account_row || p->n_accumulator_names;
}

static struct calculator_claim claim_at(const Jiesuan__V1__CalculateBatchRequest *request, size_t row, size_t place) {
  const Jiesuan__V1__ClaimColumns *c = request->claims;
  const Jiesuan__V1__InstitutionTable *i = request->institutions;
  return (struct calculator_claim){
    byte_at(c->kind, row), (int32_t)number_at(c->service_date, c->n_service_date, row),
    amount_at(c->total, c->n_total, row), amount_at(c->out_of_catalog, c->n_out_of_catalog, row),
    amount_at(c->over_limit, c->n_over_limit, row), amount_at(c->first_self_pay, c->n_first_self_pay, row),
    amount_at(c->in_policy, c->n_in_policy, row), amount_at(c->in_policy_drug, c->n_in_policy_drug, row),
    amount_at(c->special_drug, c->n_special_drug, row), byte_at(i->level, place),
    byte_at(i->chinese_medicine, place), byte_at(i->county_area, place), byte_at(i->out_of_city, place), 0,
    amount_at(c->external_basic, c->n_external_basic, row),
    amount_at(c->external_large_amount, c->n_external_large_amount, row), byte_at(c->account_use, row),
    byte_at(c->referred_from, row)};
}

// Room for all columns of the answer; false where the arena is full.
static bool take_columns(struct arena *arena, size_t claims, struct columns *to) {
  for (size_t i = 0; i < CALCULATOR_FUNDS; i++) {
    if (!(to->funds[i] = arena_take(arena, claims * sizeof(int64_t)))) return false;
  }
  to->cash = arena_take(arena, claims * sizeof(int64_t));
  to->deductible = arena_take(arena, claims * sizeof(int64_t));
  to->outside = arena_take(arena, claims * sizeof(int64_t));
  to->identity = arena_take(arena, claims);
  return to->cash && to->deductible && to->outside && to->identity;
}

// A column in which every entry is 0 is left out.
static size_t column_length(const int64_t *column, size_t claims) {
  for (size_t row = 0; row < claims; row++) if (column[row] != 0) return claims;
  return 0;
}

static struct answer write_answer(
    struct arena *arena, size_t claims, size_t persons, const struct columns *from, int64_t *years) {
  struct { Jiesuan__V1__CalculateBatchResponse response; Jiesuan__V1__OutcomeColumns outcomes; } *answer =
      arena_take(arena, sizeof *answer);
  if (!answer) return refused(ERROR_INTERNAL, "the arena is full");
  Jiesuan__V1__OutcomeColumns *to = &answer->outcomes;
  jiesuan__v1__outcome_columns__init(to);
#define COLUMN(name, column) (to->name = (column), to->n_##name = column_length(column, claims))
  COLUMN(pool_fund, from->funds[0]);
  COLUMN(large_amount_fund, from->funds[1]);
  COLUMN(critical_illness_fund, from->funds[2]);
  COLUMN(assistance_fund, from->funds[3]);
  COLUMN(reassistance_fund, from->funds[4]);
  COLUMN(supplementary, from->funds[5]);
  COLUMN(cash, from->cash);
  COLUMN(deductible_paid, from->deductible);
  COLUMN(paid_outside, from->outside);
#undef COLUMN
  to->identity = (ProtobufCBinaryData){claims, from->identity};
  jiesuan__v1__calculate_batch_response__init(&answer->response);
  answer->response.claims = (uint32_t)claims;
  answer->response.outcomes = to;
  answer->response.n_accumulator_names = YANTAI_SLOTS;
  answer->response.accumulator_names = (char **)yantai_slot_names;
  answer->response.n_accumulators = persons * YANTAI_SLOTS;
  answer->response.accumulators = years;
  answer->response.policy_digest = POLICY_DIGEST;
  return (struct answer){&answer->response.base, 0, NULL};
}

struct answer service_calculate_batch(struct arena *arena, const uint8_t *bytes, size_t size) {
  const Jiesuan__V1__CalculateBatchRequest *request =
      jiesuan__v1__calculate_batch_request__unpack(&arena->allocator, size, bytes);
  if (!request || !request->claims || !request->persons || !request->institutions) {
    return refused(ERROR_REQUEST, "no CalculateBatchRequest with claims, persons and institutions");
  }
  const Jiesuan__V1__PersonTable *p = request->persons;
  const Jiesuan__V1__ClaimColumns *c = request->claims;
  size_t claims = c->n_person_row, persons = p->n_year;
  if (strcmp(request->region, "yantai") != 0) return refused(ERROR_REGION, "region: only yantai");
  if (!are_columns(request, claims, persons)) return refused(ERROR_REQUEST, "a column has not one entry per row");
  if (has_unknown(request)) return refused(ERROR_FACT, "layers, diseases, filings, accounts: not in these tables");

  struct calculator_person *people = arena_take(arena, persons * sizeof *people);
  struct calculator_rows *rows = arena_take(arena, persons * sizeof *rows);
  struct calculator_identity *identities = arena_take(arena, p->n_identity_row * sizeof *identities);
  int64_t *years = arena_take(arena, persons * YANTAI_SLOTS * sizeof *years);
  struct columns columns;
  if (!people || !rows || !identities || !years || !take_columns(arena, claims, &columns)) {
    return refused(ERROR_INTERNAL, "the arena is full");
  }
  memset(years, 0, persons * YANTAI_SLOTS * sizeof *years);
  size_t next = 0;
  for (size_t row = 0; row < persons; row++) {
    people[row] = (struct calculator_person){
      byte_at(p->insurance, row), byte_at(p->membership, row), byte_at(p->status, row),
      {(int32_t)number_at(p->covered_from, p->n_covered_from, row),
       (int32_t)number_at(p->covered_until, p->n_covered_until, row)}, 0, 0, false};
    rows[row] = (struct calculator_rows){
      .year_start = row * YANTAI_SLOTS, .year = (int32_t)p->year[row], .identities_from = next};
    for (; next < p->n_identity_row && p->identity_row[next] == row; next++) {
      if (p->identity.data[next] > 7) return refused(ERROR_FACT, "persons.identity: unknown");
      identities[next] = (struct calculator_identity){
        p->identity.data[next], (int32_t)number_at(p->identity_given, p->n_identity_given, next),
        (int32_t)number_at(p->identity_ended, p->n_identity_ended, next)};
    }
    rows[row].identities_to = next;
  }
  if (next != p->n_identity_row) return refused(ERROR_REQUEST, "persons.identity_row: not ordered by row");

  for (size_t row = 0; row < claims; row++) {
    size_t person = c->person_row[row], place = number_at(c->institution, c->n_institution, row);
    if (person >= persons || place >= request->institutions->level.len) {
      return refused(ERROR_REQUEST, "claims: an index past the end of its table");
    }
    struct calculator_claim claim = claim_at(request, row, place);
    struct calculator_outcome outcome;
    struct calculator_refusal refusal = calculator_settle(
        &yantai_tables, &claim, &people[person], &rows[person], identities, NULL, years, NULL, &outcome);
    if (refusal.code != 0) return refused(refusal.code, "a claim is refused by the calculator");
    for (size_t i = 0; i < CALCULATOR_FUNDS; i++) columns.funds[i][row] = outcome.funds[i];
    columns.cash[row] = outcome.cash;
    columns.deductible[row] = outcome.deductible_paid;
    columns.outside[row] = outcome.paid_outside;
    columns.identity[row] = outcome.identity;
  }
  return write_answer(arena, claims, persons, &columns, years);
}
