// Settling for keeps the plain way: one SQLite transaction per settlement, row by row. The person and the year are
// read, the C calculator settles, the settlement and the year are written, COMMIT returns when they are on the disk.
//
// Tuned as SQLite's own documentation advises for this: write-ahead log, synchronous=FULL (a commit is durable),
// prepared statements, tables without row ids where the key is the person, a large cache, 8 KiB pages, no network and
// no other process in between. One thread: SQLite has one writer. Of N settlements in flight N − 1 wait.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "../shared/program.h"
#include "../shared/report.h"
#include "workload.h"

enum { IN_FLIGHT_MAX = 65536 };

static sqlite3 *database;
static const char *path;

static void run(const char *sql) {
  if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) fail("%s: %s", sql, sqlite3_errmsg(database));
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
    fail("%s: %s", sql, sqlite3_errmsg(database));
  }
  return statement;
}

static void remove_files(void) {
  const char *const endings[] = {"", "-wal", "-shm"};
  for (size_t i = 0; i < 3; i++) {
    char file[4096];
    snprintf(file, sizeof file, "%s%s", path, endings[i]);
    unlink(file);
  }
}

static void bind(sqlite3_stmt *statement, const int64_t *values, int from, int count) {
  for (int i = 0; i < count; i++) sqlite3_bind_int64(statement, from + i, values[i]);
}

// Runs a statement that answers nothing.
static void step(sqlite3_stmt *statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) fail("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(database));
  sqlite3_reset(statement);
}

static void read_row(sqlite3_stmt *statement, int64_t key, int64_t *values, int count) {
  sqlite3_bind_int64(statement, 1, key);
  if (sqlite3_step(statement) != SQLITE_ROW) fail("%s: no row of person %lld", sqlite3_sql(statement), (long long)key);
  for (int i = 0; i < count; i++) values[i] = sqlite3_column_int64(statement, i);
  sqlite3_reset(statement);
}

