// A bare HTTP/2 server: epoll, libnghttp2, two threads. It answers every request with the bytes of a file as gRPC
// does, and works out nothing: what this library allows on this machine.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../shared/program.h"

enum { THREADS = 2, EVENTS_MAX = 64, READ_BYTES = 256 << 10, ANSWER_MAX = 1 << 20 };
enum { WINDOW_BYTES = 1 << 30 };  // as large as it goes: what limits is the library

struct connection {
  nghttp2_session *session;
  int fd;
};

static uint8_t answer[5 + ANSWER_MAX], in[THREADS][READ_BYTES], out[THREADS][READ_BYTES];
static size_t answer_size;
static int polls[THREADS];
static nghttp2_session_callbacks *callbacks;

#define FIELD(name, value) \
  {(uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1, \
   NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}
static const nghttp2_nv head[] = {FIELD(":status", "200"), FIELD("content-type", "application/grpc")};
static const nghttp2_nv trailer[] = {FIELD("grpc-status", "0")};

static ssize_t read_answer(nghttp2_session *session, int32_t stream, uint8_t *to, size_t room, uint32_t *flags,
                           nghttp2_data_source *source, void *user) {
  (void)user;
  size_t sent = (size_t)source->fd, count = answer_size - sent < room ? answer_size - sent : room;
  memcpy(to, answer + sent, count);
  source->fd += (int)count;
  if ((size_t)source->fd == answer_size) {
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    nghttp2_submit_trailer(session, stream, trailer, 1);
  }
  return (ssize_t)count;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)user;
  bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
  if (!ends || (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS)) return 0;
  nghttp2_data_provider provider = {.source.fd = 0, .read_callback = read_answer};
  return nghttp2_submit_response(session, frame->hd.stream_id, head, 2, &provider);
}

static struct connection *take(int fd) {
  struct connection *connection = calloc(1, sizeof *connection);
  if (!connection || nghttp2_session_server_new(&connection->session, callbacks, NULL) != 0) fail("out of memory");
  connection->fd = fd;
  const nghttp2_settings_entry settings[] = {
    {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1024}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_BYTES}};
  nghttp2_submit_settings(connection->session, 0, settings, 2);
  nghttp2_session_set_local_window_size(connection->session, 0, 0, WINDOW_BYTES);
  return connection;
}

// Sends `count` bytes, waiting where the socket takes none; false where the connection is gone.
static bool send_all(int fd, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    count -= (size_t)sent;
  }
  return true;
}

// One read, everything that it leads to, one write.
static bool serve(struct connection *connection, int thread) {
  ssize_t received = recv(connection->fd, in[thread], READ_BYTES, 0);
  if (received <= 0 || nghttp2_session_mem_recv(connection->session, in[thread], (size_t)received) < 0) return false;
  size_t gathered = 0;
  while (true) {
    const uint8_t *bytes;
    ssize_t count = nghttp2_session_mem_send(connection->session, &bytes);
    if (count < 0) return false;
    if (count == 0 || gathered + (size_t)count > READ_BYTES) {
      if (!send_all(connection->fd, out[thread], gathered)) return false;
      if (count == 0) return true;
      gathered = 0;
    }
    memcpy(out[thread] + gathered, bytes, (size_t)count);
    gathered += (size_t)count;
  }
}

static void *work(void *argument) {
  int thread = (int)(intptr_t)argument;
  struct epoll_event events[EVENTS_MAX];
  while (true) {
    int count = epoll_wait(polls[thread], events, EVENTS_MAX, -1);
    for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      if (serve(connection, thread)) continue;
      close(connection->fd);
      nghttp2_session_del(connection->session);
      free(connection);
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) fail("Usage: server PORT FILE   (answers with the bytes of FILE as one gRPC message)");
  FILE *file = fopen(arguments[2], "rb");
  if (!file) fail("%s: %s", arguments[2], strerror(errno));
  size_t size = fread(answer + 5, 1, ANSWER_MAX, file);
  if (ferror(file) || !feof(file)) fail("%s: cannot be read, or above 1 MiB", arguments[2]);
  fclose(file);
  for (int i = 0; i < 4; i++) answer[1 + i] = (uint8_t)(size >> 8 * (3 - i));
  answer_size = 5 + size;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) fail("out of memory");
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);

  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons((uint16_t)number("port", arguments[1], 1, 65535)),
    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) {
    fail("port %s: %s", arguments[1], strerror(errno));
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_t thread;
    polls[i] = epoll_create1(0);
    if (polls[i] < 0 || pthread_create(&thread, NULL, work, (void *)(intptr_t)i) != 0) fail("%s", strerror(errno));
  }
  printf("listening on 127.0.0.1:%s\n", arguments[1]);
  fflush(stdout);
  for (int turn = 0; true; turn = (turn + 1) % THREADS) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = take(fd)};
    if (epoll_ctl(polls[turn], EPOLL_CTL_ADD, fd, &event) != 0) fail("%s", strerror(errno));
  }
}
