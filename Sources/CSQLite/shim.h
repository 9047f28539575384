#include <sqlite3.h>

// What Swift cannot import: functions with a variable number of arguments.

/// Whether closing the last connection copies the log into the file and removes it.
static inline int csqlite_checkpoint_on_close(sqlite3 *db, int yes) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !yes, (int *)0);
}