static void create(const struct workload *workload) {
  remove_files();
  if (sqlite3_open(path, &database) != SQLITE_OK) fail("%s: %s", path, sqlite3_errmsg(database));
  run("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-262144;"
      "PRAGMA locking_mode=EXCLUSIVE");
  run("CREATE TABLE person(person INTEGER PRIMARY KEY, insurance INTEGER, identity INTEGER, given INTEGER);"
      "CREATE TABLE year(person INTEGER PRIMARY KEY, illness_absorbed INTEGER, illness_base INTEGER,"
      " absorbed INTEGER, paid INTEGER, re_absorbed INTEGER, re_paid INTEGER);"
      "CREATE TABLE settlement(sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person INTEGER NOT NULL,"
      " service_date INTEGER, total INTEGER, in_policy INTEGER, out_of_catalog INTEGER, external_basic INTEGER,"
      " pool INTEGER, large_amount INTEGER, critical_illness INTEGER, assistance INTEGER, reassistance INTEGER,"
      " supplementary INTEGER, cash INTEGER, settled_at INTEGER)");
  run("BEGIN");
  sqlite3_stmt *person = prepare("INSERT INTO person VALUES(?, 2, ?, 20230710)");
  sqlite3_stmt *year = prepare("INSERT INTO year VALUES(?, 0, 0, 0, 0, 0, 0)");
  for (uint64_t i = 0; i < workload->persons; i++) {
    int64_t row[] = {(int64_t)i, workload_identity(i)};
    bind(person, row, 1, 2);
    step(person);
    bind(year, row, 1, 1);
    step(year);
  }
  sqlite3_finalize(person);
  sqlite3_finalize(year);
  run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

static struct { sqlite3_stmt *begin, *commit, *person, *year, *insert, *update; } statements;

static void prepare_all(void) {
  statements.begin = prepare("BEGIN IMMEDIATE");
  statements.commit = prepare("COMMIT");
  statements.person = prepare("SELECT insurance, identity, given FROM person WHERE person = ?");
  statements.year = prepare(
      "SELECT illness_absorbed, illness_base, absorbed, paid, re_absorbed, re_paid FROM year WHERE person = ?");
  statements.insert =
      prepare("INSERT INTO settlement VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, unixepoch())");
  statements.update = prepare(
      "UPDATE year SET illness_absorbed = ?, illness_base = ?, absorbed = ?, paid = ?, re_absorbed = ?, re_paid = ?"
      " WHERE person = ?");
}

// One settlement in one transaction.
static void settle(const struct stay *stay) {
  step(statements.begin);
  int64_t facts[3], year[YANTAI_SLOTS];
  read_row(statements.person, (int64_t)stay->person, facts, 3);
  read_row(statements.year, (int64_t)stay->person, year, YANTAI_SLOTS);

  struct calculator_person person = {.insurance = (uint8_t)facts[0]};
  struct calculator_identity identity = {(uint8_t)facts[1], (int32_t)facts[2], 0};
  struct calculator_rows rows = {.year = YEAR, .identities_to = 1};
  struct calculator_outcome outcome;
  const struct calculator_claim *claim = &stay->claim;
  if (calculator_settle(&yantai_tables, claim, &person, &rows, &identity, NULL, year, NULL, &outcome).code != 0) {
    fail("settlement %s: refused", stay->id);
  }

  sqlite3_bind_text(statements.insert, 1, stay->id, -1, SQLITE_STATIC);
  int64_t row[] = {(int64_t)stay->person, claim->service_date, claim->total, claim->in_policy, claim->out_of_catalog,
                   claim->external_basic};
  bind(statements.insert, row, 2, 6);
  bind(statements.insert, outcome.funds, 8, CALCULATOR_FUNDS);
  sqlite3_bind_int64(statements.insert, 8 + CALCULATOR_FUNDS, outcome.cash);
  step(statements.insert);
  bind(statements.update, year, 1, YANTAI_SLOTS);
  sqlite3_bind_int64(statements.update, YANTAI_SLOTS + 1, (int64_t)stay->person);
  step(statements.update);
  step(statements.commit);
}

// What is in the file must be what the calculator says, to the fen.
static void verify(int64_t count, int64_t cash) {
  sqlite3_stmt *sums = prepare("SELECT count(*), sum(cash) FROM settlement WHERE ? = 0");
  int64_t found[2];
  read_row(sums, 0, found, 2);
  sqlite3_finalize(sums);
  if (found[0] != count || found[1] != cash) {
    fail("%lld settlements with %lld fen in cash are in the file, should be %lld with %lld", (long long)found[0],
         (long long)found[1], (long long)count, (long long)cash);
  }
}

int main(int count, char **arguments) {
  static const struct option known[] = {
    {"help", no_argument, 0, 'h'}, {"file", required_argument, 0, 'f'}, {"persons", required_argument, 0, 'p'},
    {"in-flight", required_argument, 0, 'n'}, {"seconds", required_argument, 0, 'd'}, {"json", no_argument, 0, 'j'},
    {0, 0, 0, 0}};
  double seconds = 5;
  uint64_t persons = 20000, in_flight = 1;
  bool is_json = false;
  for (int option; (option = getopt_long(count, arguments, "h", known, NULL)) != -1;) {
    switch (option) {
      case 'h':
        puts("Usage: sqlite-rows --file FILE [--persons 20000] [--in-flight 1] [--seconds 5] [--json]\n"
             "Settles for keeps, one SQLite transaction each, in a FILE of its own that is removed afterwards. With\n"
             "--in-flight N a settlement's time runs from when it was handed in, N - 1 others before it.\n"
             "Example: sqlite-rows --file rows.db --seconds 5");
        return 0;
      case 'f': path = optarg; break;
      case 'p': persons = (uint64_t)number("persons", optarg, 1, WORKLOAD_PERSONS_MAX); break;
      case 'n': in_flight = (uint64_t)number("in-flight", optarg, 1, IN_FLIGHT_MAX); break;
      case 'd': seconds = number("seconds", optarg, 0.1, 3600); break;
      case 'j': is_json = true; break;
      default: return 2;
    }
  }
  if (!path || optind < count) fail("--file is missing, or something is not an option; see --help");
  if (access(path, F_OK) == 0) fail("%s: is there already; name a file that is not", path);

  struct workload workload;
  if (!workload_create(&workload, persons, 1)) fail("no memory for %llu persons", (unsigned long long)persons);
  create(&workload);
  prepare_all();
  static struct histogram latency;
  static uint64_t handed_in[IN_FLIGHT_MAX];
  uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9), time = start, done = 0;
  for (uint64_t i = 0; i < in_flight; i++) handed_in[i] = start;
  int64_t cash = 0;
  for (; time < end; done++) {
    struct stay stay;
    struct calculator_outcome outcome;
    workload_next(&workload, workload_random(&workload, persons), &stay);
    settle(&stay);
    time = now();
    histogram_record(&latency, time - handed_in[done % in_flight]);
    handed_in[done % in_flight] = time;
    if (!workload_settle(&workload, &stay, &outcome)) fail("settlement %s: refused", stay.id);
    cash += outcome.cash;
  }
  verify((int64_t)done, cash);
  struct load_report report = {done, 0, 1, (double)(time - start) / 1e9, 0, &latency};
  load_report_print(&report, is_json);
  sqlite3_close_v2(database);
  remove_files();
  return 0;
}
