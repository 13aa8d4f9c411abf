// Preloaded into a process, sets its wall clock apart by what the file STEPPED_CLOCK holds, in seconds,
// and lets waits until a wall-clock time see steps as the kernel does: a step back prolongs them. The
// steady clock stays what it is.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static const volatile long* step;

__attribute__((constructor)) static void open_step(void) {
  const int file = open(getenv("STEPPED_CLOCK"), O_RDONLY);
  step = mmap(NULL, sizeof *step, PROT_READ, MAP_SHARED, file, 0);
  if (step == MAP_FAILED) abort();
}

int clock_gettime(clockid_t clock, struct timespec* time) {
  const long done = syscall(SYS_clock_gettime, clock, time);
  if (done == 0 && step && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += *step;
  return (int)done;
}

int timespec_get(struct timespec* time, int base) {
  return clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

time_t time(time_t* result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval* restrict result, void* restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  result->tv_sec = now.tv_sec;
  result->tv_usec = now.tv_nsec / 1000;
  return 0;
}

static long long nanoseconds(const struct timespec* time) {
  return time->tv_sec * 1000000000LL + time->tv_nsec;
}

// Waits in slices on the steady clock until the stepped wall clock has reached the deadline.
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const struct timespec* until) {
  for (;;) {
    struct timespec now, slice;
    clock_gettime(CLOCK_REALTIME, &now);
    long long left = nanoseconds(until) - nanoseconds(&now);
    if (left < 0) left = 0;
    const int last = left <= 20000000;
    if (!last) left = 20000000;
    clock_gettime(CLOCK_MONOTONIC, &slice);
    const long long end = nanoseconds(&slice) + left;
    slice.tv_sec = end / 1000000000;
    slice.tv_nsec = end % 1000000000;
    const int result = pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &slice);
    if (result != ETIMEDOUT || last) return result;
  }
}

int cnd_timedwait(cnd_t* restrict condition, mtx_t* restrict mutex, const struct timespec* restrict until) {
  const int result = pthread_cond_timedwait((pthread_cond_t*)condition, (pthread_mutex_t*)mutex, until);
  return result == 0 ? thrd_success : result == ETIMEDOUT ? thrd_timedout : thrd_error;
}
