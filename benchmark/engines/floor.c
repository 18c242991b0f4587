/* What no reader can beat: open, read 64 KiB, close. Arguments and output as
 * `libtag.cpp` has them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static char buffer[64 * 1024];

static double seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void read_start(const char *name) {
  const int file = open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  if (read(file, buffer, sizeof buffer) < 0) perror(name);
  close(file);
}

int main(int count, char **arguments) {
  (void)count;
  const int passes = atoi(arguments[1]);
  char **files = NULL;
  size_t number = 0;
  char *line = NULL;
  size_t capacity = 0;
  for (ssize_t length; (length = getline(&line, &capacity, stdin)) > 0;) {
    line[strcspn(line, "\n")] = 0;
    files = realloc(files, (number + 1) * sizeof *files);
    files[number++] = strdup(line);
  }
  const char *cold = getenv("COLD");
  if (!cold || !*cold)
    for (size_t file = 0; file < number; ++file) read_start(files[file]);
  const double started = seconds(CLOCK_MONOTONIC), before = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int pass = 0; pass < passes; ++pass)
    for (size_t file = 0; file < number; ++file) read_start(files[file]);
  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
  const double elapsed = seconds(CLOCK_MONOTONIC) - started;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const double reads = (double)passes * (double)number;
  printf("{\"time\":%f,\"cpu\":%f,\"memory\":%ld}\n", elapsed * 1e6 / reads, cpu * 1e6 / reads,
         usage.ru_maxrss * 1024);
}
