// Yantai's waterfall for assisted residents (YT-2, YT-5, YT-6) as fixed tables of the C calculator.
#pragma once

#include <string_view>

#include "calculator.h"

namespace peer {

const calculator_tables &yantai_tables();

// Names as a policy pack gives them, by slot and by layer.
constexpr std::string_view slot_names[] = {
    "resident.critical_illness.absorbed", "resident.critical_illness.base", "assistance.absorbed",
    "assistance.paid", "reassistance.absorbed", "reassistance.paid"};
constexpr size_t slot_count = sizeof slot_names / sizeof *slot_names;

struct LayerName {
  std::string_view layer, fund, fund_code, rule, interpretation;
};
const LayerName &layer_name(uint32_t layer);

}  // namespace peer
