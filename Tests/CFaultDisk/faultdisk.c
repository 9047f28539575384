// The file layer: what SQLite calls, and the plans of failing.

#include "faultdisk.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    sqlite3_file base;
    fault_disk *disk;
    watched_file *watched;
    sqlite3_file *real;
} open_file;

static open_file *of(sqlite3_file *file) { return (open_file *)file; }

static void lock(fault_disk *disk) { pthread_mutex_lock(&disk->mutex); }

static int unlocked(fault_disk *disk, int code) {
    pthread_mutex_unlock(&disk->mutex);
    return code;
}

/// Counts an operation; true when the crash is set to it.
static int is_crash_due(fault_disk *disk, int kind) {
    disk->counts[kind]++;
    disk->operations++;
    return disk->crash_in && --disk->crash_in == 0;
}

/// The code an operation fails with; SQLITE_OK: it does not.
static int planned(fault_disk *disk, int kind) {
    planned_failure *failure = &disk->failures[kind];
    if (failure->in == 0 || (failure->in > 1 && failure->in--)) return SQLITE_OK;
    if (!failure->is_lasting) failure->in = 0;
    return failure->code;
}

// MARK: Methods of a file

static int close_file(sqlite3_file *file) {
    open_file *f = of(file);
    int code = f->real->pMethods ? f->real->pMethods->xClose(f->real) : SQLITE_OK;
    free(f->real);
    return code;
}

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    open_file *f = of(file);
    lock(f->disk);
    if (f->disk->has_crashed) return unlocked(f->disk, SQLITE_IOERR_READ);
    return unlocked(f->disk, f->real->pMethods->xRead(f->real, bytes, count, offset));
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    open_file *f = of(file);
    fault_disk *disk = f->disk;
    lock(disk);
    if (disk->has_crashed) return unlocked(disk, SQLITE_IOERR_WRITE);
    int crashes = is_crash_due(disk, FAULT_DISK_WRITE);
    int code = planned(disk, FAULT_DISK_WRITE);
    // The last bytes that a full disk takes.
    int written = code == SQLITE_OK ? count : (int)(fault_disk_random(disk) % (uint64_t)count);
    if (fault_disk_random(disk) % 2 && code != SQLITE_OK) written = 0;
    if (written > 0) {
        if (f->watched && !fault_disk_remember(f->watched, f->real, 0, offset, bytes, (size_t)written))
            return unlocked(disk, SQLITE_IOERR_NOMEM);
        int real = f->real->pMethods->xWrite(f->real, bytes, written, offset);
        if (code == SQLITE_OK) code = real;
    }
    if (crashes) {
        fault_disk_apply_crash(disk);
        code = SQLITE_IOERR_WRITE;
    }
    return unlocked(disk, code);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    open_file *f = of(file);
    fault_disk *disk = f->disk;
    lock(disk);
    if (disk->has_crashed) return unlocked(disk, SQLITE_IOERR_TRUNCATE);
    int crashes = is_crash_due(disk, FAULT_DISK_TRUNCATE);
    int code = planned(disk, FAULT_DISK_TRUNCATE);
    if (code == SQLITE_OK) {
        if (f->watched && !fault_disk_remember(f->watched, f->real, 1, size, NULL, 0))
            return unlocked(disk, SQLITE_IOERR_NOMEM);
        code = f->real->pMethods->xTruncate(f->real, size);
    }
    if (crashes) {
        fault_disk_apply_crash(disk);
        code = SQLITE_IOERR_TRUNCATE;
    }
    return unlocked(disk, code);
}

static int sync_file(sqlite3_file *file, int flags) {
    (void)flags;
    open_file *f = of(file);
    fault_disk *disk = f->disk;
    lock(disk);
    if (disk->has_crashed) return unlocked(disk, SQLITE_IOERR_FSYNC);
    if (is_crash_due(disk, FAULT_DISK_SYNC)) {
        fault_disk_apply_crash(disk);
        return unlocked(disk, SQLITE_IOERR_FSYNC);
    }
    int code = planned(disk, FAULT_DISK_SYNC);
    if (f->watched && !disk->ignores_syncs) {
        if (code == SQLITE_OK)
            fault_disk_confirm(f->watched);
        else
            fault_disk_doubt(f->watched);
    }
    return unlocked(disk, code);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    open_file *f = of(file);
    lock(f->disk);
    if (f->disk->has_crashed) return unlocked(f->disk, SQLITE_IOERR_FSTAT);
    return unlocked(f->disk, f->real->pMethods->xFileSize(f->real, size));
}

static int lock_file(sqlite3_file *file, int level) {
    return of(file)->real->pMethods->xLock(of(file)->real, level);
}

