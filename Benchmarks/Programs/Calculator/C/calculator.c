#include "calculator.h"
#include "refusals.h"

#define CLAIM_MAX INT64_C(1000000000000)
#define ACCUMULATOR_MAX INT64_C(1000000000000000)

enum { KIND_SPECIAL_DRUG = 7, ACCOUNT_USE_NONE = 1, ACCOUNT_USE_ALL = 2 };

static const struct calculator_refusal settled = {0, 0, 0};

static inline struct calculator_refusal refuse(uint16_t code, uint8_t field, uint32_t detail) {
  return (struct calculator_refusal){code, field, detail};
}

static inline int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }

static inline bool contains(struct calculator_range range, int32_t date) {
  return date >= range.from && (range.until == 0 || date <= range.until);
}

static inline bool is_in_later_month(int32_t date, int32_t other) {
  return (uint32_t)date / 100 > (uint32_t)other / 100;
}

static bool date_exists(int32_t date) {
  if (date < 19000101 || date > 29991231) return false;
  uint32_t digits = (uint32_t)date, year = digits / 10000, month = digits / 100 % 100, day = digits % 100;
  if (month - 1 >= 12 || day < 1) return false;
  if (day <= 28) return true;
  switch (month) {
    case 2: return day <= (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28);
    case 4: case 6: case 9: case 11: return day <= 30;
    default: return day <= 31;
  }
}

static __attribute__((noinline)) uint8_t field_out_of_range(const struct calculator_claim *claim) {
  const int64_t amounts[] = {
    claim->total, claim->out_of_catalog, claim->over_limit, claim->first_self_pay, claim->in_policy,
    claim->in_policy_drug, claim->special_drug, claim->external_basic, claim->external_large_amount};
  uint8_t count = sizeof amounts / sizeof *amounts, field = 0;
  while (field < count && (uint64_t)amounts[field] <= CLAIM_MAX) field++;
  return field < count ? FIELD_TOTAL + field : 0;
}

// Checks that need no policy.
static inline struct calculator_refusal check(const struct calculator_claim *claim) {
  if (claim->kind == 0) return refuse(FACT_INVALID, FIELD_KIND, 0);
  if (!date_exists(claim->service_date)) return refuse(DATE_INVALID, FIELD_SERVICE_DATE, 0);
  // What all bits together make is no less than the largest amount; a negative one is a huge unsigned one.
  int64_t bits = claim->total | claim->out_of_catalog | claim->over_limit | claim->first_self_pay | claim->in_policy;
  bits |= claim->in_policy_drug | claim->special_drug | claim->external_basic | claim->external_large_amount;
  if ((uint64_t)bits > CLAIM_MAX) {
    uint8_t field = field_out_of_range(claim);
    if (field) return refuse(AMOUNT_OUT_OF_RANGE, field, 0);
  }

  int64_t parts = claim->out_of_catalog + claim->over_limit + claim->first_self_pay + claim->in_policy;
  if (claim->kind == KIND_SPECIAL_DRUG) {
    if (parts != 0 || claim->total != claim->special_drug) {
      return refuse(AMOUNTS_DO_NOT_ADD_UP, FIELD_SPECIAL_DRUG, 0);
    }
  } else {
    if (claim->special_drug != 0) return refuse(AMOUNTS_DO_NOT_ADD_UP, FIELD_SPECIAL_DRUG, 0);
    if (parts != claim->total) return refuse(AMOUNTS_DO_NOT_ADD_UP, FIELD_TOTAL, 0);
  }
  if (claim->in_policy_drug > claim->in_policy) return refuse(PART_EXCEEDS_WHOLE, FIELD_IN_POLICY_DRUG, 0);
  if (claim->external_basic > claim->in_policy) return refuse(PART_EXCEEDS_WHOLE, FIELD_EXTERNAL_BASIC, 0);
  if (claim->external_basic + claim->external_large_amount > claim->in_policy) {
    return refuse(PART_EXCEEDS_WHOLE, FIELD_EXTERNAL_LARGE_AMOUNT, 0);
  }
  return settled;
}

enum { ILLNESS_POVERTY = 6 };

