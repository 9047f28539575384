// What the machine allows: bytes and round trips over loopback, copies in memory, durable writes. Prints a line of JSON
// each, as points.ndjson has them.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../Peers/shared/histogram.h"
#include "../Peers/shared/program.h"

enum {
  STREAM_PIECE = 256 << 10,  // bytes of one write
  COPY_SIZE = 64 << 20,      // above every cache
  PAUSE = 50000,             // ns between two looks at the clock; a look takes 50
  SYNC_PIECE = 4096,         // a page: the least that a disk writes
  SYNC_FILE = 64 << 20       // written over and over, so that its size and blocks stay
};

static int round_number = 1;
static double seconds = 1;

static void print_point(const char *workload, double value, const char *unit, const struct histogram *latency) {
  printf("{\"group\":\"limits\",\"workload\":\"%s\",\"contender\":\"machine\",\"round\":%d", workload, round_number);
  printf(",\"value\":%.6g,\"unit\":\"%s\"", value, unit);
  if (latency) {
    printf(",\"p50\":%llu,\"p99\":%llu", (unsigned long long)histogram_quantile(latency, 0.5),
           (unsigned long long)histogram_quantile(latency, 0.99));
  }
  printf("}\n");
}

// Two ends of a TCP connection over loopback.
static void connect_pair(int ends[2]) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || ends[0] < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0
      || listen(listener, 1) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0
      || connect(ends[0], (struct sockaddr *)&address, sizeof address) != 0
      || (ends[1] = accept(listener, NULL, NULL)) < 0) {
    fail("a connection over loopback: %s", strerror(errno));
  }
  close(listener);
  for (int i = 0; i < 2; i++) setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void *send_stream(void *end) {
  static char piece[STREAM_PIECE];
  while (send(*(int *)end, piece, sizeof piece, MSG_NOSIGNAL) > 0) {}
  return NULL;
}

static void measure_stream(void) {
  static char piece[STREAM_PIECE];
  int ends[2];
  connect_pair(ends);
  pthread_t sender;
  if (pthread_create(&sender, NULL, send_stream, &ends[0]) != 0) fail("no thread");
  uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9), bytes = 0;
  while (now() < end) {
    ssize_t received = recv(ends[1], piece, sizeof piece, 0);
    if (received <= 0) fail("recv: %s", strerror(errno));
    bytes += (uint64_t)received;
  }
  print_point("loopback", (double)bytes / (double)(now() - start), "GB/s", NULL);
  close(ends[1]);
  pthread_join(sender, NULL);
  close(ends[0]);
}

static void *send_back(void *end) {
  char byte;
  while (recv(*(int *)end, &byte, 1, 0) == 1 && send(*(int *)end, &byte, 1, MSG_NOSIGNAL) == 1) {}
  return NULL;
}

static void measure_round_trip(void) {
  static struct histogram latency;
  int ends[2];
  connect_pair(ends);
  pthread_t other;
  if (pthread_create(&other, NULL, send_back, &ends[1]) != 0) fail("no thread");
  char byte = 0;
  for (uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9), before = start; before < end;) {
    if (send(ends[0], &byte, 1, MSG_NOSIGNAL) != 1 || recv(ends[0], &byte, 1, 0) != 1) fail("%s", strerror(errno));
    uint64_t after = now();
    histogram_record(&latency, after - before);
    before = after;
  }
  print_point("loopback-round-trip", (double)histogram_quantile(&latency, 0.5), "ns", &latency);
  shutdown(ends[0], SHUT_RDWR);
  pthread_join(other, NULL);
  close(ends[0]);
  close(ends[1]);
}

struct watch {
  struct histogram pauses;
  uint64_t lost;
};

// A thread that only looks at the clock: what passes between two looks was somebody else's.
static void *watch_clock(void *argument) {
  struct watch *watch = argument;
  uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9);
  for (uint64_t before = start, after; before < end; before = after) {
    after = now();
    if (after - before < PAUSE) continue;
    histogram_record(&watch->pauses, after - before);
    watch->lost += after - before;
  }
  return NULL;
}

