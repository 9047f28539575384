// A plain C server of our own wire: epoll, protobuf-c in an arena, the C calculator. What this language, this protocol
// and this machine allow. With --echo it does nothing but answer: what epoll on loopback allows.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../shared/frame.h"
#include "../shared/program.h"
#include "service.h"

enum {
  THREADS_MAX = 64,
  EVENTS_MAX = 64,         // taken from epoll at once
  BUFFER_SIZE = 256 << 10  // of a connection at first, in and out
};

struct buffer {
  uint8_t *bytes;
  size_t from, to, capacity;
};

struct connection {
  int fd;
  bool waits_for_writable;  // then nothing is read: a client that does not read is not served further
  struct buffer in, out;
};

struct worker {
  pthread_t thread;
  int epoll_fd;
  struct arena arena;
};

static uint8_t *echoed;
static size_t echoed_size;
static struct worker workers[THREADS_MAX];

// Room for `count` more bytes at the end; buffers only grow.
static void reserve(struct buffer *buffer, size_t count) {
  if (buffer->capacity - buffer->to >= count) return;
  size_t rest = buffer->to - buffer->from;
  memmove(buffer->bytes, buffer->bytes + buffer->from, rest);
  buffer->from = 0;
  buffer->to = rest;
  if (buffer->capacity - rest >= count) return;
  size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_SIZE;
  while (capacity - rest < count) capacity *= 2;
  buffer->bytes = realloc(buffer->bytes, capacity);
  if (!buffer->bytes) fail("out of memory");
  buffer->capacity = capacity;
}

static void put_answer(
    struct connection *connection, int64_t id, const struct answer *answer, const uint8_t *bytes, size_t size) {
  uint8_t meta[FRAME_META_MAX], response[FRAME_META_MAX];
  uint8_t *end = response;
  if (answer && answer->error_code) {
    end = frame_put_varint(end, 1 << 3);
    end = frame_put_varint(end, (uint64_t)answer->error_code);
    end = frame_put_text(end, 2, answer->error_text);
  }
  size_t response_size = (size_t)(end - response);
  uint8_t *to = frame_put_varint(meta, 2 << 3 | 2);
  to = frame_put_varint(to, response_size);
  memcpy(to, response, response_size);
  to = frame_put_varint(to + response_size, 4 << 3);
  to = frame_put_varint(to, (uint64_t)id);
  size_t meta_size = (size_t)(to - meta);

  if (answer && answer->message) size = protobuf_c_message_get_packed_size(answer->message);
  struct buffer *out = &connection->out;
  reserve(out, FRAME_HEADER_SIZE + meta_size + size);
  uint8_t *packet = out->bytes + out->to;
  frame_put_header(packet, (uint32_t)(meta_size + size), (uint32_t)meta_size);
  memcpy(packet + FRAME_HEADER_SIZE, meta, meta_size);
  uint8_t *body = packet + FRAME_HEADER_SIZE + meta_size;
  if (answer && answer->message) protobuf_c_message_pack(answer->message, body);
  if (bytes) memcpy(body, bytes, size);
  out->to += FRAME_HEADER_SIZE + meta_size + size;
}

static bool is_method(const struct frame_meta *meta, const char *name) {
  return meta->method_size == strlen(name) && memcmp(meta->method, name, meta->method_size) == 0;
}

// Answers one packet; false where its meta does not parse.
static bool serve(struct worker *worker, struct connection *connection, const uint8_t *meta_bytes, size_t meta_size,
                  const uint8_t *message, size_t size) {
  struct frame_meta meta = {0};
  if (!frame_get_meta(meta_bytes, meta_bytes + meta_size, FRAME_META, &meta)) return false;
  if (echoed) {
    put_answer(connection, meta.id, NULL, echoed, echoed_size);
    return true;
  }
  struct answer answer = is_method(&meta, "Calculate") ? service_calculate(&worker->arena, message, size)
      : is_method(&meta, "CalculateBatch") ? service_calculate_batch(&worker->arena, message, size)
      : refused(ERROR_METHOD, "no such method");
  put_answer(connection, meta.id, &answer, NULL, 0);
  arena_reset(&worker->arena);
  return true;
}

