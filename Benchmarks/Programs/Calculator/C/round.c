// In a file of its own, so that the calculator is called like a library function, as in Swift across modules.
#include "calculator.h"

int64_t calculator_round(
    const struct calculator_tables *tables, const struct calculator_claim *claims,
    const struct calculator_person *persons, const struct calculator_rows *rows, size_t count,
    const struct calculator_identity *identities, const struct calculator_filing *filings, int64_t *year,
    int64_t *accounts, struct calculator_outcome *outcome) {
  int64_t cash = 0;
  for (size_t i = 0; i < count; i++) {
    struct calculator_refusal refusal = calculator_settle(
        tables, &claims[i], &persons[i], &rows[i], identities, filings, year, accounts, outcome);
    if (refusal.code != 0) return -1;
    cash += outcome->cash;
  }
  return cash;
}
