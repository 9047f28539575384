// What a load driver prints at its end, for people or as one line of JSON.
#ifndef REPORT_H
#define REPORT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "histogram.h"

struct load_report {
  uint64_t calls, errors;
  uint64_t claims;        // of a call
  double seconds;
  double server_seconds;  // CPU time of the server's process in the same time; 0: not known
  const struct histogram *latency;
};

static inline void load_report_print(const struct load_report *report, bool is_json) {
  double rate = (double)report->calls / report->seconds;
  uint64_t p50 = histogram_quantile(report->latency, 0.5), p99 = histogram_quantile(report->latency, 0.99);
  uint64_t p99_9 = histogram_quantile(report->latency, 0.999);
  double cpu = report->calls ? report->server_seconds / (double)report->calls * 1e9 : 0;
  if (is_json) {
    printf("{\"calls\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"claims\":%" PRIu64 ",\"seconds\":%.6f,\"rate\":%.3f,"
           "\"p50\":%" PRIu64 ",\"p99\":%" PRIu64 ",\"p99_9\":%" PRIu64 ",\"max\":%" PRIu64 ",\"server_cpu\":%.1f}\n",
           report->calls, report->errors, report->claims, report->seconds, rate, p50, p99, p99_9,
           report->latency->largest, cpu);
    return;
  }
  printf("%.0f calls/s", rate);
  if (report->claims > 1) printf(", %.0f claims/s", rate * (double)report->claims);
  printf(", %" PRIu64 " errors, round trip µs p50 %.0f p99 %.0f p99.9 %.0f max %.0f", report->errors,
         (double)p50 / 1e3, (double)p99 / 1e3, (double)p99_9 / 1e3, (double)report->latency->largest / 1e3);
  if (report->server_seconds > 0) printf(", server CPU %.2f µs/call", cpu / 1e3);
  printf("\n");
}

#endif