static int unlock_file(sqlite3_file *file, int level) {
    return of(file)->real->pMethods->xUnlock(of(file)->real, level);
}

static int check_reserved_lock(sqlite3_file *file, int *result) {
    return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    return of(file)->real->pMethods->xFileControl(of(file)->real, operation, argument);
}

static int sector_size(sqlite3_file *file) {
    open_file *f = of(file);
    return f->disk->is_powersafe ? f->real->pMethods->xSectorSize(f->real) : SECTOR_BYTES;
}

static int device_characteristics(sqlite3_file *file) {
    open_file *f = of(file);
    int characteristics = f->real->pMethods->xDeviceCharacteristics(f->real);
    return f->disk->is_powersafe ? characteristics : characteristics & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int map_shared_memory(sqlite3_file *file, int region, int bytes, int extend, void volatile **address) {
    open_file *f = of(file);
    if (extend) {
        lock(f->disk);
        f->disk->counts[FAULT_DISK_SHARED_MEMORY]++;
        int code = planned(f->disk, FAULT_DISK_SHARED_MEMORY);
        unlocked(f->disk, code);
        if (code != SQLITE_OK) return code;
    }
    return f->real->pMethods->xShmMap(f->real, region, bytes, extend, address);
}

static int lock_shared_memory(sqlite3_file *file, int offset, int count, int flags) {
    return of(file)->real->pMethods->xShmLock(of(file)->real, offset, count, flags);
}

static void shared_memory_barrier(sqlite3_file *file) { of(file)->real->pMethods->xShmBarrier(of(file)->real); }

static int unmap_shared_memory(sqlite3_file *file, int delete) {
    return of(file)->real->pMethods->xShmUnmap(of(file)->real, delete);
}

// Version 2: shared memory for the log's index, no memory mapping of the file.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = map_shared_memory,
    .xShmLock = lock_shared_memory,
    .xShmBarrier = shared_memory_barrier,
    .xShmUnmap = unmap_shared_memory,
};

// MARK: Methods of the layer

static fault_disk *disk_of(sqlite3_vfs *layer) { return layer->pAppData; }

static int open_named(sqlite3_vfs *layer, const char *name, sqlite3_file *file, int flags, int *out_flags) {
    fault_disk *disk = disk_of(layer);
    open_file *f = of(file);
    memset(f, 0, sizeof *f);
    lock(disk);
    if (disk->has_crashed) return unlocked(disk, SQLITE_IOERR);
    int creates = name && flags & SQLITE_OPEN_CREATE && access(name, F_OK) != 0;
    int crashes = 0;
    if (creates) {
        crashes = is_crash_due(disk, FAULT_DISK_CREATE);
        int code = planned(disk, FAULT_DISK_CREATE);
        if (code == SQLITE_OK && crashes && fault_disk_random(disk) % 2) code = SQLITE_IOERR;
        if (code != SQLITE_OK) {
            if (crashes) fault_disk_apply_crash(disk);
            return unlocked(disk, code);
        }
    }
    f->real = calloc(1, (size_t)disk->real->szOsFile);
    if (!f->real) return unlocked(disk, SQLITE_NOMEM);
    int code = disk->real->xOpen(disk->real, name, f->real, flags, out_flags);
    if (code == SQLITE_OK && name && !(f->watched = fault_disk_watch(disk, name))) code = SQLITE_NOMEM;
    if (crashes) {
        fault_disk_apply_crash(disk);
        code = SQLITE_IOERR;
    }
    if (code != SQLITE_OK) {
        if (f->real->pMethods) f->real->pMethods->xClose(f->real);
        free(f->real);
        return unlocked(disk, code);
    }
    f->disk = disk;
    f->base.pMethods = &methods;
    return unlocked(disk, SQLITE_OK);
}

static int delete_named(sqlite3_vfs *layer, const char *name, int syncs_directory) {
    fault_disk *disk = disk_of(layer);
    (void)syncs_directory;
    lock(disk);
    if (disk->has_crashed) return unlocked(disk, SQLITE_IOERR_DELETE);
    // Nothing changes where there is nothing.
    if (access(name, F_OK) != 0) return unlocked(disk, SQLITE_IOERR_DELETE_NOENT);
    int crashes = is_crash_due(disk, FAULT_DISK_DELETE);
    int code = planned(disk, FAULT_DISK_DELETE);
    if (code == SQLITE_OK && !(crashes && fault_disk_random(disk) % 2)) {
        code = disk->real->xDelete(disk->real, name, 0);
        if (code == SQLITE_OK)
            for (watched_file *file = disk->files; file; file = file->next)
                if (!strcmp(file->path, name)) fault_disk_forget(file);
    }
    if (crashes) {
        fault_disk_apply_crash(disk);
        code = SQLITE_IOERR_DELETE;
    }
    return unlocked(disk, code);
}

