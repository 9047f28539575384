#include "calculation.h"

#include <array>
#include <string>

#include "yantai.h"

namespace peer {
namespace {

using namespace jiesuan::v1;

const std::string policy_digest(64, '0');

calculator_claim claim_of(const Claim &claim) {
  const CostSplit &cost = claim.cost();
  const Institution &institution = claim.institution();
  return {
      static_cast<uint8_t>(claim.kind()), static_cast<int32_t>(claim.service_date()), cost.total(),
      cost.out_of_catalog(), cost.over_limit(), cost.first_self_pay(), cost.in_policy(), cost.in_policy_drug(),
      cost.special_drug(), static_cast<uint8_t>(institution.level()), institution.chinese_medicine(),
      institution.county_area(), institution.out_of_city(), 0, claim.external_basic(),
      claim.external_large_amount(), static_cast<uint8_t>(claim.account_use()),
      static_cast<uint8_t>(claim.referred_from())};
}

calculator_person person_of(const PersonFacts &person) {
  return {
      static_cast<uint8_t>(person.insurance()), static_cast<uint8_t>(person.membership()),
      static_cast<uint8_t>(person.status()),
      {static_cast<int32_t>(person.covered_from()), static_cast<int32_t>(person.covered_until())}, 0, 0, false};
}

void write_layers(const calculator_outcome &from, Outcome *to) {
  to->set_policy_digest(policy_digest);
  to->mutable_layers()->Reserve(static_cast<int>(from.layer_count));
  for (size_t position = 0; position < from.layer_count; position++) {
    const calculator_layer_result &result = from.layers[position];
    const struct yantai_layer_name &name = *::yantai_layer_name(result.layer);
    LayerRow *row = to->add_layers();
    row->set_layer(name.layer);
    row->set_fund(name.fund);
    row->set_fund_code(name.fund_code);
    row->set_base_amount(result.base);
    row->set_deductible(result.deductible);
    row->set_payable(result.base - result.deductible);
    row->set_limited(result.quota_left >= 0);
    if (result.quota_left >= 0) row->set_quota_left(result.quota_left);
    row->set_paid(result.paid_first + result.paid_second);
    row->set_rule(name.rule);
    row->set_interpretation(name.interpretation);
  }
}

void write(const calculator_outcome &from, Outcome *to) {
  int64_t funds = 0;
  for (int64_t fund : from.funds) funds += fund;
  to->set_total(from.total);
  to->set_pool_fund(from.funds[0]);
  to->set_large_amount_fund(from.funds[1]);
  to->set_critical_illness_fund(from.funds[2]);
  to->set_assistance_fund(from.funds[3]);
  to->set_reassistance_fund(from.funds[4]);
  to->set_supplementary(from.funds[5]);
  to->set_fund_total(funds);
  to->set_person_total(from.total - funds);
  to->set_cash(from.cash);
  to->set_deductible_paid(from.deductible_paid);
  to->set_paid_outside(from.paid_outside);
  to->set_identity(static_cast<Identity>(from.identity));
}

}  // namespace

grpc::Status calculate(const CalculateRequest &request, bool want_layers, CalculateResponse *response) {
  if (request.region() != "yantai") return {grpc::StatusCode::INVALID_ARGUMENT, "region: only yantai"};
  if (request.claim().disease().size() || request.person().filings_size() || request.accounts_size()) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "disease, filings, accounts: not in these tables"};
  }
  std::array<calculator_identity, YANTAI_IDENTITIES_MAX> identities;
  if (request.person().identities_size() > YANTAI_IDENTITIES_MAX) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "person.identities: at most 16"};
  }
  size_t identity_count = 0;
  for (const DatedIdentity &identity : request.person().identities()) {
    if (!Identity_IsValid(identity.identity())) return {grpc::StatusCode::INVALID_ARGUMENT, "identity: unknown"};
    identities[identity_count++] = {
        static_cast<uint8_t>(identity.identity()), static_cast<int32_t>(identity.given()),
        static_cast<int32_t>(identity.ended())};
  }
  std::array<int64_t, YANTAI_SLOTS> year{};
  for (const Accumulator &accumulator : request.year().accumulators()) {
    size_t slot = yantai_slot(accumulator.name().c_str());
    if (slot == YANTAI_SLOTS) return {grpc::StatusCode::INVALID_ARGUMENT, "year: unknown accumulator"};
    year[slot] = accumulator.amount();
  }

  calculator_claim claim = claim_of(request.claim());
  calculator_person person = person_of(request.person());
  calculator_rows rows = {0, request.year().year(), 0, identity_count, 0, 0, 0, 0};
  calculator_outcome outcome;
  calculator_refusal refusal = calculator_settle(
      &yantai_tables, &claim, &person, &rows, identities.data(), nullptr, year.data(), nullptr, &outcome);
  if (refusal.code != 0) {
    return {grpc::StatusCode::FAILED_PRECONDITION, "refused: " + std::to_string(refusal.code)};
  }
  write(outcome, response->mutable_outcome());
  if (want_layers) write_layers(outcome, response->mutable_outcome());
  YearState *after = response->mutable_year_after();
  after->set_year(request.year().year());
  for (size_t slot = 0; slot < YANTAI_SLOTS; slot++) {
    // Accumulators not named are 0.
    if (year[slot] == 0) continue;
    Accumulator *accumulator = after->add_accumulators();
    accumulator->set_name(yantai_slot_names[slot]);
    accumulator->set_amount(year[slot]);
  }
  return grpc::Status::OK;
}

}  // namespace peer