// Answers every whole packet that has come; false where the bytes are none.
static bool serve_packets(struct worker *worker, struct connection *connection) {
  struct buffer *in = &connection->in;
  while (in->to - in->from >= FRAME_HEADER_SIZE) {
    const uint8_t *packet = in->bytes + in->from;
    struct frame_header header;
    if (!frame_get_header(packet, &header)) return false;
    size_t size = FRAME_HEADER_SIZE + (size_t)header.body_size;
    if (in->to - in->from < size) {
      reserve(in, size - (in->to - in->from));
      break;
    }
    const uint8_t *meta = packet + FRAME_HEADER_SIZE;
    if (!serve(worker, connection, meta, header.meta_size, meta + header.meta_size,
               header.body_size - header.meta_size)) {
      return false;
    }
    in->from += size;
  }
  if (in->from == in->to) in->from = in->to = 0;
  return true;
}

// False where the connection is gone.
static bool flush_out(struct worker *worker, struct connection *connection) {
  struct buffer *out = &connection->out;
  while (out->from < out->to) {
    ssize_t sent = send(connection->fd, out->bytes + out->from, out->to - out->from, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return false;
    out->from += (size_t)sent;
  }
  if (out->from == out->to) out->from = out->to = 0;
  bool waits = out->from < out->to;
  if (waits != connection->waits_for_writable) {
    struct epoll_event event = {.events = waits ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(worker->epoll_fd, EPOLL_CTL_MOD, connection->fd, &event) != 0) return false;
    connection->waits_for_writable = waits;
  }
  return true;
}

static bool handle(struct worker *worker, struct connection *connection) {
  if (!connection->waits_for_writable) {
    struct buffer *in = &connection->in;
    reserve(in, 1);
    ssize_t received = recv(connection->fd, in->bytes + in->to, in->capacity - in->to, 0);
    if (received < 0) return errno == EAGAIN || errno == EINTR;
    if (received == 0) return false;
    in->to += (size_t)received;
    if (!serve_packets(worker, connection)) return false;
  }
  return flush_out(worker, connection);
}

static void *work(void *argument) {
  struct worker *worker = argument;
  struct epoll_event events[EVENTS_MAX];
  for (;;) {
    int ready = epoll_wait(worker->epoll_fd, events, EVENTS_MAX, -1);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (handle(worker, connection)) continue;
      close(connection->fd);
      free(connection->in.bytes);
      free(connection->out.bytes);
      free(connection);
    }
  }
  return NULL;
}

static void read_echoed(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("%s: %s", path, strerror(errno));
  echoed = malloc(FRAME_BODY_MAX);
  if (!echoed) fail("out of memory");
  echoed_size = fread(echoed, 1, FRAME_BODY_MAX, file);
  if (ferror(file) || !feof(file)) fail("%s: cannot be read, or above 64 MiB", path);
  fclose(file);
}

static int listen_on(long port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, SOMAXCONN) != 0) {
    fail("127.0.0.1:%ld: %s", port, strerror(errno));
  }
  return fd;
}

int main(int count, char **arguments) {
  static const struct option known[] = {
    {"help", no_argument, 0, 'h'}, {"port", required_argument, 0, 'p'}, {"threads", required_argument, 0, 't'},
    {"echo", required_argument, 0, 'e'}, {0, 0, 0, 0}};
  long port = 8100, threads = 1;
  for (int option; (option = getopt_long(count, arguments, "h", known, NULL)) != -1;) {
    switch (option) {
      case 'h':
        puts("Usage: server [--port 8100] [--threads 1] [--echo FILE]\n"
             "Serves jiesuan.v1.CalculationService (baidu_std on 127.0.0.1) for region yantai until it is killed.\n"
             "With --echo every call is answered with the bytes of FILE, unread.\n"
             "Example: server --port 8100 --threads 2");
        return 0;
      case 'p': port = (long)number("port", optarg, 1, 65535); break;
      case 't': threads = (long)number("threads", optarg, 1, THREADS_MAX); break;
      case 'e': read_echoed(optarg); break;
      default: return 2;
    }
  }
  if (optind < count) fail("%s: not an option; see --help", arguments[optind]);
  signal(SIGPIPE, SIG_IGN);
  for (long i = 0; i < threads; i++) {
    workers[i].epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (workers[i].epoll_fd < 0 || !arena_create(&workers[i].arena)) fail("a worker: %s", strerror(errno));
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) fail("no thread");
  }
  int listener = listen_on(port), yes = 1;
  printf("listening on 127.0.0.1:%ld\n", port);
  fflush(stdout);
  // Connections go to the threads in turns.
  for (long next = 0;; next = (next + 1) % threads) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) fail("out of memory");
    connection->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(workers[next].epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
  }
}
