// CPU time of another process, from /proc.
#ifndef PROCESS_TIME_H
#define PROCESS_TIME_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Seconds of CPU that process `pid` has used, user and system; negative: no such process.
static inline double process_seconds(long pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return -1;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  // The second field is the name in parentheses and may hold anything; utime and stime are fields 14 and 15.
  const char *rest = strrchr(text, ')');
  unsigned long user, system;
  if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) {
    return -1;
  }
  return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

#endif