static inline uint8_t identity_on(
    const struct calculator_tables *tables, int32_t date, const struct calculator_identity *identities,
    const struct calculator_rows *rows) {
  uint8_t best = 0, best_rank = 0;
  for (size_t i = rows->identities_from; i < rows->identities_to; i++) {
    const struct calculator_identity *record = &identities[i];
    uint8_t rank = tables->identity_ranks[record->identity];
    if (rank <= best_rank) continue;
    bool is_in_force = record->identity == ILLNESS_POVERTY
        ? date >= record->given && (record->ended == 0 || date <= record->ended)
        : is_in_later_month(date, record->given)
              && (record->ended == 0 || !is_in_later_month(date, record->ended));
    if (is_in_force) {
      best = record->identity;
      best_rank = rank;
    }
  }
  return best;
}

static inline size_t key_index(
    const struct calculator_tables *tables, const struct calculator_version *version,
    const struct calculator_claim *claim, const struct calculator_person *person, uint8_t identity,
    uint8_t product) {
  const uint32_t *strides = tables->strides;
  bool in_city = !claim->out_of_city;
  uint32_t index = version->first_key;
  index += strides[0] * person->insurance;
  index += strides[1] * person->membership;
  index += strides[2] * person->status;
  index += strides[3] * identity;
  index += strides[4] * claim->kind;
  index += strides[5] * claim->level;
  index += strides[6] * (claim->chinese_medicine && in_city);
  index += strides[7] * (claim->county_area && in_city);
  index += strides[8] * tables->disease_classes[claim->disease];
  index += strides[9] * product;
  index += strides[10] * person->pre_existing;
  index += strides[11] * (in_city ? claim->referred_from : 0);
  return index;
}

// The product in force on the service date (0: none) in `product`, or why the purchase does not count.
static inline struct calculator_refusal product_on(
    const struct calculator_tables *tables, const struct calculator_person *person, int32_t date,
    uint8_t *product) {
  *product = 0;
  if (person->product == 0) return settled;
  if (person->insurance == 0) return refuse(PURCHASE_NOT_VALID, FIELD_INSURANCE, 0);
  const struct calculator_product *bought = &tables->products[person->product - 1];
  if (!contains(bought->purchase, person->bought_on)) return refuse(PURCHASE_NOT_VALID, FIELD_BOUGHT_ON, 0);
  if (contains(bought->cover, date)) *product = person->product;
  return settled;
}

static inline bool is_filed(
    uint8_t disease, int32_t date, const struct calculator_filing *filings, const struct calculator_rows *rows) {
  for (size_t i = rows->filings_from; i < rows->filings_to; i++) {
    if (filings[i].disease == disease && contains(filings[i].in_force, date)) return true;
  }
  return false;
}

// What of each part of the bill nobody has paid yet; the last one is always 0.
enum part { IN_POLICY, OUT_OF_CATALOG, FIRST_SELF_PAY, SPECIAL_DRUG, OVER_LIMIT, NOTHING, PARTS };

// The parts that a layer of a base looks at, the one that payments relieve first before the other.
static const uint8_t parts_of[][2] = {
  [BASE_IN_POLICY_LEFT] = {IN_POLICY, NOTHING},
  [BASE_DRUG_SHARE] = {IN_POLICY, NOTHING},
  [BASE_IN_POLICY_AND_FIRST_SELF_PAY] = {IN_POLICY, FIRST_SELF_PAY},
  [BASE_OUT_OF_CATALOG] = {OUT_OF_CATALOG, NOTHING},
  [BASE_SPECIAL_DRUG] = {SPECIAL_DRUG, NOTHING}};

static inline int64_t left_in_all(const int64_t *left) {
  return left[IN_POLICY] + left[FIRST_SELF_PAY] + left[OUT_OF_CATALOG] + left[SPECIAL_DRUG] + left[OVER_LIMIT];
}

static inline int64_t rounded_half_up(int64_t ten_thousandths) {
  return (int64_t)(((uint64_t)ten_thousandths + 5000) / 10000);
}

static int64_t share(int64_t amount, int64_t part, int64_t whole) {
  if (whole <= 0) return 0;
  if (part == whole) return amount;
  int64_t product;
  if (!__builtin_mul_overflow(amount, part, &product) && product < INT64_MAX - whole) {
    int64_t quotient = product / whole, remainder = product - quotient * whole;
    return quotient + (remainder >= whole - remainder);
  }
  return (int64_t)((2 * (__int128)amount * part + whole) / (2 * (__int128)whole));
}

