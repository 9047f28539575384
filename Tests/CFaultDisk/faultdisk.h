#pragma once

#include "CFaultDisk.h"

#include <pthread.h>
#include <stddef.h>

// What the parts of the disk share; everything here happens under the disk's mutex.

enum { SECTOR_BYTES = 512 };

/// A change of a file that a crash may take back.
typedef struct change {
    struct change *next;
    struct change *previous;
    int is_truncation;
    /// Confirmed by a sync, but kept because an earlier change of the file is not.
    int is_durable;
    /// A sync failed that should have confirmed it.
    int is_doubtful;
    sqlite3_int64 offset;
    /// Of the file, before.
    sqlite3_int64 old_size;
    size_t length;
    /// Bytes of `old_bytes`: what of the range lay within the file before; of a truncation, what it cut off.
    size_t old_length;
    unsigned char *bytes;
    unsigned char *old_bytes;
} change;

/// A file that has been opened by name, whether open now or not.
typedef struct watched_file {
    struct watched_file *next;
    char *path;
    change *first;
    change *last;
} watched_file;

typedef struct {
    /// 0: none is set; 1: the next one.
    uint64_t in;
    int code;
    int is_lasting;
} planned_failure;

struct fault_disk {
    sqlite3_vfs layer;
    sqlite3_vfs *real;
    pthread_mutex_t mutex;
    char *name;
    uint64_t random;
    uint64_t counts[FAULT_DISK_KINDS];
    uint64_t operations;
    planned_failure failures[FAULT_DISK_KINDS];
    uint64_t crash_in;
    int has_crashed;
    int ignores_syncs;
    int is_powersafe;
    watched_file *files;
};

uint64_t fault_disk_random(fault_disk *disk);

watched_file *fault_disk_watch(fault_disk *disk, const char *path);
void fault_disk_forget(watched_file *file);
/// Remembers a change of `real` that is about to happen. False: out of memory, or the file cannot be read.
int fault_disk_remember(
    watched_file *file, sqlite3_file *real, int is_truncation, sqlite3_int64 offset, const void *bytes, size_t length);
void fault_disk_confirm(watched_file *file);
void fault_disk_doubt(watched_file *file);
/// Sets every file to what a crash leaves of it.
void fault_disk_apply_crash(fault_disk *disk);
