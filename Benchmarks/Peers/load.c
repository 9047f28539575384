// Load driver for the baidu_std protocol: N connections with M calls in flight each, closed loop, one thread.
//
// It knows the frames and nothing of what they carry: the request message comes from a file. Every answer must match
// one outstanding call by its correlation id, exactly once.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "shared/frame.h"
#include "shared/process_time.h"
#include "shared/program.h"
#include "shared/report.h"

enum {
  ERROR_CODES_MAX = 64,    // distinct error codes that are told apart
  DRAIN_SECONDS = 10       // how long outstanding answers are waited for at the end
};

// Correlation ids start here: from 2^28 to 2^35 a varint has five bytes, so the id is patched in place.
#define FIRST_ID (INT64_C(1) << 28)
#define LAST_ID ((INT64_C(1) << 35) - 1)

struct options {
  const char *host, *port, *service, *method, *message, *dump;
  int connections, in_flight;
  double seconds, warm_up;
  long server_pid;
  uint64_t calls, claims;
  bool is_json;
};

struct call {
  uint64_t sent_at;  // ns; 0: not outstanding
  int64_t round;     // how often this place has been used
};

struct connection {
  int fd;
  struct call *calls;  // `in_flight` places; correlation id = FIRST_ID + round × in_flight + place
  uint8_t *out, *in;
  size_t out_from, out_to, in_to, in_capacity;
  bool waits_for_writable;
};

struct error_count {
  int32_t code;
  uint64_t count;
  char text[160];  // of the first one
};

static struct options options = {
  .host = "127.0.0.1", .port = "8000", .service = "jiesuan.v1.CalculationService", .method = "Calculate",
  .connections = 4, .in_flight = 64, .seconds = 10, .warm_up = 1, .calls = UINT64_MAX, .claims = 1};
static uint8_t *frame;
static size_t frame_size, id_offset;
static struct histogram histogram;
static struct error_count errors[ERROR_CODES_MAX];
static int error_codes;
static uint64_t answered, failed, outstanding, started;
static uint8_t *expected;  // the first answer's body
static size_t expected_size;
static bool is_measuring, is_sending = true;
static int epoll_fd;

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (!memory) fail("out of memory");
  return memory;
}

// Builds the frame that every call sends but for its correlation id.
static void build_frame(void) {
  FILE *file = fopen(options.message, "rb");
  if (!file) fail("%s: %s", options.message, strerror(errno));
  static uint8_t message[16 << 20];
  size_t message_size = fread(message, 1, sizeof message, file);
  if (ferror(file) || !feof(file)) fail("%s: cannot be read, or above 16 MiB", options.message);
  fclose(file);
  if (strlen(options.service) > 255 || strlen(options.method) > 255) fail("service or method: above 255 bytes");

  uint8_t request[FRAME_META_MAX], meta[FRAME_META_MAX];
  uint8_t *end = frame_put_text(frame_put_text(request, 1, options.service), 2, options.method);
  size_t request_size = (size_t)(end - request);
  uint8_t *to = frame_put_varint(meta, 1 << 3 | 2);
  to = frame_put_varint(to, request_size);
  memcpy(to, request, request_size);
  to += request_size;
  to = frame_put_varint(to, 4 << 3);
  id_offset = FRAME_HEADER_SIZE + (size_t)(to - meta);
  to = frame_put_varint(to, FIRST_ID);
  size_t meta_size = (size_t)(to - meta);

  frame_size = FRAME_HEADER_SIZE + meta_size + message_size;
  frame = allocate(1, frame_size);
  frame_put_header(frame, (uint32_t)(meta_size + message_size), (uint32_t)meta_size);
  memcpy(frame + FRAME_HEADER_SIZE, meta, meta_size);
  memcpy(frame + FRAME_HEADER_SIZE + meta_size, message, message_size);
}

static void count_error(const struct frame_meta *answer) {
  failed++;
  int index = 0;
  while (index < error_codes && errors[index].code != answer->error_code) index++;
  if (index == ERROR_CODES_MAX) fail("more than %d different error codes", ERROR_CODES_MAX);
  if (index == error_codes) {
    errors[error_codes++].code = answer->error_code;
    snprintf(errors[index].text, sizeof errors[index].text, "%.*s", (int)answer->error_text_size, answer->error_text);
  }
  errors[index].count++;
}

// Puts one call into the connection's outgoing bytes. There is room: at most `in_flight` calls are outstanding.
static void add_call(struct connection *connection, int place, uint64_t time) {
  struct call *call = &connection->calls[place];
  int64_t id = FIRST_ID + call->round * options.in_flight + place;
  if (id > LAST_ID) fail("correlation ids are used up; run for less time");
  uint8_t *to = connection->out + connection->out_to;
  memcpy(to, frame, frame_size);
  frame_put_varint(to + id_offset, (uint64_t)id);
  connection->out_to += frame_size;
  call->sent_at = time;
  outstanding++;
  started++;
}