// The exact sum over the brackets that the cumulative base from `measured + deductible` to `measured + base` occupies:
// the first ratio, and from each further bound on what the ratio changes by. The parts may wrap, their sum does not.
static inline int64_t pay_by_expense(
    const struct calculator_tables *tables, const struct calculator_layer *layer, int64_t measured, int64_t base,
    int64_t deductible) {
  const struct calculator_bracket *bracket = &tables->brackets[layer->first_bracket];
  const struct calculator_bracket *last = bracket + layer->bracket_count - 1;
  int64_t from = measured + deductible, to = measured + base;
  uint64_t ten_thousandths = (uint64_t)(base - deductible) * (uint64_t)bracket->ratio;
  for (; bracket < last; bracket++) {
    int64_t bound = bracket[1].lower_bound, change = bracket[1].ratio - bracket[0].ratio;
    ten_thousandths += (uint64_t)(max(0, to - bound) - max(0, from - bound)) * (uint64_t)change;
  }
  return rounded_half_up((int64_t)ten_thousandths);
}

static int64_t pay_by_payment(
    const struct calculator_tables *tables, const struct calculator_layer *layer, int64_t payable,
    int64_t paid_before) {
  const struct calculator_bracket *bracket = &tables->brackets[layer->first_bracket];
  const struct calculator_bracket *last = bracket + layer->bracket_count - 1;
  while (bracket < last && bracket[1].lower_bound <= paid_before) bracket++;
  if (bracket == last || payable * bracket->ratio <= (bracket[1].lower_bound - paid_before) * 10000) {
    return rounded_half_up(payable * bracket->ratio);
  }

  // The payable amount crosses a bound: what is left of it is the fraction rest / scale.
  __int128 rest = payable, scale = 1;
  int64_t whole = 0, reached = paid_before;
  for (;; bracket++) {
    int64_t room = bracket == last ? INT64_MAX : bracket[1].lower_bound - reached;
    __int128 demand = rest * bracket->ratio;
    if (bracket == last || demand <= (__int128)room * 10000 * scale) {
      __int128 denominator = 10000 * scale;
      return whole + (int64_t)((2 * demand + denominator) / (2 * denominator));
    }
    whole += room;
    reached += room;
    rest = demand - (__int128)room * 10000 * scale;
    scale *= bracket->ratio;
  }
}

static inline int64_t payer_left(const struct calculator_payer *payer, const int64_t *year) {
  return payer->limit == INT64_MAX ? INT64_MAX : max(0, payer->limit - year[payer->paid_slot]);
}

static inline int64_t amount_in(const int64_t *year, uint8_t slot) {
  return slot == CALCULATOR_NO_SLOT ? 0 : year[slot];
}

static inline void add(int64_t *year, uint8_t slot, int64_t amount) {
  if (slot != CALCULATOR_NO_SLOT) year[slot] += amount;
}

// What one layer pays: fills `result` but for its index, moves the year, relieves what is left.
static inline void run(
    const struct calculator_tables *tables, const struct calculator_layer *layer,
    const struct calculator_claim *claim, int64_t *left, int64_t *year, int64_t *funds,
    struct calculator_layer_result *result) {
  const uint8_t *parts = parts_of[layer->base];
  int64_t part = left[parts[0]], base = part + left[parts[1]];
  if (layer->base == BASE_DRUG_SHARE) base = share(part, claim->in_policy_drug, claim->in_policy);
  int64_t deductible = min(base, max(0, layer->deductible - amount_in(year, layer->absorbed_slot)));
  int64_t measured = amount_in(year, layer->measure_slot);
  result->base = base;
  result->deductible = deductible;
  result->measure_before = measured;

  int64_t paid;
  switch (layer->method) {
    case METHOD_FLAT: paid = rounded_half_up((base - deductible) * layer->ratio); break;
    case METHOD_EXPENSE_BRACKETS: paid = pay_by_expense(tables, layer, measured, base, deductible); break;
    case METHOD_PAYMENT_BRACKETS: paid = pay_by_payment(tables, layer, base - deductible, measured); break;
    case METHOD_EXTERNAL_BASIC: paid = claim->external_basic; break;
    case METHOD_EXTERNAL_LARGE_AMOUNT: paid = min(claim->external_large_amount, base); break;
    default:
      *result = (struct calculator_layer_result){.layer = result->layer, .quota_left = -1};
      return;
  }
  result->computed = paid;

  int64_t quota = max(0, layer->cap - amount_in(year, layer->paid_slot));
  result->quota_left = layer->paid_slot == CALCULATOR_NO_SLOT ? -1 : quota;
  paid = min(paid, quota);
  int64_t first = min(paid, payer_left(&layer->first, year)), second = 0;
  if (layer->payer_count > 1) {
    second = min(paid - first, payer_left(&layer->second, year));
    funds[layer->second.category] += second;
    add(year, layer->second.paid_slot, second);
  }
  result->paid_first = first;
  result->paid_second = second;
  funds[layer->first.category] += first;
  paid = first + second;

  add(year, layer->absorbed_slot, deductible);
  add(year, layer->measure_slot, layer->method == METHOD_PAYMENT_BRACKETS ? paid : base);
  add(year, layer->paid_slot, paid);
  add(year, layer->first.paid_slot, first);

  int64_t from_part = parts[1] == NOTHING ? paid : min(paid, part);
  left[parts[0]] = part - from_part;
  left[parts[1]] -= paid - from_part;
}

