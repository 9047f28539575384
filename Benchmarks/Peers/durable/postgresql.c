// Load on the stored procedure `settle` of settle.sql: N connections with one settlement in flight each, over the
// cluster's unix socket, prepared statements, binary answers. Every answer is compared with the C calculator: the
// persons are divided among the connections, so that each knows the years of its own.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <libpq-fe.h>
#include <string.h>
#include <sys/epoll.h>

#include "../shared/program.h"
#include "../shared/report.h"
#include "workload.h"

enum { CONNECTIONS_MAX = 1000, AMOUNTS = 5 };

struct client {
  PGconn *connection;
  struct stay stay;
  uint64_t sent_at;
};

static struct workload workload;
static struct client clients[CONNECTIONS_MAX];
static uint64_t connections = 1, outstanding, done;
static struct histogram latency;
static bool is_measuring;

static void run(PGconn *connection, const char *sql) {
  PGresult *result = PQexec(connection, sql);
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail("%s: %s", sql, PQerrorMessage(connection));
  PQclear(result);
}

static PGconn *connect_to(const char *where) {
  PGconn *connection = PQconnectdb(where);
  if (PQstatus(connection) != CONNECTION_OK) fail("%s", PQerrorMessage(connection));
  return connection;
}

static void create(const char *where, const char *schema) {
  FILE *file = fopen(schema, "r");
  if (!file) fail("%s: %s", schema, strerror(errno));
  static char sql[64 << 10];
  size_t size = fread(sql, 1, sizeof sql - 1, file);
  if (ferror(file) || !feof(file)) fail("%s: cannot be read, or above 64 KiB", schema);
  fclose(file);
  sql[size] = 0;
  PGconn *connection = connect_to(where);
  run(connection, "SET client_min_messages = warning");
  run(connection, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  run(connection, sql);
  char text[256];
  snprintf(text, sizeof text, "INSERT INTO person SELECT p, 2, p %% 6, %d FROM generate_series(0, %llu) AS p",
           IDENTITY_GIVEN, (unsigned long long)workload.persons - 1);
  run(connection, text);
  run(connection, "INSERT INTO year(person) SELECT person FROM person");
  run(connection, "VACUUM ANALYZE");
  run(connection, "CHECKPOINT");
  PQfinish(connection);
}

static void send_next(struct client *client) {
  uint64_t number = (uint64_t)(client - clients), own = workload.persons / connections;
  workload_next(&workload, number + connections * workload_random(&workload, own), &client->stay);
  const struct calculator_claim *claim = &client->stay.claim;
  char texts[6][24];
  int64_t values[] = {(int64_t)client->stay.person, claim->service_date, claim->total, claim->in_policy,
                      claim->out_of_catalog, claim->external_basic};
  const char *parameters[7] = {client->stay.id};
  for (int i = 0; i < 6; i++) {
    snprintf(texts[i], sizeof texts[i], "%lld", (long long)values[i]);
    parameters[i + 1] = texts[i];
  }
  client->sent_at = now();
  if (!PQsendQueryPrepared(client->connection, "settle", 7, parameters, NULL, NULL, 1)) {
    fail("%s", PQerrorMessage(client->connection));
  }
  outstanding++;
}

static int64_t amount_of(const PGresult *result, int column) {
  uint64_t value = 0;
  const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, 0, column);
  for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
  return (int64_t)value;
}

static void check(const struct client *client, const PGresult *result) {
  struct calculator_outcome outcome;
  if (!workload_settle(&workload, &client->stay, &outcome)) fail("settlement %s: refused", client->stay.id);
  int64_t expected[] = {outcome.funds[2], outcome.funds[3], outcome.funds[4], outcome.cash};
  for (int i = 1; i < AMOUNTS; i++) {
    if (amount_of(result, i) != expected[i - 1]) {
      fail("settlement %s: %s is %lld, the calculator says %lld", client->stay.id, PQfname(result, i),
           (long long)amount_of(result, i), (long long)expected[i - 1]);
    }
  }
}

