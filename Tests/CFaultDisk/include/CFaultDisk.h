#pragma once

#include <sqlite3.h>
#include <stdint.h>

// A disk that fails, for SQLite: a file layer (sqlite3_vfs) over the system's one.
//
// The real files always hold what was written last, as if by the system's cache: any other process, and the plain
// file layer, may read them. What no successful sync has confirmed is remembered beside them, so that a crash can take
// it back.
//
// A crash: every file with unconfirmed writes is set back to what is certain; then each unconfirmed write is replayed
// in order, by sectors of 512 bytes, each of which is written, left out or filled with random bytes, as the seed has
// it. Afterwards every operation fails with SQLITE_IOERR; close everything and open the files with the plain layer.
//
// A failed sync is as on Linux: what it did not confirm stays unconfirmed for ever, also through later syncs that
// succeed, unless it is written again.
//
// What it does not do: names of files are durable at once (created, deleted); nothing is really synced, so that tests
// are fast; files that SQLite opens without a name are not watched; a crash is not felt by what bypasses SQLite.
// All functions may be called from any thread.

typedef struct fault_disk fault_disk;

enum fault_disk_kind {
    FAULT_DISK_WRITE = 0,
    FAULT_DISK_SYNC = 1,
    FAULT_DISK_TRUNCATE = 2,
    FAULT_DISK_DELETE = 3,
    /// Opening a file that is made by it.
    FAULT_DISK_CREATE = 4,
    /// Extending the memory that SQLite's connections share. Not an operation a crash can be set to.
    FAULT_DISK_SHARED_MEMORY = 5,
    FAULT_DISK_KINDS = 6,
};

/// Registers a file layer under a name of its own; pass that name to sqlite3_open_v2. Null: out of memory.
fault_disk *fault_disk_create(const char *name, uint64_t seed);

/// Takes the layer away again; all its files must be closed.
void fault_disk_destroy(fault_disk *disk);

/// Operations so far of one kind (enum fault_disk_kind).
uint64_t fault_disk_count(fault_disk *disk, int kind);

/// Operations so far that change the disk: writes, syncs, truncations, deletions, creations.
uint64_t fault_disk_operations(fault_disk *disk);

/// The `number`-th operation of a kind from now (1: the next) fails with the SQLite code `code`; with `lasting`, all
/// after it, too. A write that fails may have written its first bytes, as at the end of a full disk.
void fault_disk_fail(fault_disk *disk, int kind, uint64_t number, int code, int lasting);

/// No operation fails any more, except after a crash.
void fault_disk_heal(fault_disk *disk);

/// Crashes at the `number`-th operation from now (1: the next) that changes the disk. A write is among what may or may
/// not have reached the disk; a sync has confirmed nothing; a deletion or creation may or may not have happened.
void fault_disk_crash_at(fault_disk *disk, uint64_t number);

/// Crashes now.
void fault_disk_crash(fault_disk *disk);

int fault_disk_has_crashed(fault_disk *disk);

/// Says of a sync that it succeeded, although it confirms nothing: the disk that lies, for harnesses to find.
void fault_disk_ignore_syncs(fault_disk *disk, int yes);

/// Whether a write leaves the other bytes of its sectors alone when it is cut short by a crash. Yes, if not set
/// otherwise, as SQLite assumes of the system's layer; if not, garbage covers whole sectors, and SQLite is told.
void fault_disk_set_powersafe(fault_disk *disk, int yes);
