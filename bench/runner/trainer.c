// The smallest trainer there can be: sleeps TRAINER_MS milliseconds, writes its outcome as a trainer must, notes when it
// began and ended (seconds since 1970), and ends. Another language would cost its own start in both loops alike.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || write(file, text, strlen(text)) < 0) _exit(1);
  close(file);
}

int main(int argc, char **argv) {
  double begun = now();
  if (argc < 2 || chdir(argv[1]) != 0) return 1;
  const char *given = getenv("TRAINER_MS");
  long ms = given ? atol(given) : 200;
  struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&rest, NULL);
  write_file("outcome.json.tmp",
             "{\"status\":\"succeeded\",\"message\":\"Slept.\",\"finishedAt\":\"2026-01-01T00:00:00.000Z\","
             "\"steps\":1,\"epochs\":1,\"seconds\":0.2,\"imagesPerSecond\":1}\n");
  rename("outcome.json.tmp", "outcome.json");
  char times[64];
  snprintf(times, sizeof times, "%.6f %.6f\n", begun, now());
  write_file("times.txt", times);
  return 0;
}