static int access_named(sqlite3_vfs *layer, const char *name, int flags, int *result) {
    fault_disk *disk = disk_of(layer);
    lock(disk);
    int crashed = disk->has_crashed;
    unlocked(disk, 0);
    return crashed ? SQLITE_IOERR_ACCESS : disk->real->xAccess(disk->real, name, flags, result);
}

static int full_pathname(sqlite3_vfs *layer, const char *name, int count, char *out) {
    return disk_of(layer)->real->xFullPathname(disk_of(layer)->real, name, count, out);
}

static int randomness(sqlite3_vfs *layer, int count, char *out) {
    return disk_of(layer)->real->xRandomness(disk_of(layer)->real, count, out);
}

static int sleep_for(sqlite3_vfs *layer, int microseconds) {
    return disk_of(layer)->real->xSleep(disk_of(layer)->real, microseconds);
}

static int current_time(sqlite3_vfs *layer, double *out) {
    return disk_of(layer)->real->xCurrentTime(disk_of(layer)->real, out);
}

static int last_error(sqlite3_vfs *layer, int count, char *out) {
    return disk_of(layer)->real->xGetLastError(disk_of(layer)->real, count, out);
}

static int current_time_int64(sqlite3_vfs *layer, sqlite3_int64 *out) {
    return disk_of(layer)->real->xCurrentTimeInt64(disk_of(layer)->real, out);
}

// MARK: What tests call

fault_disk *fault_disk_create(const char *name, uint64_t seed) {
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    fault_disk *disk = calloc(1, sizeof *disk);
    if (!real || !disk || !(disk->name = strdup(name))) {
        free(disk);
        return NULL;
    }
    pthread_mutex_init(&disk->mutex, NULL);
    disk->real = real;
    disk->random = seed;
    disk->is_powersafe = 1;
    disk->layer = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(open_file),
        .mxPathname = real->mxPathname,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = open_named,
        .xDelete = delete_named,
        .xAccess = access_named,
        .xFullPathname = full_pathname,
        .xRandomness = randomness,
        .xSleep = sleep_for,
        .xCurrentTime = current_time,
        .xGetLastError = last_error,
        .xCurrentTimeInt64 = current_time_int64,
    };
    if (sqlite3_vfs_register(&disk->layer, 0) != SQLITE_OK) {
        free(disk->name);
        free(disk);
        return NULL;
    }
    return disk;
}

void fault_disk_destroy(fault_disk *disk) {
    sqlite3_vfs_unregister(&disk->layer);
    while (disk->files) {
        watched_file *file = disk->files;
        disk->files = file->next;
        fault_disk_forget(file);
        free(file->path);
        free(file);
    }
    pthread_mutex_destroy(&disk->mutex);
    free(disk->name);
    free(disk);
}

uint64_t fault_disk_count(fault_disk *disk, int kind) {
    lock(disk);
    uint64_t count = disk->counts[kind];
    unlocked(disk, 0);
    return count;
}

uint64_t fault_disk_operations(fault_disk *disk) {
    lock(disk);
    uint64_t count = disk->operations;
    unlocked(disk, 0);
    return count;
}

void fault_disk_fail(fault_disk *disk, int kind, uint64_t number, int code, int lasting) {
    lock(disk);
    disk->failures[kind] = (planned_failure){.in = number, .code = code, .is_lasting = lasting};
    unlocked(disk, 0);
}

void fault_disk_heal(fault_disk *disk) {
    lock(disk);
    memset(disk->failures, 0, sizeof disk->failures);
    unlocked(disk, 0);
}

void fault_disk_crash_at(fault_disk *disk, uint64_t number) {
    lock(disk);
    disk->crash_in = number;
    unlocked(disk, 0);
}

void fault_disk_crash(fault_disk *disk) {
    lock(disk);
    fault_disk_apply_crash(disk);
    unlocked(disk, 0);
}

int fault_disk_has_crashed(fault_disk *disk) {
    lock(disk);
    int crashed = disk->has_crashed;
    return unlocked(disk, crashed);
}

void fault_disk_ignore_syncs(fault_disk *disk, int yes) {
    lock(disk);
    disk->ignores_syncs = yes;
    unlocked(disk, 0);
}

void fault_disk_set_powersafe(fault_disk *disk, int yes) {
    lock(disk);
    disk->is_powersafe = yes;
    unlocked(disk, 0);
}