static void watch(struct connection *connection, bool for_writable) {
  struct epoll_event event = {.events = EPOLLIN | (for_writable ? EPOLLOUT : 0), .data.ptr = connection};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
  connection->waits_for_writable = for_writable;
}

static void flush_out(struct connection *connection) {
  while (connection->out_from < connection->out_to) {
    ssize_t sent = send(
        connection->fd, connection->out + connection->out_from, connection->out_to - connection->out_from,
        MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) fail("send: %s; %lu calls unanswered", strerror(errno), (unsigned long)outstanding);
    connection->out_from += (size_t)sent;
  }
  size_t rest = connection->out_to - connection->out_from;
  memmove(connection->out, connection->out + connection->out_from, rest);
  connection->out_from = 0;
  connection->out_to = rest;
  if (connection->waits_for_writable != (rest > 0)) watch(connection, rest > 0);
}

// The same question has the same answer: a server that answers fast and wrongly is found out.
static void compare(const uint8_t *body, size_t size) {
  if (!expected) {
    expected = allocate(1, size + 1);
    memcpy(expected, body, size);
    expected_size = size;
  } else if (size != expected_size || memcmp(expected, body, size) != 0) {
    fail("an answer of %zu bytes differs from the first of %zu", size, expected_size);
  }
}

static void take_answer(
    struct connection *connection, const uint8_t *meta, struct frame_header header, uint64_t time) {
  struct frame_meta answer = {0};
  if (!frame_get_meta(meta, meta + header.meta_size, FRAME_META, &answer)) fail("an answer's meta does not parse");
  int64_t number = answer.id - FIRST_ID;
  int place = number < 0 ? 0 : (int)(number % options.in_flight);
  struct call *call = &connection->calls[place];
  if (number < 0 || number / options.in_flight != call->round || call->sent_at == 0) {
    fail("answer with correlation id %lld, which is not outstanding", (long long)answer.id);
  }
  outstanding--;
  if (answer.error_code == 0) compare(meta + header.meta_size, header.body_size - header.meta_size);
  if (is_measuring) {
    answered++;
    histogram_record(&histogram, time - call->sent_at);
    if (answer.error_code != 0) count_error(&answer);
  }
  call->sent_at = 0;
  call->round++;
  if (is_sending && started < options.calls) add_call(connection, place, time);
}

static void read_answers(struct connection *connection) {
  ssize_t received = recv(
      connection->fd, connection->in + connection->in_to, connection->in_capacity - connection->in_to, 0);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (received <= 0) {
    fail("connection closed by the server%s%s; %lu calls unanswered", received < 0 ? ": " : "",
         received < 0 ? strerror(errno) : "", (unsigned long)outstanding);
  }
  connection->in_to += (size_t)received;

  uint64_t time = now();
  size_t at = 0;
  while (connection->in_to - at >= FRAME_HEADER_SIZE) {
    const uint8_t *packet = connection->in + at;
    struct frame_header header;
    if (!frame_get_header(packet, &header)) fail("an answer is no baidu_std packet");
    size_t size = FRAME_HEADER_SIZE + (size_t)header.body_size;
    if (size > connection->in_capacity) {
      connection->in = realloc(connection->in, size);
      if (!connection->in) fail("out of memory");
      connection->in_capacity = size;
      break;
    }
    if (connection->in_to - at < size) break;
    take_answer(connection, packet + FRAME_HEADER_SIZE, header, time);
    at += size;
  }
  memmove(connection->in, connection->in + at, connection->in_to - at);
  connection->in_to -= at;
}