static inline void walk(
    const struct calculator_tables *tables, const struct calculator_plan *plan,
    const struct calculator_claim *claim, int64_t *left, int64_t *year, struct calculator_outcome *outcome) {
  for (size_t i = 0; i < CALCULATOR_FUNDS; i++) outcome->funds[i] = 0;
  outcome->deductible_paid = 0;
  uint32_t skipped = claim->external_basic == 0 ? plan->fixed_fee_layers : 0;
  uint32_t first_layer = plan->first_layer + skipped;
  outcome->layer_count = plan->layer_count - skipped;
  for (uint32_t position = 0; position < outcome->layer_count; position++) {
    const struct calculator_layer *layer = &tables->layers[first_layer + position];
    struct calculator_layer_result *result = &outcome->layers[position];
    result->layer = first_layer + position;
    run(tables, layer, claim, left, year, outcome->funds, result);
    if (layer->is_basic) outcome->deductible_paid += result->deductible;
  }
}

// True, and the year is as before, where the layers left less than what the claim says was paid outside.
static bool is_too_much_outside(
    const struct calculator_tables *tables, const struct calculator_claim *claim,
    const struct calculator_outcome *outcome, int64_t *year) {
  int64_t rest = claim->external_large_amount;
  for (size_t position = 0; position < outcome->layer_count; position++) {
    const struct calculator_layer_result *result = &outcome->layers[position];
    if (tables->layers[result->layer].method == METHOD_EXTERNAL_LARGE_AMOUNT) rest -= result->paid_first;
  }
  if (rest == 0) return false;
  for (size_t position = 0; position < outcome->layer_count; position++) {
    const struct calculator_layer_result *result = &outcome->layers[position];
    const struct calculator_layer *layer = &tables->layers[result->layer];
    int64_t paid = result->paid_first + (layer->payer_count > 1 ? result->paid_second : 0);
    if (layer->method == METHOD_SILENT) continue;
    add(year, layer->absorbed_slot, -result->deductible);
    add(year, layer->measure_slot, -(layer->method == METHOD_PAYMENT_BRACKETS ? paid : result->base));
    add(year, layer->paid_slot, -paid);
    add(year, layer->first.paid_slot, -result->paid_first);
    if (layer->payer_count > 1) add(year, layer->second.paid_slot, -result->paid_second);
  }
  return true;
}

static inline void take(int64_t *part, int64_t *rest) {
  int64_t taken = min(*rest, *part);
  *part -= taken;
  *rest -= taken;
}

static inline void spend(
    const struct calculator_rows *rows, const struct calculator_plan *plan, uint8_t use, int64_t *left,
    int64_t *accounts, struct calculator_outcome *outcome) {
  outcome->account_paid = 0;
  outcome->family_account_paid = 0;
  bool is_used = plan->uses_accounts && use != ACCOUNT_USE_NONE;
  for (size_t i = rows->accounts_from; i < rows->accounts_to; i++) {
    int64_t paid = 0;
    if (is_used) {
      paid = min(accounts[i], use == ACCOUNT_USE_ALL ? left_in_all(left) : left[IN_POLICY]);
      accounts[i] -= paid;
      int64_t rest = paid;
      take(&left[IN_POLICY], &rest);
      take(&left[FIRST_SELF_PAY], &rest);
      take(&left[OVER_LIMIT], &rest);
      take(&left[OUT_OF_CATALOG], &rest);
      take(&left[SPECIAL_DRUG], &rest);
    }
    size_t position = i - rows->accounts_from;
    outcome->accounts[position] = paid;
    if (position == 0) outcome->account_paid = paid; else outcome->family_account_paid += paid;
  }
}