// Takes what has come; true when the settlement is answered.
static bool take(struct client *client) {
  if (!PQconsumeInput(client->connection)) fail("%s", PQerrorMessage(client->connection));
  bool is_answered = false;
  while (!PQisBusy(client->connection)) {
    PGresult *result = PQgetResult(client->connection);
    if (!result) return is_answered || client->sent_at == 0;
    if (PQresultStatus(result) != PGRES_TUPLES_OK) fail("%s", PQerrorMessage(client->connection));
    uint64_t time = now();
    check(client, result);
    if (is_measuring) histogram_record(&latency, time - client->sent_at), done++;
    client->sent_at = 0;
    is_answered = true;
    PQclear(result);
  }
  return false;
}

static void run_until(int epoll_fd, uint64_t end, bool is_sending) {
  struct epoll_event events[256];
  for (uint64_t time = now(); time < end && outstanding > 0; time = now()) {
    int ready = epoll_wait(epoll_fd, events, 256, (int)((end - time) / 1000000) + 1);
    for (int i = 0; i < ready; i++) {
      struct client *client = events[i].data.ptr;
      if (!take(client)) continue;
      outstanding--;
      if (is_sending) send_next(client);
    }
  }
}

int main(int count, char **arguments) {
  static const struct option known[] = {
    {"help", no_argument, 0, 'h'}, {"connect", required_argument, 0, 'c'}, {"schema", required_argument, 0, 's'},
    {"persons", required_argument, 0, 'p'}, {"in-flight", required_argument, 0, 'n'},
    {"seconds", required_argument, 0, 'd'}, {"json", no_argument, 0, 'j'}, {0, 0, 0, 0}};
  const char *where = NULL, *schema = NULL;
  double seconds = 5;
  uint64_t persons = 20000;
  bool is_json = false;
  for (int option; (option = getopt_long(count, arguments, "h", known, NULL)) != -1;) {
    switch (option) {
      case 'h':
        puts("Usage: postgresql --connect CONNINFO --schema settle.sql [--persons 20000] [--in-flight 1]\n"
             "                  [--seconds 5] [--json]\n"
             "Settles for keeps by a stored procedure, one transaction each. Empties the database first!\n"
             "Example: postgresql --connect 'host=SOCKET_FOLDER dbname=bench' --schema settle.sql --in-flight 256");
        return 0;
      case 'c': where = optarg; break;
      case 's': schema = optarg; break;
      case 'p': persons = (uint64_t)number("persons", optarg, 1, WORKLOAD_PERSONS_MAX); break;
      case 'n': connections = (uint64_t)number("in-flight", optarg, 1, CONNECTIONS_MAX); break;
      case 'd': seconds = number("seconds", optarg, 0.1, 3600); break;
      case 'j': is_json = true; break;
      default: return 2;
    }
  }
  if (!where || !schema || optind < count) fail("--connect and --schema are needed; see --help");
  if (persons < connections) fail("--persons %llu: at least one for each in flight", (unsigned long long)persons);
  if (!workload_create(&workload, persons, 1)) fail("no memory for %llu persons", (unsigned long long)persons);
  create(where, schema);

  int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  for (uint64_t i = 0; i < connections; i++) {
    struct client *client = &clients[i];
    client->connection = connect_to(where);
    const char *call = "SELECT * FROM settle($1, $2, $3, $4, $5, $6, $7)";
    PGresult *result = PQprepare(client->connection, "settle", call, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("%s", PQerrorMessage(client->connection));
    PQclear(result);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, PQsocket(client->connection), &event) != 0) fail("%s", strerror(errno));
    send_next(client);
  }
  // A fifth goes before: the first calls of a session compile the procedure's plans.
  run_until(epoll_fd, now() + (uint64_t)(seconds * 0.2e9), true);
  is_measuring = true;
  uint64_t start = now();
  run_until(epoll_fd, start + (uint64_t)(seconds * 1e9), true);
  double measured = (double)(now() - start) / 1e9;
  is_measuring = false;
  run_until(epoll_fd, now() + UINT64_C(10000000000), false);
  struct load_report report = {done, 0, 1, measured, 0, &latency};
  load_report_print(&report, is_json);
  if (outstanding) fail("%llu settlements were never answered", (unsigned long long)outstanding);
  return 0;
}