static void connect_to_server(struct connection *connection) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *addresses;
  int code = getaddrinfo(options.host, options.port, &hints, &addresses);
  if (code != 0) fail("%s:%s: %s", options.host, options.port, gai_strerror(code));
  connection->fd = socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->fd < 0 || connect(connection->fd, addresses->ai_addr, addresses->ai_addrlen) != 0) {
    fail("%s:%s: %s", options.host, options.port, strerror(errno));
  }
  freeaddrinfo(addresses);
  int yes = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (fcntl(connection->fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl: %s", strerror(errno));

  connection->calls = allocate((size_t)options.in_flight, sizeof *connection->calls);
  connection->out = allocate((size_t)options.in_flight, frame_size);
  connection->in_capacity = 256 << 10;
  connection->in = allocate(1, connection->in_capacity);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

// Serves the connections until `end`, or until nothing is outstanding any more.
static void run_until(uint64_t end) {
  struct epoll_event events[64];
  for (uint64_t time = now(); time < end && outstanding > 0; time = now()) {
    int wait_ms = (int)((end - time) / 1000000) + 1;
    int ready = epoll_wait(epoll_fd, events, 64, wait_ms);
    if (ready < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_answers(connection);
      flush_out(connection);
    }
  }
}

static void print_help(void) {
  printf(
      "Usage: load --message FILE [options]\n"
      "Closed-loop load on a baidu_std server: each connection keeps a number of calls in flight.\n"
      "The round trip is measured from the send to the answer; a closed loop hides the time that calls\n"
      "would have waited for a slow server.\n\n"
      "  --message FILE       bytes of the request message (required)\n"
      "  --host NAME          default %s\n  --port NUMBER        default %s\n"
      "  --service NAME       default %s\n  --method NAME        default %s\n"
      "  --connections N      default %d\n  --in-flight M        calls in flight per connection, default %d\n"
      "  --seconds D          measured time, default %g\n  --warm-up D          seconds before it, default %g\n"
      "  --server-pid PID     also print the server's CPU time per call\n"
      "  --calls N            stop after N calls, the warm-up's too; above connections x in flight\n"
      "  --claims N           claims of a call, to print claims per second\n"
      "  --dump FILE          write the first answer's message\n"
      "  --json               print one line of JSON\n\n"
      "Example: load --message request.bin --port 8123 --connections 4 --in-flight 64\n"
      "Exit status: 0 every call answered, without an error and like the first; 1 anything else; 2 wrong usage.\n",
      options.host, options.port, options.service, options.method, options.connections, options.in_flight,
      options.seconds, options.warm_up);
}

static void read_options(int count, char **arguments) {
  static const struct option known[] = {
    {"help", no_argument, 0, 'h'}, {"message", required_argument, 0, 'm'}, {"host", required_argument, 0, 'H'},
    {"port", required_argument, 0, 'p'}, {"service", required_argument, 0, 's'},
    {"method", required_argument, 0, 'M'}, {"connections", required_argument, 0, 'c'},
    {"in-flight", required_argument, 0, 'f'}, {"seconds", required_argument, 0, 'd'},
    {"warm-up", required_argument, 0, 'w'}, {"server-pid", required_argument, 0, 'P'},
    {"calls", required_argument, 0, 'n'}, {"claims", required_argument, 0, 'k'}, {"dump", required_argument, 0, 'D'},
    {"json", no_argument, 0, 'j'}, {0, 0, 0, 0}};
  for (int option; (option = getopt_long(count, arguments, "h", known, NULL)) != -1;) {
    switch (option) {
      case 'h': print_help(); exit(0);
      case 'm': options.message = optarg; break;
      case 'H': options.host = optarg; break;
      case 'p': options.port = optarg; break;
      case 's': options.service = optarg; break;
      case 'M': options.method = optarg; break;
      case 'c': options.connections = (int)number("connections", optarg, 1, 10000); break;
      case 'f': options.in_flight = (int)number("in-flight", optarg, 1, 65536); break;
      case 'd': options.seconds = number("seconds", optarg, 0.1, 3600); break;
      case 'w': options.warm_up = number("warm-up", optarg, 0, 3600); break;
      case 'P': options.server_pid = (long)number("server-pid", optarg, 1, 1e9); break;
      case 'n': options.calls = (uint64_t)number("calls", optarg, 1, 1e12); break;
      case 'k': options.claims = (uint64_t)number("claims", optarg, 1, 65536); break;
      case 'D': options.dump = optarg; break;
      case 'j': options.is_json = true; break;
      default: exit(2);
    }
  }
  if (optind < count) fail("%s: not an option; see --help", arguments[optind]);
  if (!options.message) fail("--message is missing; see --help");
}

static void write_dump(void) {
  FILE *file = fopen(options.dump, "wb");
  if (!file || fwrite(expected, 1, expected_size, file) != expected_size || fclose(file) != 0) {
    fail("%s: %s", options.dump, strerror(errno));
  }
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  build_frame();
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) fail("epoll_create1: %s", strerror(errno));
  struct connection *connections = allocate((size_t)options.connections, sizeof *connections);
  for (int i = 0; i < options.connections; i++) connect_to_server(&connections[i]);
  for (int i = 0; i < options.connections; i++) {
    for (int place = 0; place < options.in_flight; place++) add_call(&connections[i], place, now());
    flush_out(&connections[i]);
  }

  run_until(now() + (uint64_t)(options.warm_up * 1e9));
  double server_before = options.server_pid ? process_seconds(options.server_pid) : 0;
  uint64_t start = now();
  is_measuring = true;
  run_until(start + (uint64_t)(options.seconds * 1e9));
  double seconds = (double)(now() - start) / 1e9;
  is_measuring = false;
  double server_after = options.server_pid ? process_seconds(options.server_pid) : 0;

  is_sending = false;
  run_until(now() + DRAIN_SECONDS * UINT64_C(1000000000));
  struct load_report report = {answered, failed, options.claims, seconds, server_after - server_before, &histogram};
  load_report_print(&report, options.is_json);
  for (int i = 0; i < error_codes; i++) {
    fprintf(
        stderr, "  error %d: %lu answers, first: %s\n", errors[i].code, (unsigned long)errors[i].count, errors[i].text);
  }
  if (outstanding > 0) fail("%lu calls were never answered", (unsigned long)outstanding);
  if (options.dump && expected) write_dump();
  return failed > 0 ? 1 : 0;
}