struct calculator_refusal calculator_settle(
    const struct calculator_tables *tables, const struct calculator_claim *claim,
    const struct calculator_person *person, const struct calculator_rows *rows,
    const struct calculator_identity *identities, const struct calculator_filing *filings, int64_t *year,
    int64_t *accounts, struct calculator_outcome *outcome) {
  if (claim->disease >= tables->disease_count) return refuse(FACT_INVALID, FIELD_DISEASE, 0);
  if (person->product > tables->product_count) return refuse(FACT_INVALID, FIELD_PRODUCT, 0);
  struct calculator_refusal bad = check(claim);
  if (bad.code) return bad;
  int32_t date = claim->service_date;
  if (date / 10000 != rows->year) return refuse(YEAR_MISMATCH, FIELD_YEAR, 0);
  year += rows->year_start;
  uint64_t bits = 0;
  for (size_t slot = 0; slot < tables->slot_count; slot++) bits |= (uint64_t)year[slot];
  for (size_t slot = 0; bits > ACCUMULATOR_MAX / 2 && slot < tables->slot_count; slot++) {
    if ((uint64_t)year[slot] > ACCUMULATOR_MAX) {
      return refuse(ACCUMULATOR_OUT_OF_RANGE, FIELD_ACCUMULATOR, (uint32_t)slot);
    }
  }
  for (size_t i = rows->accounts_from; i < rows->accounts_to; i++) {
    if ((uint64_t)accounts[i] > ACCUMULATOR_MAX) {
      return refuse(ACCUMULATOR_OUT_OF_RANGE, FIELD_ACCOUNT, (uint32_t)(i - rows->accounts_from));
    }
  }

  const struct calculator_version *version = tables->versions, *end = version + tables->version_count;
  while (version < end && !contains(version->in_force, date)) version++;
  if (version == end) return refuse(POLICY_NOT_IN_FORCE, FIELD_SERVICE_DATE, 0);
  uint8_t product;
  bad = product_on(tables, person, date, &product);
  if (bad.code) return bad;
  if (person->insurance == 0) return refuse(NOT_COVERED, FIELD_INSURANCE, 0);
  if (!contains(person->covered, date)) return refuse(NOT_COVERED, FIELD_COVERED, 0);

  uint8_t identity = identity_on(tables, date, identities, rows);
  uint32_t number = tables->plan_index[key_index(tables, version, claim, person, identity, product)];
  const struct calculator_plan *plan = &tables->plans[number];
  if (plan->disposition == DISPOSITION_NOT_ENTITLED) return refuse(NOT_ENTITLED, FIELD_DISEASE, number);
  if (plan->disposition == DISPOSITION_FACT_MISSING) return refuse(FACT_MISSING, plan->missing, number);
  if (plan->needs_filing) {
    if (claim->disease == 0) return refuse(FACT_MISSING, FIELD_DISEASE, number);
    if (!is_filed(claim->disease, date, filings, rows)) return refuse(NOT_ENTITLED, FIELD_FILING, number);
  }
  if (claim->external_basic != 0 && !plan->allows_external_basic) {
    return refuse(EXTERNAL_NOT_ALLOWED, FIELD_EXTERNAL_BASIC, number);
  }
  if (claim->external_large_amount != 0 && !plan->allows_external_large_amount) {
    return refuse(EXTERNAL_NOT_ALLOWED, FIELD_EXTERNAL_LARGE_AMOUNT, number);
  }

  outcome->identity = identity;
  outcome->has_no_rule = plan->has_no_rule;
  outcome->plan = number;
  int64_t left[PARTS] = {
    [IN_POLICY] = claim->in_policy, [FIRST_SELF_PAY] = claim->first_self_pay, [OVER_LIMIT] = claim->over_limit,
    [OUT_OF_CATALOG] = claim->out_of_catalog, [SPECIAL_DRUG] = claim->special_drug};
  walk(tables, plan, claim, left, year, outcome);
  if (claim->external_large_amount != 0 && is_too_much_outside(tables, claim, outcome, year)) {
    return refuse(PART_EXCEEDS_WHOLE, FIELD_EXTERNAL_LARGE_AMOUNT, 0);
  }
  spend(rows, plan, claim->account_use, left, accounts, outcome);
  outcome->total = claim->total;
  outcome->paid_outside = claim->external_basic + claim->external_large_amount;
  outcome->cash = left_in_all(left);
  return settled;
}
