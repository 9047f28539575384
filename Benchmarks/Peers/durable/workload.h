// The claims of the durable peers: stays of Yantai residents, from a seed, and the year of every person beside them,
// settled by the C calculator: what a database answers is compared with it, fen by fen.
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../tables/yantai.h"

enum {
  YEAR = 2024,
  IDENTITY_GIVEN = 20230710,
  ID_SIZE = 31,  // of a settlement's id with its 0: 12 digits of the institution, 18 of a series
  WORKLOAD_PERSONS_MAX = 10000000
};

struct workload {
  uint64_t random, serial;
  uint64_t persons;
  int64_t (*years)[YANTAI_SLOTS];  // by person
};

struct stay {
  char id[ID_SIZE];
  uint64_t person;  // from 0
  struct calculator_claim claim;
};

static inline uint64_t workload_random(struct workload *workload, uint64_t below) {
  workload->random ^= workload->random << 13;
  workload->random ^= workload->random >> 7;
  workload->random ^= workload->random << 17;
  return workload->random % below;
}

static inline bool workload_create(struct workload *workload, uint64_t persons, uint64_t seed) {
  *workload = (struct workload){seed * UINT64_C(0x9E3779B97F4A7C15) + 1, 0, persons, NULL};
  workload->years = calloc(persons, sizeof *workload->years);
  return workload->years != NULL;
}

// The identity that a person has for the whole year: every one that Yantai assists, and none.
static inline uint8_t workload_identity(uint64_t person) { return (uint8_t)(person % 6); }

// A stay of `person`.
static inline void workload_next(struct workload *workload, uint64_t person, struct stay *stay) {
  int64_t in_policy = 10000 + (int64_t)workload_random(workload, 8000000);
  int64_t outside = (int64_t)workload_random(workload, 100000);
  snprintf(stay->id, sizeof stay->id, "370601000001%018llu", (unsigned long long)++workload->serial);
  stay->person = person;
  stay->claim = (struct calculator_claim){
    .kind = 1, .service_date = 20240601 + (int32_t)workload_random(workload, 30), .total = in_policy + outside,
    .out_of_catalog = outside, .in_policy = in_policy, .in_policy_drug = in_policy / 3, .level = 3,
    .external_basic = in_policy / 2};
}

// Settles the stay on the person's year; false: refused, which these claims never are.
static inline bool workload_settle(
    struct workload *workload, const struct stay *stay, struct calculator_outcome *outcome) {
  struct calculator_person person = {.insurance = 2};
  struct calculator_identity identity = {workload_identity(stay->person), IDENTITY_GIVEN, 0};
  struct calculator_rows rows = {.year = YEAR, .identities_to = 1};
  return calculator_settle(
             &yantai_tables, &stay->claim, &person, &rows, &identity, NULL, workload->years[stay->person], NULL,
             outcome).code == 0;
}

#endif
