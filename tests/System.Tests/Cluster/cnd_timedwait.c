// libfaketime sets the clock that a program reads, and leaves alone the kernel's, by which this call of libc waits; librdkafka
// reckons its deadlines by the one and waits by the other. Here it waits as it does on a machine whose clock is set: until the clock
// that the program reads has come to the deadline.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <threads.h>
#include <time.h>

static const long long slice = 50 * 1000 * 1000; // ns

static long long ns(struct timespec time) { return time.tv_sec * 1000000000LL + time.tv_nsec; }

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *deadline)
{
    void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    int (*wait)(cnd_t *, mtx_t *, const struct timespec *) = dlsym(libc, "cnd_timedwait");
    int (*kernel_time)(clockid_t, struct timespec *) = dlsym(libc, "clock_gettime");
    for (;;) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        long long left = ns(*deadline) - ns(now);
        if (left <= 0)
            return thrd_timedout;
        kernel_time(CLOCK_REALTIME, &now);
        long long end = ns(now) + (left < slice ? left : slice);
        int result = wait(condition, mutex, &(struct timespec) { .tv_sec = end / 1000000000LL, .tv_nsec = end % 1000000000LL });
        if (result != thrd_timedout)
            return result;
    }
}
