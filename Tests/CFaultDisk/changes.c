// What each file would lose in a crash, and the crash.

#include "faultdisk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t fault_disk_random(fault_disk *disk) {
    // SplitMix64.
    uint64_t z = disk->random += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

watched_file *fault_disk_watch(fault_disk *disk, const char *path) {
    for (watched_file *file = disk->files; file; file = file->next)
        if (!strcmp(file->path, path)) return file;
    watched_file *file = calloc(1, sizeof *file);
    if (!file || !(file->path = strdup(path))) {
        free(file);
        return NULL;
    }
    file->next = disk->files;
    disk->files = file;
    return file;
}

static void drop(watched_file *file, change *c) {
    *(c->previous ? &c->previous->next : &file->first) = c->next;
    *(c->next ? &c->next->previous : &file->last) = c->previous;
    free(c->bytes);
    free(c->old_bytes);
    free(c);
}

void fault_disk_forget(watched_file *file) {
    while (file->first) drop(file, file->first);
}

int fault_disk_remember(
    watched_file *file, sqlite3_file *real, int is_truncation, sqlite3_int64 offset, const void *bytes, size_t length) {
    change *c = calloc(1, sizeof *c);
    if (!c) return 0;
    c->is_truncation = is_truncation;
    c->offset = offset;
    c->length = length;
    if (real->pMethods->xFileSize(real, &c->old_size) != SQLITE_OK) goto failed;
    sqlite3_int64 end = is_truncation ? c->old_size : offset + (sqlite3_int64)length;
    if (end > c->old_size) end = c->old_size;
    if (end > offset) c->old_length = (size_t)(end - offset);
    c->old_bytes = malloc(c->old_length + 1);
    c->bytes = malloc(length + 1);
    if (!c->old_bytes || !c->bytes) goto failed;
    if (length) memcpy(c->bytes, bytes, length);
    if (c->old_length && real->pMethods->xRead(real, c->old_bytes, (int)c->old_length, offset) != SQLITE_OK)
        goto failed;
    c->previous = file->last;
    *(file->last ? &file->last->next : &file->first) = c;
    file->last = c;
    return 1;
failed:
    free(c->bytes);
    free(c->old_bytes);
    free(c);
    return 0;
}

void fault_disk_confirm(watched_file *file) {
    for (change *c = file->first; c; c = c->next)
        if (!c->is_doubtful) c->is_durable = 1;
    // What is certain needs no memory, as long as nothing uncertain lies before it.
    while (file->first && file->first->is_durable) drop(file, file->first);
}

void fault_disk_doubt(watched_file *file) {
    for (change *c = file->first; c; c = c->next)
        if (!c->is_durable) c->is_doubtful = 1;
}

static void put(int fd, const unsigned char *bytes, size_t length, sqlite3_int64 offset) {
    while (length > 0) {
        ssize_t written = pwrite(fd, bytes, length, offset);
        if (written <= 0) abort();
        bytes += written;
        length -= (size_t)written;
        offset += written;
    }
}

static void set_size(int fd, sqlite3_int64 size) {
    if (ftruncate(fd, size)) abort();
}

static void put_garbage(fault_disk *disk, int fd, sqlite3_int64 start, sqlite3_int64 end) {
    unsigned char garbage[SECTOR_BYTES];
    for (size_t i = 0; i < sizeof garbage; i++) garbage[i] = (unsigned char)fault_disk_random(disk);
    if (!disk->is_powersafe) {
        start -= start % SECTOR_BYTES;
        end = start + SECTOR_BYTES;
    }
    put(fd, garbage, (size_t)(end - start), start);
}

/// Of each sector of a write: written, left out or garbage. `kept` and `garbled` are per cent.
static void replay_write(fault_disk *disk, int fd, const change *c, unsigned kept, unsigned garbled) {
    sqlite3_int64 end = c->offset + (sqlite3_int64)c->length;
    for (sqlite3_int64 start = c->offset; start < end;) {
        sqlite3_int64 stop = start - start % SECTOR_BYTES + SECTOR_BYTES;
        if (stop > end) stop = end;
        unsigned dice = (unsigned)(fault_disk_random(disk) % 100);
        if (dice < kept)
            put(fd, c->bytes + (start - c->offset), (size_t)(stop - start), start);
        else if (dice < kept + garbled)
            put_garbage(disk, fd, start, stop);
        start = stop;
    }
}

static void apply_to(fault_disk *disk, watched_file *file) {
    int fd = open(file->path, O_RDWR | O_CLOEXEC);
    // The file has another name by now or is gone.
    if (fd < 0) return;
    for (change *c = file->last; c; c = c->previous) {
        put(fd, c->old_bytes, c->old_length, c->offset);
        set_size(fd, c->old_size);
    }
    // Crashes differ: nothing arrived, everything did, most, half, little; with and without garbage.
    static const unsigned char shares[][2] = {{0, 0}, {100, 0}, {95, 0}, {90, 5}, {50, 0}, {45, 10}, {10, 0}, {5, 60}};
    const unsigned char *share = shares[fault_disk_random(disk) % (sizeof shares / sizeof *shares)];
    for (change *c = file->first; c; c = c->next) {
        unsigned kept = c->is_durable ? 100 : share[0];
        if (!c->is_truncation)
            replay_write(disk, fd, c, kept, c->is_durable ? 0 : share[1]);
        else if (fault_disk_random(disk) % 100 < kept)
            set_size(fd, c->offset);
    }
    close(fd);
}

void fault_disk_apply_crash(fault_disk *disk) {
    if (disk->has_crashed) return;
    disk->has_crashed = 1;
    for (watched_file *file = disk->files; file; file = file->next) {
        if (file->first) apply_to(disk, file);
        fault_disk_forget(file);
    }
}