// How much of two running threads' time others take: no latency can be steadier than this.
static void measure_pauses(void) {
  static struct watch watches[2];
  pthread_t other;
  if (pthread_create(&other, NULL, watch_clock, &watches[1]) != 0) fail("no thread");
  watch_clock(&watches[0]);
  pthread_join(other, NULL);
  struct watch *worse = &watches[watches[1].lost > watches[0].lost];
  print_point("pauses", (double)worse->lost / (seconds * 1e7), "%", &worse->pauses);
}

static void measure_copy(void) {
  char *from = mmap(NULL, 2 * (size_t)COPY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (from == MAP_FAILED) fail("no memory: %s", strerror(errno));
  char *to = from + COPY_SIZE;
  memset(from, 1, 2 * (size_t)COPY_SIZE);
  uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9), copies = 0;
  for (; now() < end; copies++) {
    memcpy(to, from, COPY_SIZE);
    __asm__ volatile("" : : "r"(to) : "memory");
  }
  print_point("memcpy", (double)copies * COPY_SIZE / (double)(now() - start), "GB/s", NULL);
  munmap(from, 2 * (size_t)COPY_SIZE);
}

static void measure_sync(const char *directory) {
  static struct histogram latency;
  static char piece[STREAM_PIECE];
  char path[4096];
  snprintf(path, sizeof path, "%s/limits-%d.sync", directory, (int)getpid());
  int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) fail("%s: %s", path, strerror(errno));
  unlink(path);
  memset(piece, 1, sizeof piece);
  for (off_t at = 0; at < SYNC_FILE; at += (off_t)sizeof piece) {
    if (pwrite(file, piece, sizeof piece, at) != (ssize_t)sizeof piece) fail("%s: %s", path, strerror(errno));
  }
  if (fsync(file) != 0) fail("%s: %s", path, strerror(errno));
  off_t at = 0;
  for (uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9); now() < end;) {
    uint64_t before = now();
    bool is_durable = pwrite(file, piece, SYNC_PIECE, at) == SYNC_PIECE && fdatasync(file) == 0;
    if (!is_durable) fail("%s: %s", path, strerror(errno));
    histogram_record(&latency, now() - before);
    at = (at + SYNC_PIECE) % SYNC_FILE;
  }
  print_point("fsync", (double)histogram_quantile(&latency, 0.5), "ns", &latency);
  close(file);
}

int main(int count, char **arguments) {
  static const struct option known[] = {
    {"help", no_argument, 0, 'h'}, {"directory", required_argument, 0, 'd'}, {"round", required_argument, 0, 'r'},
    {"seconds", required_argument, 0, 's'}, {0, 0, 0, 0}};
  const char *directory = ".";
  for (int option; (option = getopt_long(count, arguments, "h", known, NULL)) != -1;) {
    switch (option) {
      case 'h':
        puts("Usage: limits [--directory .] [--seconds 1] [--round 1]\n"
             "Measures, a second each: bytes and round trips over loopback, the time that others take from a running\n"
             "thread, memcpy above the caches, 4 KiB written over and synced (fdatasync) on the disk of the\n"
             "directory. One line of JSON each.\n"
             "Example: limits --directory /var/tmp");
        return 0;
      case 'd': directory = optarg; break;
      case 'r': round_number = atoi(optarg); break;
      case 's': seconds = atof(optarg); break;
      default: return 2;
    }
  }
  if (optind < count || round_number < 1 || !(seconds >= 0.01 && seconds <= 60)) {
    fail("--round is at least 1, --seconds from 0.01 to 60; see --help");
  }
  measure_stream();
  measure_round_trip();
  measure_pauses();
  measure_copy();
  measure_sync(directory);
  return 0;
}
