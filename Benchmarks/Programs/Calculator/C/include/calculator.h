// The calculator of Sources/Settlement written in C: the yardstick of the calculator benchmark.
//
// Same algorithm, same checks, same tables, same order of refusals. What C does not have, it does not do here
// either: no overflow traps, no bounds checks. Numbers of enums are those of the Swift raw values.
#ifndef CALCULATOR_H
#define CALCULATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CALCULATOR_LAYERS_MAX = 8, CALCULATOR_ACCOUNTS_MAX = 8, CALCULATOR_FUNDS = 6, CALCULATOR_NO_SLOT = 255 };

enum calculator_base {
  BASE_IN_POLICY_LEFT,
  BASE_DRUG_SHARE,
  BASE_IN_POLICY_AND_FIRST_SELF_PAY,
  BASE_OUT_OF_CATALOG,
  BASE_SPECIAL_DRUG
};

enum calculator_method {
  METHOD_FLAT,
  METHOD_EXPENSE_BRACKETS,
  METHOD_PAYMENT_BRACKETS,
  METHOD_EXTERNAL_BASIC,
  METHOD_EXTERNAL_LARGE_AMOUNT,
  METHOD_SILENT
};

enum calculator_disposition { DISPOSITION_SETTLE, DISPOSITION_NOT_ENTITLED, DISPOSITION_FACT_MISSING };

// Days are YYYYMMDD, amounts fen, ratios basis points.
struct calculator_range {
  int32_t from, until;
};

struct calculator_version {
  struct calculator_range in_force;
  uint32_t first_key;
};

struct calculator_product {
  struct calculator_range purchase, cover;
};

struct calculator_plan {
  uint8_t disposition, missing;
  bool needs_filing, allows_external_basic, allows_external_large_amount, has_no_rule, uses_accounts;
  uint8_t layer_count;
  uint8_t fixed_fee_layers;  // the first ones, which run only where the claim has an external_basic
  uint32_t first_layer;
};

struct calculator_payer {
  int64_t limit;  // INT64_MAX: none
  uint8_t category, paid_slot;
};

struct calculator_layer {
  uint8_t base, method;
  bool is_basic;
  uint8_t absorbed_slot, measure_slot, paid_slot, payer_count;
  int32_t ratio;
  uint16_t first_bracket, bracket_count;
  int64_t deductible, cap;
  struct calculator_payer first, second;
};

struct calculator_bracket {
  int64_t lower_bound;
  int32_t ratio;
};

struct calculator_tables {
  const struct calculator_version *versions;
  size_t version_count;
  const uint32_t *plan_index;
  const struct calculator_plan *plans;
  const struct calculator_layer *layers;
  const struct calculator_bracket *brackets;
  const uint8_t *disease_classes;
  size_t disease_count;
  const struct calculator_product *products;
  size_t product_count;
  uint32_t strides[12];
  uint8_t identity_ranks[8];
  size_t slot_count;
};

struct calculator_claim {
  uint8_t kind;
  int32_t service_date;
  int64_t total, out_of_catalog, over_limit, first_self_pay, in_policy, in_policy_drug, special_drug;
  uint8_t level;
  bool chinese_medicine, county_area, out_of_city;
  uint8_t disease;
  int64_t external_basic, external_large_amount;
  uint8_t account_use, referred_from;
};

struct calculator_person {
  uint8_t insurance, membership, status;
  struct calculator_range covered;
  uint8_t product;
  int32_t bought_on;
  bool pre_existing;
};

struct calculator_identity {
  uint8_t identity;
  int32_t given, ended;
};

struct calculator_filing {
  uint8_t disease;
  struct calculator_range in_force;
};

// Where one claim's person stands in the tables of a call; ends are excluded.
struct calculator_rows {
  size_t year_start;
  int32_t year;
  size_t identities_from, identities_to, filings_from, filings_to, accounts_from, accounts_to;
};

struct calculator_layer_result {
  uint32_t layer;
  int64_t base, deductible, measure_before, computed, quota_left, paid_first, paid_second;
};

struct calculator_outcome {
  int64_t total, funds[CALCULATOR_FUNDS], account_paid, family_account_paid, cash, deductible_paid;
  int64_t paid_outside;  // of what the funds paid
  uint8_t identity;
  bool has_no_rule;
  uint32_t plan;
  size_t layer_count;
  struct calculator_layer_result layers[CALCULATOR_LAYERS_MAX];
  int64_t accounts[CALCULATOR_ACCOUNTS_MAX];
};

// `code` 0: settled.
struct calculator_refusal {
  uint16_t code;
  uint8_t field;
  uint32_t detail;
};

// Settles one claim: writes `outcome`, moves the person's accumulators and account balances.
struct calculator_refusal calculator_settle(
    const struct calculator_tables *tables, const struct calculator_claim *claim,
    const struct calculator_person *person, const struct calculator_rows *rows,
    const struct calculator_identity *identities, const struct calculator_filing *filings, int64_t *year,
    int64_t *accounts, struct calculator_outcome *outcome);

// One round of the benchmark: settles `count` claims into one outcome and returns the sum of what was paid in cash;
// a refusal ends it with -1.
int64_t calculator_round(
    const struct calculator_tables *tables, const struct calculator_claim *claims,
    const struct calculator_person *persons, const struct calculator_rows *rows, size_t count,
    const struct calculator_identity *identities, const struct calculator_filing *filings, int64_t *year,
    int64_t *accounts, struct calculator_outcome *outcome);

#ifdef __cplusplus
}
#endif
#endif
