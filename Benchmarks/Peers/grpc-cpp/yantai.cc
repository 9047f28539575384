#include "yantai.h"

#include <array>

namespace peer {
namespace {

constexpr int64_t yuan(int64_t amount) { return amount * 100; }
constexpr uint8_t none = CALCULATOR_NO_SLOT;
enum Category : uint8_t { pool, large_amount, critical_illness, assistance, reassistance };
enum Slot : uint8_t { illness_absorbed, illness_base, absorbed, paid, re_absorbed, re_paid };

// The identities of rules G-10 and YT-5, YT-6 by their numbers: destitute, low income, returned to poverty,
// near low income, monitored.
constexpr std::array<int32_t, 6> assistance_ratio = {0, 10000, 8000, 7000, 5000, 5000};
constexpr uint8_t assisted_last = 5;
constexpr bool is_key_group(uint8_t identity) { return identity >= 1 && identity <= 3; }

constexpr calculator_bracket brackets[] = {
    {0, 6500}, {yuan(100000), 7000}, {yuan(200000), 7500}, {yuan(300000), 8000},
    {0, 6000}, {yuan(100000), 6500}, {yuan(200000), 7000}, {yuan(300000), 7500}};

constexpr calculator_payer payer(Category category) { return {INT64_MAX, category, none}; }

constexpr calculator_layer external_basic() {
  return {BASE_IN_POLICY_LEFT, METHOD_EXTERNAL_BASIC, true, none, none, none, 1, 0, 0, 0, 0, INT64_MAX, payer(pool),
          payer(pool)};
}

constexpr calculator_layer illness(bool key_group) {
  return {BASE_IN_POLICY_LEFT, METHOD_EXPENSE_BRACKETS, false, illness_absorbed, illness_base, none, 1, 0,
          static_cast<uint16_t>(key_group ? 0 : 4), 4, yuan(key_group ? 7000 : 14000), INT64_MAX,
          payer(critical_illness), payer(critical_illness)};
}

constexpr calculator_layer flat(
    Category category, uint8_t absorbed_slot, uint8_t paid_slot, int32_t ratio, int64_t deductible, int64_t cap) {
  return {BASE_IN_POLICY_LEFT, METHOD_FLAT, false, absorbed_slot, none, paid_slot, 1, ratio, 0, 0, deductible, cap,
          payer(category), payer(category)};
}

// One plan and four layers for each identity; the last two layers only where the identity is assisted.
struct Compiled {
  std::array<calculator_layer, 32> layers{};
  std::array<calculator_plan, 8> plans{};
  std::array<uint32_t, 8> plan_index{};

  constexpr Compiled() {
    for (uint8_t identity = 0; identity < 8; identity++) {
      bool key_group = is_key_group(identity);
      bool assisted = identity >= 1 && identity <= assisted_last;
      size_t first = identity * 4u;
      layers[first] = external_basic();
      layers[first + 1] = illness(key_group);
      if (assisted) {
        layers[first + 2] = flat(
            assistance, absorbed, paid, assistance_ratio[identity], yuan(key_group ? 0 : 3000),
            yuan(key_group ? 30000 : 20000));
        layers[first + 3] =
            flat(reassistance, re_absorbed, re_paid, 7000, yuan(key_group ? 5000 : 10000), yuan(20000));
      }
      plans[identity] = {
          DISPOSITION_SETTLE, 0, false, true, false, false, false, static_cast<uint8_t>(assisted ? 4 : 2),
          static_cast<uint32_t>(first)};
      plan_index[identity] = identity;
    }
  }
};

constexpr Compiled compiled;
constexpr calculator_version versions[] = {{{20230101, 0}, 0}};
constexpr uint8_t disease_classes[] = {0};
constexpr calculator_tables tables = {
    versions, 1, compiled.plan_index.data(), compiled.plans.data(), compiled.layers.data(), brackets,
    disease_classes, 1, nullptr, 0, {0, 0, 0, 1}, {0, 6, 5, 4, 3, 3, 2, 0}, slot_count};

constexpr LayerName names[] = {
    {"external.basic", "basic", "390100", "G-9", ""},
    {"resident.critical_illness", "critical_illness", "390200", "YT-2", "I-08"},
    {"assistance", "assistance", "610100", "YT-5", ""},
    {"reassistance", "reassistance", "610102", "YT-5", ""}};

}  // namespace

const calculator_tables &yantai_tables() { return tables; }

const LayerName &layer_name(uint32_t layer) { return names[layer % 4]; }

}  // namespace peer
