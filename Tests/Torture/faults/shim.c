// A wrong clock and a slow disk for a process, by LD_PRELOAD: CLOCK_REALTIME runs SHIM_CLOCK_SECONDS ahead, and a sync
// takes SHIM_SYNC_MILLISECONDS longer; where SHIM_SYNC_WHILE names a file, only while that file is there.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long setting(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, moment);
    if (clock == CLOCK_REALTIME) moment->tv_sec += setting("SHIM_CLOCK_SECONDS");
    return code;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone) {
    struct timespec now;
    (void)zone;
    int code = clock_gettime(CLOCK_REALTIME, &now);
    moment->tv_sec = now.tv_sec;
    moment->tv_usec = now.tv_nsec / 1000;
    return code;
}

time_t time(time_t *place) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}

static void wait_for_disk(void) {
    const char *file = getenv("SHIM_SYNC_WHILE");
    if (!file || access(file, F_OK) == 0) usleep((useconds_t)(setting("SHIM_SYNC_MILLISECONDS") * 1000));
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_for_disk();
    return real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_for_disk();
    return real(file);
}
